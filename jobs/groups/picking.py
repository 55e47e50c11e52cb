"""Which card a group is asked next.

Of its own note, if it has one. Else of what its members study, the notes by turns, those in which they missed
much the sooner; as long as nobody studies anything, of the course's notes in their order. Of a note's cards,
those come first that the group was never asked, of them those of the sections that its members missed most,
and then those with choices; after that, what lies back long, the sooner the weaker its section is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.groups.standing import missed_sections
from jobs.groups.tables import GroupRow, RoundRow
from jobs.groups.views import members_of
from jobs.review.choices import from_json, several
from jobs.review.predict import ORIGIN
from jobs.review.service import Reviews
from jobs.tables import AttemptRow, CardRow, StudyRow
from knowledge.errors import NotesError
from knowledge.store import Database

_TRIED = 12
"""Notes that are looked at before the group is not asked at all."""
_AGAIN = 1
_RANKS = {
    "quiz": 0,
    "choice": 0,
    "cloze": 1,
    "proposed": 1,
    "list": 2,
    "definition": 2,
    "plan": 3,
    "recall": 4,
}


class Picking:
    """Picks cards for groups of any course."""

    def __init__(self, database: Database, courses: Callable[[str], Reviews | None]) -> None:
        self._database = database
        self._courses = courses

    def pick(self, group_id: int) -> int | None:
        """The id of the card to ask now; None if there is none. It searches: call it in no transaction.

        NotesError where the course has no index.
        """
        with self._database.session() as session:
            row = session.get(GroupRow, group_id)
            if row is None:
                return None
            course, topic = row.course_id, row.note
        reviews = self._courses(course)
        if reviews is None:
            return None
        there = [note.path for note in reviews.notes()]
        with self._database.session() as session:
            paths = [topic] if topic in there else _by_need(session, group_id, course, there)
        for path in paths[:_TRIED]:
            try:
                reviews.prepare(path)
            except NotesError:  # it went while we looked
                continue
            with self._database.session() as session:
                weak = missed_sections(session, members_of(session, group_id), course, path)
                card = _card(session, group_id, course, path, weak)
            if card is not None:
                return card
        return None


def _by_need(session: Session, group_id: int, course: str, there: Sequence[str]) -> list[str]:
    members = members_of(session, group_id)
    studied = set(
        session.scalars(
            select(StudyRow.note).where(
                StudyRow.learner_id.in_(members), StudyRow.course_id == course, StudyRow.state != "stopped"
            )
        )
    )
    listed = [path for path in there if path in studied] or list(there)
    misses = _misses(session, members, course) if studied else {}
    turns = _turns(session, group_id)
    now = len(turns)
    since = {path: now - turns.get(path, -len(there)) for path in listed}
    order = {path: place for place, path in enumerate(there)}
    return sorted(listed, key=lambda path: (-since[path] * (1 + misses.get(path, 0.0)), order[path]))


def _turns(session: Session, group_id: int) -> dict[str, int]:
    """The last of the group's rounds, counted from 0, in which each note was asked about."""
    notes = session.scalars(
        select(CardRow.note)
        .join(RoundRow, RoundRow.card_id == CardRow.id)
        .where(RoundRow.group_id == group_id)
        .order_by(RoundRow.id)
    )
    return {note: turn for turn, note in enumerate(notes)}


def _misses(session: Session, members: set[int], course: str) -> Mapping[str, float]:
    """The share of their ratings that were *again*, by note."""
    rows = session.execute(
        select(CardRow.note, AttemptRow.rating, func.count())
        .join(CardRow, CardRow.id == AttemptRow.card_id)
        .where(
            AttemptRow.learner_id.in_(members), AttemptRow.rating.is_not(None), CardRow.course_id == course
        )
        .group_by(CardRow.note, AttemptRow.rating)
    )
    rated: dict[str, int] = {}
    missed: dict[str, int] = {}
    for note, rating, count in rows:
        rated[note] = rated.get(note, 0) + count
        missed[note] = missed.get(note, 0) + (count if rating == _AGAIN else 0)
    return {note: missed[note] / rated[note] for note in rated}


def _card(session: Session, group_id: int, course: str, path: str, weak: Mapping[str, float]) -> int | None:
    """`weak`: the share of misses by section."""
    query = select(RoundRow.card_id).where(RoundRow.group_id == group_id).order_by(RoundRow.id)
    asked = session.scalars(query).all()
    turns = {card_id: turn for turn, card_id in enumerate(asked)}
    cards = session.scalars(
        select(CardRow).where(
            CardRow.course_id == course,
            CardRow.note == path,
            CardRow.state == "active",
            CardRow.origin != ORIGIN,  # what a model says is run for one person, after their answer
        )
    ).all()

    def turn(card: CardRow) -> tuple[bool, float, int, int]:
        missed = weak.get(card.section_id, 0.0)
        since = len(asked) - turns.get(card.id, 0)
        need = missed if card.id not in turns else since * (1 + missed)
        return (card.id in turns, -need, _rank(card), card.position)

    best = min(cards, key=turn, default=None)
    return best.id if best else None


def _rank(card: CardRow) -> int:
    choices = from_json(card.choices)
    if choices:
        return 1 if several(choices) else 0
    return 2 + _RANKS.get(card.origin, 0)
