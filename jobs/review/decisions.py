"""What an admin decides about cards whose fact changed: take what the note says now, or stop asking.

A decision counts for what was seen: when the note has changed again since, nothing is done.
"""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.errors import CardChanged, ReviewError
from jobs.review.choices import from_json
from jobs.review.following import rest_or_resume
from jobs.review.records import PausedCard
from jobs.review.upkeep import take
from jobs.tables import CardRow
from knowledge.notes import Citation, content_hash
from knowledge.store import Database

_VERSION = 8


class Decisions:
    """The paused cards of one course."""

    def __init__(self, database: Database, course: str) -> None:
        self._database = database
        self._course = course

    def paused(self, limit: int, skip: int = 0) -> list[PausedCard]:
        """Those that wait, in the order of their notes."""
        query = (
            select(CardRow)
            .where(CardRow.course_id == self._course, CardRow.state == "paused")
            .order_by(CardRow.note, CardRow.position, CardRow.id)
        )
        with self._database.session() as session:
            return [_told(row) for row in session.scalars(query.limit(limit).offset(skip))]

    def accept(self, card_id: int, version: str) -> PausedCard:
        """The card asks and tells what the note says now; schedules and history stay as they are.

        Also for one that was withdrawn. Pressed again, it changes nothing. `CardChanged` where the note says
        something else by now; `ReviewError("error.card_unknown")` for no such card.
        """
        with self._database.session() as session:
            row = self._row(session, card_id)
            told = _told(row)
            if row.pending is not None:
                if told.version != version:
                    raise CardChanged
                take(session, row, row.pending)
            elif row.state != "active":
                raise CardChanged
        rest_or_resume(self._database, self._course)
        return told

    def withdraw(self, card_id: int, version: str) -> PausedCard:
        """The card is asked no more, whatever its note says; its history stays. Errors as in `accept`."""
        with self._database.session() as session:
            row = self._row(session, card_id)
            told = _told(row)
            if row.state != "withdrawn":
                if row.state != "paused" or told.version != version:
                    raise CardChanged
                row.state = "withdrawn"
        rest_or_resume(self._database, self._course)
        return told

    def _row(self, session: Session, card_id: int) -> CardRow:
        row = session.get(CardRow, card_id, with_for_update={"key_share": True})
        if row is None or row.course_id != self._course:
            raise ReviewError("error.card_unknown")
        return row


def _told(row: CardRow) -> PausedCard:
    now = row.pending or {
        name: getattr(row, name)
        for name in ("prompt", "choices", "source", "headings", "start", "end", "answer", "section_id")
    }
    return PausedCard(
        card_id=row.id,
        note=row.note,
        prompt=row.prompt,
        new_prompt=str(now["prompt"]),
        before=Citation(
            row.source or row.note, tuple(row.headings), row.start, row.end, row.answer, row.section_id
        ),
        now=Citation(
            str(now["source"]),
            tuple(now["headings"]),
            int(now["start"]),
            int(now["end"]),
            str(now["answer"]),
            str(now["section_id"]),
        ),
        right=_right(row.choices),
        new_right=_right(now["choices"]),
        version=content_hash(json.dumps(row.pending, sort_keys=True))[:_VERSION],
    )


def _right(choices: list[dict[str, object]] | None) -> tuple[str, ...]:
    return tuple(choice.text for choice in from_json(choices) if choice.correct)
