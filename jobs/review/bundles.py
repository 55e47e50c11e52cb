"""Review sessions as rows: what belongs to one, what of it is left, when it is over.

A session is a list of reviews in an order. Which of them are left is told by the reviews themselves, so
that nothing has to be kept in step: one that is answered, stopped or put off in whatever way is through.
Every function works in the caller's transaction, the learner locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from jobs.people import Learner
from jobs.review.hours import day_start
from jobs.review.records import SessionPlace, SessionSummary
from jobs.review.session_tables import ReviewSessionRow, SessionItemRow
from jobs.tables import AttemptRow, ReviewRow, StudyRow

_AGAIN = 1
# Built once: they are needed at every question that comes or is answered.
_LATEST = (
    select(ReviewSessionRow)
    .where(ReviewSessionRow.learner_id == bindparam("learner"))
    .order_by(ReviewSessionRow.begun_at.desc(), ReviewSessionRow.id.desc())
    .limit(1)
)
_OF_REVIEW = (
    select(ReviewSessionRow)
    .join(SessionItemRow, SessionItemRow.session_id == ReviewSessionRow.id)
    .where(SessionItemRow.review_id == bindparam("review"))
    .order_by(ReviewSessionRow.id.desc())
    .limit(1)
)
_ITEMS = (
    select(ReviewRow, StudyRow.title, AttemptRow)
    .join(SessionItemRow, SessionItemRow.review_id == ReviewRow.id)
    .join(StudyRow, StudyRow.id == ReviewRow.study_id)
    .outerjoin(AttemptRow, AttemptRow.review_id == ReviewRow.id)
    .where(SessionItemRow.session_id == bindparam("session"), ReviewRow.state != "dropped")
    .order_by(SessionItemRow.position)
)
LONGEST_SILENCE = 7
"""Days; no longer apart are the sessions that nobody answers."""


@dataclass(frozen=True, slots=True)
class Item:
    """A topic of a session."""

    review: ReviewRow
    title: str
    attempt: AttemptRow | None

    def left(self, now: datetime) -> bool:
        """Whether it is still to be asked or answered, and not put off."""
        until = self.attempt.snoozed_until if self.attempt else None
        return self.review.state in ("waiting", "asked") and (until is None or until <= now)


def begin(
    session: Session, learner: Learner, reviews: Iterable[ReviewRow], now: datetime, unasked: bool
) -> ReviewSessionRow:
    """A session of these reviews, in their order; it takes the place of the one before."""
    ignored = 0
    before = latest(session, learner.id)
    if before is not None:
        if unasked and before.unasked and not _answered(session, before):
            ignored = before.ignored + 1
        before.ended_at = before.ended_at or now
    row = ReviewSessionRow(learner_id=learner.id, unasked=unasked, ignored=ignored, begun_at=now)
    session.add(row)
    session.flush()
    join(session, row, reviews)
    return row


def join(session: Session, row: ReviewSessionRow, reviews: Iterable[ReviewRow]) -> None:
    """Puts reviews at the end of a session; those that it has already stay where they are."""
    known = session.scalars(select(SessionItemRow.review_id).where(SessionItemRow.session_id == row.id)).all()
    new = [review for review in reviews if review.id not in known]
    for position, review in enumerate(new, start=len(known)):
        session.add(SessionItemRow(session_id=row.id, review_id=review.id, position=position))
    session.flush()


def pause_days(row: ReviewSessionRow) -> int:
    """After how many days what is left of a session may come again by itself.

    The next day; where a learner answers nothing, after ever longer: 1, 2, 4, then every seven days.
    """
    return int(min(2 ** min(row.ignored, 10), LONGEST_SILENCE))


def latest(session: Session, learner_id: int) -> ReviewSessionRow | None:
    """The learner's last session, ended or not."""
    return session.scalar(_LATEST, {"learner": learner_id})


def going_on(session: Session, learner_id: int) -> ReviewSessionRow | None:
    """The learner's session that is not over."""
    row = latest(session, learner_id)
    return row if row is not None and row.ended_at is None else None


def session_of(session: Session, review_id: int) -> ReviewSessionRow | None:
    """The last session that a review belonged to."""
    return session.scalar(_OF_REVIEW, {"review": review_id})


def items(session: Session, row: ReviewSessionRow) -> list[Item]:
    """The topics of a session in their order; without those whose reviews were dropped."""
    found = session.execute(_ITEMS, {"session": row.id})
    return [Item(review, title, attempt) for review, title, attempt in found]


def place(session: Session, row: ReviewSessionRow, review_id: int) -> SessionPlace | None:
    """Where a review stands in a session; None where it is in it no more, or nothing else is."""
    there = items(session, row)
    number = next((at for at, item in enumerate(there, start=1) if item.review.id == review_id), None)
    if number is None or len(there) == 1:
        return None
    return SessionPlace(number, len(there), tuple(item.title for item in there))


def summary(session: Session, row: ReviewSessionRow, now: datetime) -> SessionSummary:
    """How a session went so far."""
    there = items(session, row)
    ratings = [item.attempt.rating for item in there if item.attempt and item.attempt.rating is not None]
    missed = [item for item in there if item.attempt and item.attempt.rating == _AGAIN]
    again = [(when, item.title) for item in missed if (when := _repeated(session, item.review)) is not None]
    return SessionSummary(
        count=len(there),
        rated=len(ratings),
        right=sum(rating > _AGAIN for rating in ratings),
        put_off=sum(item.review.state in ("waiting", "asked") and not item.left(now) for item in there),
        again=tuple(title for _, title in again),
        again_at=min((when for when, _ in again), default=None),
    )


def unanswered(session: Session, learner: Learner, now: datetime) -> ReviewSessionRow | None:
    """The session that came by itself today and whose question stands unanswered, not put off."""
    row = going_on(session, learner.id)
    if row is None or not row.unasked or row.begun_at < day_start(now, learner.tz):
        return None
    stands = any(item.review.state == "asked" and item.left(now) for item in items(session, row))
    return row if stands else None


def _answered(session: Session, row: ReviewSessionRow) -> bool:
    """Whether anything of a session was answered since it began."""
    count = session.scalar(
        select(func.count())
        .select_from(AttemptRow)
        .join(SessionItemRow, SessionItemRow.review_id == AttemptRow.review_id)
        .where(SessionItemRow.session_id == row.id, AttemptRow.answered_at >= row.begun_at)
    )
    return bool(count)


def _repeated(session: Session, review: ReviewRow) -> datetime | None:
    """When a missed review comes again."""
    return session.scalar(
        select(ReviewRow.due_at).where(
            ReviewRow.study_id == review.study_id,
            ReviewRow.step == review.step,
            ReviewRow.repeat == review.repeat + 1,
            ReviewRow.state == "waiting",
        )
    )
