"""The cards of a note: written from the note, kept in step with it, chosen by what was asked before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, zip_longest

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from jobs.review.authored import quiz
from jobs.review.cards import Card, Pending
from jobs.review.choices import from_json, told
from jobs.review.definitions import defined, definitions
from jobs.review.gates import Gates
from jobs.review.ladder import Interval, parse_interval
from jobs.review.matching import Question, matched, question
from jobs.review.places import Place, quoted
from jobs.review.plans import plan
from jobs.review.predict import Predictor, Remembering, Run, predictions
from jobs.review.prompts import Prompt
from jobs.review.proposed import proposed
from jobs.review.recall import recalled_section, recalls
from jobs.review.records import CardReport
from jobs.review.references import Notes, References
from jobs.review.selection import candidates, selected
from jobs.review.siblings import chosen
from jobs.review.upkeep import Kept, keep, retire
from jobs.tables import AttemptRow, CardRow
from knowledge.clock import Clock
from knowledge.notes import Note

MADE = ("definition", "choice", "cloze", "list", "table", "code", "order")
"""Origins of the cards that nobody wrote: they enter only through the gates."""
_RANKS = {
    "quiz": 0,
    **dict.fromkeys((*MADE, "predict", "proposed"), 1),
    "section": 2,
    "recall": 3,
}
_CARDS = (
    select(CardRow)
    .where(CardRow.course_id == bindparam("course"), CardRow.note == bindparam("note"))
    .order_by(CardRow.position, CardRow.id)
)
_ACTIVE = _CARDS.where(CardRow.state == "active")
_LAST_ASKED = (
    select(AttemptRow.card_id, func.max(AttemptRow.asked_at))
    .where(
        AttemptRow.learner_id == bindparam("learner"),
        AttemptRow.card_id.in_(bindparam("cards", expanding=True)),
    )
    .group_by(AttemptRow.card_id)
)
_SAME = 0.1
"""Two intervals are near if they differ by no more than this share: 30 days and a month."""


class Deck:
    """The cards of one course."""

    def __init__(self, library: Notes, course: str, clock: Clock, predictor: Predictor | None = None) -> None:
        """`predictor`: runs models for cards that ask what one will say; without it there are none."""
        self._predictor = predictor
        self._references = References(library, course)
        self._gates = Gates(self._references)
        self._course = course
        self._clock = clock

    def write(
        self,
        note: Note,
        known: Iterable[CardRow] = (),
        fresh: Iterable[Prompt] = (),
        sections: Collection[str] = (),
    ) -> list[Card]:
        """The cards that a note gives, in its order; at least one if it tells something.

        `known` are the note's rows so far: what they refer to is followed while its section is there, so
        that nothing is searched for again. `fresh`: what has just been proposed for it, and was admitted.
        `sections`: ids of those that are asked about whatever else the note asks, as are those that were
        once.
        """
        rows = list(known)
        keys = {row.key for row in rows} | {str(row.pending["key"]) for row in rows if row.pending}

        def admits(prompt: Prompt) -> bool:
            """Whether a made prompt may enter; one that is in already stays."""
            return question(note.path, prompt).key in keys or self._gates.refusal(note, prompt) is None

        authored = [*plan(note), *quiz(note)]
        covered = {card.section.id for card in self._written(note, authored, rows)}
        made = _alternating(
            [prompt for prompt in (*defined(note), *chosen(note)) if admits(prompt)],
            selected(candidates(note), covered, admits),
        )
        written = self._written(note, (*authored, *self._predicted(note, rows, keys), *made), rows)
        if not written:
            written = self._written(note, recalls(note, admits), rows)
        written += self._written(note, proposed(note, rows, fresh, covered), rows)
        written = list({card.key: card for card in written}.values())
        return [*written, *self._asked_for(note, rows, {*sections} - {card.section.id for card in written})]

    def _written(self, note: Note, prompts: Iterable[Prompt], rows: Sequence[CardRow]) -> list[Card]:
        questions = [question(note.path, prompt) for prompt in prompts]
        known = matched(questions, rows)
        cards = [self._card(note, one, known.get(one.key)) for one in questions]
        return list({card.key: card for card in cards if card is not None}.values())

    def _asked_for(self, note: Note, rows: Sequence[CardRow], sections: Collection[str]) -> list[Card]:
        """Recall of whole sections: of those wanted now, and of those that have such a card."""
        prompts = [prompt for section in note.sections if (prompt := recalled_section(note, section))]
        questions = [question(note.path, prompt) for prompt in prompts]
        known = matched(questions, [row for row in rows if row.origin == "section"])
        wanted = [one for one in questions if one.key in known or one.prompt.section.id in sections]
        return [card for one in wanted if (card := self._card(note, one, known.get(one.key)))]

    def rows(self, session: Session, path: str, active: bool = False) -> list[CardRow]:
        """The note's cards that are stored, retired ones too unless told otherwise."""
        query = _ACTIVE if active else _CARDS
        return list(session.scalars(query, {"course": self._course, "note": path}))

    def of_section(self, session: Session, section_id: str) -> list[CardRow]:
        """The cards that are asked and answered by a section, whichever note asks them."""
        query = select(CardRow).where(
            CardRow.course_id == self._course, CardRow.section_id == section_id, CardRow.state == "active"
        )
        return list(session.scalars(query.order_by(CardRow.position, CardRow.id)))

    def store(self, session: Session, note: Note, cards: Sequence[Card]) -> Kept:
        """Makes the note's rows say what its cards are (`jobs.review.upkeep`)."""
        terms = [one.term for one in definitions(note)]
        return keep(session, self._course, note, cards, terms, self._clock.now())

    def retire(self, session: Session, path: str) -> CardReport:
        """The note is gone: none of its cards is asked any more."""
        retired = retire(self.rows(session, path))
        session.flush()
        return CardReport(1, retired=retired)

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
        section: str = "",
    ) -> CardRow | None:
        """The card to ask next, of the note or of one of its sections; None if there is none.

        At a step of a ladder: the review plan's prompt for that interval. Else, and without a ladder, what
        the learner was never asked, first the quiz list, then made questions; when all were asked, the one
        whose asking lies back longest.
        """
        cards = self.of_section(session, section) if section else self.rows(session, path, active=True)
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
        of = {"learner": learner_id, "cards": [card.id for card in cards]}
        return {row[0]: row[1] for row in session.execute(_LAST_ASKED, of)}

    def _card(self, note: Note, asked: Question, row: CardRow | None) -> Card | None:
        prompt = asked.prompt
        own = Place(prompt.section, prompt.start, prompt.end)
        place = own if prompt.own else self._place(note, prompt, row)
        if place is None and prompt.choices:
            # Nothing in the course says more on it than the question's own lines do.
            place, answer = own, told(prompt.choices, prompt.explanation)
        elif place is None:
            return None
        else:
            answer = quoted(place)
        return Card(
            asked.key,
            prompt.origin,
            asked.interval,
            prompt.text,
            place.section,
            place.start,
            place.end,
            answer,
            prompt.choices,
            prompt.explanation,
            prompt.expected,
            prompt.run,
            was=row.key if row is not None else "",
            intact=row is not None and row.answer != answer and self._references.hold(row),
        )

    def _place(self, note: Note, prompt: Prompt, row: CardRow | None) -> Place | None:
        """Where the answer stands: where it stood, as long as something like it is there."""
        if row is not None:
            kept = (row, Pending.of(row)) if row.pending else (row,)
            for one in kept:
                if place := self._references.still_there(one):
                    return place
            # What a question tells itself was never found in the notes.
            if not (prompt.choices and row.answer == told(from_json(row.choices), row.explanation)):
                for one in reversed(kept):
                    if place := self._references.followed(one, note):
                        return place
        return self._find(note, prompt)

    def _predicted(self, note: Note, rows: Sequence[CardRow], keys: Collection[str]) -> list[Prompt]:
        """Cards on what a model will say; one enters if asking it leads to its section within the note."""
        if self._predictor is None:
            return []
        return predictions(
            note,
            Remembering(self._predictor, (Run.from_json(row.run) for row in rows)),
            lambda one: (
                question(note.path, one).key in keys or self._references.finds_itself(note, one, course=False)
            ),
        )

    def _find(self, note: Note, prompt: Prompt) -> Place | None:
        if prompt.choices:
            return self._references.anywhere(note, prompt)
        return self._references.within(note, prompt)


def _alternating(one: Sequence[Prompt], other: Sequence[Prompt]) -> list[Prompt]:
    """Both, by turns, so that the two questions on one definition don't follow one another."""
    late = (len(other) + 1) // 2
    return [
        prompt
        for prompt in chain.from_iterable(zip_longest(one, (*other[late:], *other[:late])))
        if prompt is not None
    ]


def rank(card: CardRow) -> int:
    """Which of two cards that were never asked comes first: the lower one."""
    return _RANKS.get(card.origin, 0)


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
