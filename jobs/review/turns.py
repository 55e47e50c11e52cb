"""Whose turn it is to be asked: the learners with something due, the longest overdue first.

Each is found by one step into an index over what is still to come, so that neither a long history nor a
large backlog makes it slower or takes memory. Processes that look at once find different learners.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    func,
    literal,
    literal_column,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from jobs.tables import LearnerRow, ReviewRow, StudyRow
from knowledge.store import UtcDateTime

PARKED = timedelta(days=1)
"""How often reviews of a course that nobody serves are looked at."""
_PARKED_AT_ONCE = 500

_WAITING = ReviewRow.state == literal_column("'waiting'")
"""Written out as in the index over such rows: SQLite doesn't use that index for a bound value."""
_ORDER = (ReviewRow.wake_at, ReviewRow.id)
_COURSE = (
    select(StudyRow.course_id)
    .where(StudyRow.id == ReviewRow.study_id, StudyRow.state == "active")
    .correlate(ReviewRow)
    .scalar_subquery()
)
"""Whose review it is, if it is still to come. Looked up for each by itself: from a join, or asked whether
there is one, a database may begin at the studies, of which there are many more than reviews that are due."""


class Turn(NamedTuple):
    """A learner whose turn it is, and the review that says so."""

    learner_id: int
    wake_at: datetime
    review_id: int


def claim(session: Session, courses: Collection[str], now: datetime, after: Turn | None) -> Turn | None:
    """The longest overdue learner to whom nobody else is delivering, locked; None: nobody is left.

    Turns that come before `after` are over, whether or not something of them is still due. The review may
    have been asked by someone else just before the lock was had.
    """
    query = (
        select(ReviewRow.learner_id, *_ORDER)
        .where(_WAITING, ReviewRow.wake_at <= now, _served(courses))
        .order_by(*_ORDER)
        .limit(1)
    )
    if session.get_bind().dialect.name != "sqlite":  # there the transaction excludes all others already
        query = query.join(LearnerRow, LearnerRow.id == ReviewRow.learner_id)
        # NO KEY UPDATE: rows that refer to the learner can still be written meanwhile.
        query = query.with_for_update(of=LearnerRow, key_share=True, skip_locked=True)
    if after is not None:
        # Without it PostgreSQL would step over all that was asked since, until the table is vacuumed.
        place = tuple_(literal(after.wake_at, UtcDateTime), literal(after.review_id))
        query = query.where(tuple_(*_ORDER) > place)
    with _by_index(session):
        row = session.execute(query).first()
    return Turn(*row) if row else None


def due(courses: Collection[str], now: datetime) -> Select[ReviewRow]:
    """The reviews that can be asked, the longest overdue first."""
    return (
        select(ReviewRow)
        .where(_WAITING, ReviewRow.wake_at <= now, _served(courses))
        .order_by(ReviewRow.due_at, ReviewRow.id)
    )


def next_due(session: Session, courses: Collection[str]) -> datetime | None:
    """When it will be somebody's turn; in the past if it is already."""
    with _by_index(session):
        return session.scalar(
            select(ReviewRow.wake_at).where(_WAITING, _served(courses)).order_by(*_ORDER).limit(1)
        )


def park(session: Session, courses: Collection[str], now: datetime) -> None:
    """Holds what nobody has delivered for a day because its course is served no more.

    Else every look at what is due would step over it. When the course is served again, it comes within
    that time.
    """
    left = (
        select(ReviewRow.id)
        .where(_WAITING, ReviewRow.wake_at <= now - PARKED, func.coalesce(_COURSE, "").not_in(courses))
        .order_by(*_ORDER)
        .limit(_PARKED_AT_ONCE)
        .with_for_update(of=ReviewRow, skip_locked=True)
    )
    with _by_index(session):
        found = session.scalars(left).all()
    if found:
        session.execute(update(ReviewRow).where(ReviewRow.id.in_(found)).values(held_until=now + PARKED))


def _served(courses: Collection[str]) -> ColumnElement[bool]:
    return _COURSE.in_(courses)


@contextmanager
def _by_index(session: Session) -> Iterator[None]:
    """Has PostgreSQL step through the index in its order, whatever it believes of the tables.

    While it hasn't counted them, as after many came at once, it thinks that little is due and sorts all of it
    at every look: with 10,000 due, seconds instead of a fraction of a millisecond.
    """
    postgres = session.get_bind().dialect.name == "postgresql"
    if postgres:
        session.execute(text("SET LOCAL enable_sort = off"))
    yield
    if postgres:
        session.execute(text("SET LOCAL enable_sort TO DEFAULT"))
