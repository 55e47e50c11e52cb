"""Which card a learner needs most: missed ones first, then what is least likely to be remembered still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from jobs.review.deck import rank
from jobs.review.ladder import parse_interval
from jobs.review.memory import retention
from jobs.tables import AttemptRow, CardRow, ReviewRow, StudyRow

_AGAIN = 1
_REST = 2
"""A card is not asked anew before so many questions on other cards were asked, misses included."""
_FIRST = timedelta(days=1)
"""How long a card is held to be remembered that no ladder has tested yet."""


@dataclass(frozen=True, slots=True)
class _Rated:
    """A card's last rating."""

    card_id: int
    rating: int
    at: datetime
    stability: timedelta
    """The interval after which it was remembered."""


def weakest(session: Session, learner_id: int, course: str, now: datetime) -> CardRow | None:
    """The card to ask a learner who names no topic; None if nothing that they studied or missed is left.

    Of what is studied, and of what was missed anywhere: first what was missed the last time, the longest ago
    first; then by the estimated share that is still remembered (`jobs.review.memory.retention`): since the
    last rating, or since the study for what was never asked. The last `_REST` cards that were asked wait,
    whatever became of them.
    """
    studies = session.scalars(
        select(StudyRow).where(
            StudyRow.learner_id == learner_id,
            StudyRow.course_id == course,
            StudyRow.state.in_(("active", "finished")),
        )
    ).all()
    rated = _last_ratings(session, learner_id, course)
    missed = [one.card_id for one in rated.values() if one.rating == _AGAIN]
    resting = session.scalars(
        select(AttemptRow.card_id)
        .where(AttemptRow.learner_id == learner_id)
        .order_by(AttemptRow.id.desc())
        .limit(_REST)
    ).all()
    cards = session.scalars(
        select(CardRow).where(
            CardRow.course_id == course,
            CardRow.state == "active",
            CardRow.id.not_in(resting),
            or_(CardRow.id.in_(missed), *(_of(study) for study in studies), false()),
        )
    ).all()
    begun = {(study.note, study.section_id): study.studied_at for study in studies}
    turns = _turns(session, learner_id, course)

    def need(card: CardRow) -> tuple[float, int, float, int, int, int]:
        last = rated.get(card.id)
        since = begun.get((card.note, "")) or begun.get((card.note, card.section_id)) or now
        if last is None:
            share = retention(now - since, _FIRST)
        elif last.rating == _AGAIN:
            return (-1.0, 0, last.at.timestamp(), 0, card.position, card.id)
        else:
            since, share = last.at, retention(now - last.at, last.stability)
        # What is about as weak comes by turns, note after note.
        return (
            round(share, 2),
            turns.get(card.note, 0),
            since.timestamp(),
            rank(card),
            card.position,
            card.id,
        )

    return min(cards, key=need, default=None)


def _turns(session: Session, learner_id: int, course: str) -> dict[str, int]:
    """The number of the last attempt at each note."""
    query = (
        select(CardRow.note, func.max(AttemptRow.id))
        .join(AttemptRow, AttemptRow.card_id == CardRow.id)
        .where(AttemptRow.learner_id == learner_id, CardRow.course_id == course)
        .group_by(CardRow.note)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _of(study: StudyRow) -> ColumnElement[bool]:
    return CardRow.section_id == study.section_id if study.section_id else CardRow.note == study.note


def _last_ratings(session: Session, learner_id: int, course: str) -> dict[int, _Rated]:
    latest = (
        select(func.max(AttemptRow.id))
        .join(CardRow, CardRow.id == AttemptRow.card_id)
        .where(
            AttemptRow.learner_id == learner_id,
            AttemptRow.rating.is_not(None),
            CardRow.course_id == course,
        )
        .group_by(AttemptRow.card_id)
    )
    query = (
        select(AttemptRow, ReviewRow.interval)
        .outerjoin(ReviewRow, ReviewRow.id == AttemptRow.review_id)
        .where(AttemptRow.id.in_(latest))
    )
    return {
        attempt.card_id: _Rated(
            attempt.card_id,
            attempt.rating or _AGAIN,
            attempt.rated_at or attempt.asked_at,
            parse_interval(interval).length if interval else _FIRST,
        )
        for attempt, interval in session.execute(query)
    }
