"""The cards of a course are written when first asked for, and kept in step with its notes from then on."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields

from sqlalchemy import func, select

from jobs.review.cards import Card
from jobs.review.deck import Deck
from jobs.review.following import move_sections, rename, renamed, rest_or_resume
from jobs.review.prompts import Prompt
from jobs.review.proposed import ORIGIN
from jobs.review.records import CardReport
from jobs.review.upkeep import Kept
from jobs.tables import CardRow
from knowledge.clock import Clock
from knowledge.notes import Note
from knowledge.store import Database, insert
from knowledge.tables import CourseRow

log = logging.getLogger(__name__)


class Keeping:
    """The cards of one course. What takes long happens between its transactions."""

    def __init__(self, database: Database, deck: Deck, clock: Clock, course: str) -> None:
        self._database = database
        self._deck = deck
        self._clock = clock
        self._course = course

    def ensure(self, note: Note, section: str = "") -> None:
        """Writes the note's cards if it has none; with a section's id, if nothing asks about that."""
        with self._database.session() as session:
            if section:
                known = self._deck.of_section(session, section)
            else:
                known = self._deck.rows(session, note.path, active=True)
        if not known:
            self.write(note, [section] if section else [])

    def write(self, note: Note, sections: Collection[str] = (), fresh: Iterable[Prompt] = ()) -> CardReport:
        """Brings the note's cards up to date.

        `sections`: ids of those that are to have one in any case. `fresh`: questions that have just been
        proposed for it. What another process had proposed for it meanwhile stays.
        """
        given = list(fresh)
        kept = None
        while kept is None:
            with self._database.session() as session:
                known = self._deck.rows(session, note.path)
            kept = self._stored(note, known, self._deck.write(note, known, given, sections))
        move_sections(self._database, self._course, note.path, kept.moved)
        return kept.report

    def _stored(self, note: Note, known: Iterable[CardRow], cards: Sequence[Card]) -> Kept | None:
        """Stores what was made of the `known` rows; None where others were proposed since: make it anew."""
        with self._database.session() as session:
            session.execute(
                insert(session, CourseRow)
                .values(id=self._course, title=self._course, notes_path="", created_at=self._clock.now())
                .on_conflict_do_nothing(index_elements=["id"])
            )
            session.get_one(CourseRow, self._course, with_for_update={"key_share": True})
            if _proposed(self._deck.rows(session, note.path)) != _proposed(known):
                return None
            return self._deck.store(session, note, cards)

    def sync(self, notes: Iterable[Note]) -> CardReport:
        """Brings the cards of every note that has any up to date with the notes as they are now.

        Studies follow: into a renamed note, under a new heading; those of what is gone rest.
        """
        there = {note.path: note for note in notes}
        with self._database.session() as session:
            moved = renamed(session, self._course, there)
        for old, new in moved.items():
            log.info("the cards of %s follow it to %s", old, new)
            rename(self._database, self._course, old, new)
        with self._database.session() as session:
            paths = self._deck.paths(session)
        reports = [self.write(there[path]) if path in there else self._retire(path) for path in paths]
        rest_or_resume(self._database, self._course)
        counted = {
            each.name: sum(getattr(report, each.name) for report in reports) for each in fields(CardReport)
        }
        return CardReport(**{**counted, "waiting": self.waiting()})

    def waiting(self) -> int:
        """How many cards wait for an admin's yes."""
        query = select(func.count()).where(CardRow.course_id == self._course, CardRow.state == "paused")
        with self._database.session() as session:
            return session.scalar(query) or 0

    def _retire(self, path: str) -> CardReport:
        with self._database.session() as session:
            return self._deck.retire(session, path)


def _proposed(rows: Iterable[CardRow]) -> set[str]:
    return {row.key for row in rows if row.origin == ORIGIN and row.state == "active"}
