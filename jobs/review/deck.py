"""The cards of a note: written from the note, kept in step with it, chosen by what was asked before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, zip_longest
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.review.authored import quiz
from jobs.review.choices import Choice, to_json, told
from jobs.review.definitions import defined
from jobs.review.gates import Gates
from jobs.review.ladder import Interval, parse_interval
from jobs.review.plans import plan
from jobs.review.predict import Predictor, Remembering, Run, predictions
from jobs.review.prompts import Prompt
from jobs.review.proposed import proposed
from jobs.review.recall import recalls
from jobs.review.records import CardReport
from jobs.review.references import Notes, Place, References, quoted
from jobs.review.selection import candidates, selected
from jobs.review.siblings import chosen
from jobs.tables import AttemptRow, CardRow
from knowledge.clock import Clock
from knowledge.notes import Note, Section, content_hash
from knowledge.store import insert

MADE = ("definition", "choice", "cloze", "list", "table", "code", "order")
"""Origins of the cards that nobody wrote: they enter only through the gates."""
_RANKS = {"quiz": 0, **dict.fromkeys((*MADE, "predict", "proposed"), 1), "recall": 3}
_SAME = 0.1
"""Two intervals are near if they differ by no more than this share: 30 days and a month."""


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
    choices: tuple[Choice, ...] = ()
    explanation: str = ""
    expected: tuple[str, ...] = ()
    run: Mapping[str, Any] | None = None

    @property
    def source(self) -> str:
        """The note that answers it."""
        return self.section.note


class Deck:
    """The cards of one course."""

    def __init__(self, library: Notes, course: str, clock: Clock, predictor: Predictor | None = None) -> None:
        """`predictor`: runs models for cards that ask what one will say; without it there are none."""
        self._predictor = predictor
        self._references = References(library, course)
        self._gates = Gates(self._references)
        self._course = course
        self._clock = clock

    def write(self, note: Note, known: Iterable[CardRow] = (), fresh: Iterable[Prompt] = ()) -> list[Card]:
        """The cards that a note gives, in its order; at least one if it tells something.

        `known` are the note's rows so far: what they refer to is kept while that section is unchanged, so
        that nothing is searched for again. `fresh`: what has just been proposed for it, and was admitted.
        """
        rows = {row.key: row for row in known}
        authored = [self._card(note, prompt, rows) for prompt in (*plan(note), *quiz(note))]
        covered = {card.section.id for card in authored if card is not None}
        prompts = _alternating(
            [prompt for prompt in (*defined(note), *chosen(note)) if self._admits(note, prompt, rows)],
            selected(candidates(note), covered, lambda prompt: self._admits(note, prompt, rows)),
        )
        made = [self._card(note, prompt, rows) for prompt in (*self._predicted(note, rows), *prompts)]
        written = {card.key: card for card in (*authored, *made) if card is not None}
        if not written:
            prompts = recalls(note, lambda prompt: self._admits(note, prompt, rows))
            written = {card.key: card for prompt in prompts if (card := self._card(note, prompt, rows))}
        for prompt in proposed(note, rows.values(), fresh, covered):
            if card := self._card(note, prompt, rows):
                written.setdefault(card.key, card)
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
                "choices": to_json(card.choices) or None,
                "explanation": card.explanation,
                "expected": list(card.expected) or None,
                "run": dict(card.run) if card.run else None,
                "source": card.source,
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
        ranks = {"plan": 2 if used or step is None else -1, **_RANKS}
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
        key = _key(note, prompt)
        row = rows.get(key)
        own = Place(prompt.section, prompt.start, prompt.end)
        place: Place | None = own
        if not prompt.own:
            place = self._references.still_there(row) or self._find(note, prompt)
        if place is None and prompt.choices:
            # Nothing in the course says more on it than the question's own lines do.
            place, answer = own, told(prompt.choices, prompt.explanation)
        elif place is None:
            return None
        else:
            answer = quoted(place)
        return Card(
            key,
            prompt.origin,
            interval,
            prompt.text,
            place.section,
            place.start,
            place.end,
            answer,
            prompt.choices,
            prompt.explanation,
            prompt.expected,
            prompt.run,
        )

    def _admits(self, note: Note, prompt: Prompt, rows: Mapping[str, CardRow]) -> bool:
        """Whether a made prompt may enter; one that is in already stays."""
        return _key(note, prompt) in rows or self._gates.refusal(note, prompt) is None

    def _predicted(self, note: Note, rows: Mapping[str, CardRow]) -> list[Prompt]:
        """Cards on what a model will say; one enters if asking it leads to its section within the note."""
        if self._predictor is None:
            return []
        return predictions(
            note,
            Remembering(self._predictor, (Run.from_json(row.run) for row in rows.values())),
            lambda one: _key(note, one) in rows or self._references.finds_itself(note, one, course=False),
        )

    def _find(self, note: Note, prompt: Prompt) -> Place | None:
        if prompt.choices:
            return self._references.anywhere(note, prompt)
        return self._references.within(note, prompt)


def _key(note: Note, prompt: Prompt) -> str:
    interval = prompt.interval.key if prompt.interval else None
    return content_hash(json.dumps([note.path, prompt.origin, interval, prompt.text], ensure_ascii=False))


def _alternating(one: Sequence[Prompt], other: Sequence[Prompt]) -> list[Prompt]:
    """Both, by turns, so that the two questions on one definition don't follow one another."""
    late = (len(other) + 1) // 2
    return [
        prompt
        for prompt in chain.from_iterable(zip_longest(one, (*other[late:], *other[:late])))
        if prompt is not None
    ]


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
