"""The cards of a note: written from the note, kept in step with it, chosen by what was asked before."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.review.authored import SUMMARY, Prompt, answers_nothing, plan, quiz
from jobs.review.definitions import asks_for, defined, definitions, recalled
from jobs.review.ladder import Interval, parse_interval
from jobs.review.records import CardReport
from jobs.tables import AttemptRow, CardRow
from knowledge.clock import Clock
from knowledge.notes import Note, Passage, Section, content_hash
from knowledge.store import insert

_CHECKED_HITS = 3
"""A made card enters if its own section is among so many passages that its question finds."""
_NEARLY = 0.95
"""A passage that scores at least this share of the best is preferred to a summary."""
_SAME = 0.1
"""Two intervals are near if they differ by no more than this share: 30 days and a month."""
_CLAUSE = re.compile(r"[,;，；、]|\s(?:and|и)\s|和")
"""Where a question goes on to ask something else."""


class Found(Protocol):
    """A passage that a search found."""

    @property
    def passage(self) -> Passage: ...

    @property
    def score(self) -> float: ...


class Notes(Protocol):
    """What the deck needs of `knowledge.library.Library`."""

    def note(self, course: str, path: str) -> Note: ...

    def search(
        self, course: str, query: str, limit: int = 10, note: str | None = None
    ) -> Sequence[Found]: ...


@dataclass(frozen=True, slots=True)
class Card:
    """A card as its note says it should be."""

    key: str
    origin: str
    interval: str | None
    prompt: str
    section: Section
    start: int
    end: int
    answer: str


class Deck:
    """The cards of one course."""

    def __init__(self, library: Notes, course: str, clock: Clock) -> None:
        self._library = library
        self._course = course
        self._clock = clock

    def write(self, note: Note, known: Iterable[CardRow] = ()) -> list[Card]:
        """The cards that a note gives, in its order; at least one if it holds a line of text.

        `known` are the note's rows so far: what they refer to is kept while that section is unchanged, so
        that nothing is searched for again.
        """
        rows = {row.key: row for row in known}
        cards = [self._card(note, prompt, rows) for prompt in (*plan(note), *quiz(note), *defined(note))]
        written = {card.key: card for card in cards if card is not None}
        if not written:
            written = {
                card.key: card for prompt in recalled(note) if (card := self._card(note, prompt, rows))
            }
        return list(written.values())

    def rows(self, session: Session, path: str, active: bool = False) -> list[CardRow]:
        """The note's cards that are stored, retired ones too unless told otherwise."""
        query = select(CardRow).where(CardRow.course_id == self._course, CardRow.note == path)
        if active:
            query = query.where(CardRow.state == "active")
        return list(session.scalars(query.order_by(CardRow.position, CardRow.id)))

    def store(self, session: Session, note: Note, cards: Sequence[Card]) -> CardReport:
        """Makes the note's rows say what its cards are; those that are gone are retired, never deleted."""
        rows = {row.key: row for row in self.rows(session, note.path)}
        added = changed = 0
        for position, card in enumerate(cards):
            values = {
                "origin": card.origin,
                "interval": card.interval,
                "position": position,
                "language": note.language,
                "prompt": card.prompt,
                "section_id": card.section.id,
                "section_hash": card.section.hash,
                "headings": list(card.section.headings),
                "start": card.start,
                "end": card.end,
                "answer": card.answer,
                "state": "active",
            }
            row = rows.pop(card.key, None)
            if row is None:
                values |= {"course_id": self._course, "note": note.path, "key": card.key}
                statement = insert(session, CardRow).values(**values, created_at=self._clock.now())
                session.execute(statement.on_conflict_do_nothing(index_elements=["course_id", "key"]))
                added += 1
                continue
            changed += any(getattr(row, name) != value for name, value in values.items())
            for name, value in values.items():
                setattr(row, name, value)
        retired = _retire(rows.values())
        session.flush()
        return CardReport(1, added, changed, len(cards) - added - changed, retired)

    def retire(self, session: Session, path: str) -> CardReport:
        """The note is gone: none of its cards is asked any more."""
        retired = _retire(self.rows(session, path, active=True))
        session.flush()
        return CardReport(1, 0, 0, 0, retired)

    def paths(self, session: Session) -> list[str]:
        """The notes that have cards."""
        query = select(CardRow.note).where(CardRow.course_id == self._course).distinct()
        return sorted(session.scalars(query))

    def choose(
        self,
        session: Session,
        learner_id: int,
        path: str,
        step: int | None = None,
        ladder: Sequence[str] = (),
    ) -> CardRow | None:
        """The card to ask next; None if the note has none.

        At a step of a ladder: the review plan's prompt for that interval. Else, and without a ladder, what
        the learner was never asked, first the quiz list, then made questions; when all were asked, the one
        whose asking lies back longest.
        """
        cards = self.rows(session, path, active=True)
        asked = self._asked(session, learner_id, cards)
        planned = [card for card in cards if card.interval]
        if step is not None:
            matching = _for_step(planned, step, ladder)
            if matching:
                return min(matching, key=lambda card: _turn(card, asked, {}))
        used = step is not None and any(_for_step(planned, other, ladder) for other in range(len(ladder)))
        ranks = {"plan": 2 if used or step is None else -1, "quiz": 0, "definition": 1, "recall": 3}
        return min(cards, key=lambda card: _turn(card, asked, ranks), default=None)

    def _asked(self, session: Session, learner_id: int, cards: Sequence[CardRow]) -> dict[int, datetime]:
        query = (
            select(AttemptRow.card_id, func.max(AttemptRow.asked_at))
            .where(AttemptRow.learner_id == learner_id, AttemptRow.card_id.in_([card.id for card in cards]))
            .group_by(AttemptRow.card_id)
        )
        return {row[0]: row[1] for row in session.execute(query)}

    def _card(self, note: Note, prompt: Prompt, rows: Mapping[str, CardRow]) -> Card | None:
        interval = prompt.interval.key if prompt.interval else None
        key = content_hash(json.dumps([note.path, prompt.origin, interval, prompt.text], ensure_ascii=False))
        row = rows.get(key)
        if prompt.own:
            if prompt.origin == "definition" and row is None and not self._finds_itself(note, prompt):
                return None
            place: tuple[Section, int, int] | None = (prompt.section, prompt.start, prompt.end)
        else:
            place = (_still_there(note, row) if row else None) or self._reference(note, prompt)
        if place is None:
            return None
        section, start, end = place
        answer = "\n".join(note.lines[start - 1 : end])
        return Card(key, prompt.origin, interval, prompt.text, section, start, end, answer)

    def _finds_itself(self, note: Note, prompt: Prompt) -> bool:
        hits = self._library.search(self._course, prompt.text, limit=_CHECKED_HITS, note=note.path)
        return any(hit.passage.section_id == prompt.section.id for hit in hits)

    def _reference(self, note: Note, prompt: Prompt) -> tuple[Section, int, int] | None:
        """Where the note answers best, among the passages that tell something.

        A question that is mostly a term the note defines: the definition; one that goes on after the term:
        the passage from the definition on, where both are of one section. A summary only where no other
        passage is nearly as good.
        """
        defining = definitions(note)
        for definition in defining:
            if asks_for(prompt.text, definition.term):
                return definition.section, definition.start, definition.end
        sections = {section.id: section for section in note.sections if not answers_nothing(section)}
        hits = [
            (hit.score, section, span)
            for hit in self._library.search(self._course, prompt.text, note=note.path)
            if (section := sections.get(hit.passage.section_id))
            and (span := _trimmed(note, section, hit.passage.start, hit.passage.end))
        ]
        full = [hit for hit in hits if not SUMMARY.search(hit[1].title) and hit[0] >= _NEARLY * hits[0][0]]
        for _, section, (start, end) in (full or hits)[:1]:
            first = _CLAUSE.split(prompt.text)[0]
            named = [one for one in defining if one.section.id == section.id and asks_for(first, one.term)]
            # "What is X, and ...": a list cut in two for the encoder still begins with what X is.
            return (
                section,
                min([start, *(one.start for one in named)]),
                max([end, *(one.end for one in named)]),
            )
        for section in sections.values():
            whole = _trimmed(note, section, section.start, section.end)
            if whole:
                return section, *whole
        return None


def _trimmed(note: Note, section: Section, start: int, end: int) -> tuple[int, int] | None:
    """The span without the section's heading and without blank lines at its ends."""
    start = max(start, section.start + (1 if section.level else 0))
    full = [number for number in range(start, min(end, section.end) + 1) if note.lines[number - 1].strip()]
    return (full[0], full[-1]) if full else None


def _still_there(note: Note, row: CardRow) -> tuple[Section, int, int] | None:
    """Where a stored answer stands now, if its section is word for word what it was."""
    section = next((section for section in note.sections if section.id == row.section_id), None)
    if section is None or section.hash != row.section_hash or row.answer not in section.text:
        return None
    start = section.start + section.text[: section.text.index(row.answer)].count("\n")
    return section, start, start + row.answer.count("\n")


def _retire(rows: Iterable[CardRow]) -> int:
    retired = 0
    for row in rows:
        retired += row.state == "active"
        row.state = "retired"
    return retired


def _turn(
    card: CardRow, asked: Mapping[int, datetime], ranks: Mapping[str, int]
) -> tuple[float, int, int, int]:
    """Sorts what was never asked first, then by how long ago."""
    at = asked.get(card.id)
    return (at.timestamp() if at else 0.0, ranks.get(card.origin, 0), card.position, card.id)


def _for_step(planned: Sequence[CardRow], step: int, ladder: Sequence[str]) -> list[CardRow]:
    """The plan's prompts for a step: of its interval, of one nearly as long, or in the same place."""
    if not 0 <= step < len(ladder):
        return []
    wanted = parse_interval(ladder[step])
    written = {card.id: parse_interval(card.interval) for card in planned if card.interval}
    for fits in (Interval.same_as, _near):
        matching = [card for card in planned if fits(written[card.id], wanted)]
        if matching:
            return matching
    steps = sorted(set(written.values()), key=lambda interval: interval.length)
    if len(steps) != len(ladder):
        return []
    return [card for card in planned if written[card.id] == steps[step]]


def _near(one: Interval, other: Interval) -> bool:
    return abs(one.length - other.length) <= _SAME * max(one.length, other.length)
