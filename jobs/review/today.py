"""What a day's session may be made of: what is due, what was left, what today has seen already.

Every function works in the caller's transaction, the learner locked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from jobs.people import Learner
from jobs.review.bundles import going_on
from jobs.review.following import asks
from jobs.review.hours import day_start
from jobs.review.ladder import parse_interval
from jobs.review.order import DAY, Due
from jobs.review.session_tables import ReviewSessionRow, SessionItemRow
from jobs.tables import AttemptRow, ReviewRow, StudyRow

_AGAIN = 1
# Built once: every delivery looks at them.
_ASKED = select(ReviewRow.id, ReviewRow.interval).where(
    ReviewRow.learner_id == bindparam("learner"), ReviewRow.asked_at >= bindparam("begun")
)
_ANNOUNCED = (
    select(SessionItemRow.review_id)
    .join(ReviewSessionRow, ReviewSessionRow.id == SessionItemRow.session_id)
    .where(
        ReviewSessionRow.learner_id == bindparam("learner"),
        ReviewSessionRow.begun_at >= bindparam("begun"),
        ReviewSessionRow.unasked.is_(True),
    )
)
_LEFT = (
    select(ReviewRow, AttemptRow.snoozed_until)
    .join(StudyRow, StudyRow.id == ReviewRow.study_id)
    .join(AttemptRow, AttemptRow.review_id == ReviewRow.id)
    .where(
        ReviewRow.learner_id == bindparam("learner"),
        ReviewRow.state == "asked",
        StudyRow.state == "active",
        StudyRow.course_id.in_(bindparam("courses", expanding=True)),
        ReviewRow.id.not_in(bindparam("today", expanding=True)),
    )
)


def of_today(session: Session, learner: Learner, now: datetime) -> set[int]:
    """The reviews of whole days that were asked today, or announced by a session that came by itself."""
    since = {"learner": learner.id, "begun": day_start(now, learner.tz)}
    asked = session.execute(_ASKED, since)
    announced = session.scalars(_ANNOUNCED, since)
    return {review for review, interval in asked if parse_interval(interval).whole_days} | set(announced)


def announced(session: Session, learner: Learner, courses: Collection[str], now: datetime) -> list[ReviewRow]:
    """What an earlier day's session has left waiting without asking it, due or held."""
    row = going_on(session, learner.id)
    if row is None or row.begun_at >= day_start(now, learner.tz):
        return []
    query = (
        select(ReviewRow)
        .join(StudyRow, StudyRow.id == ReviewRow.study_id)
        .join(SessionItemRow, SessionItemRow.review_id == ReviewRow.id)
        .where(
            SessionItemRow.session_id == row.id,
            ReviewRow.state == "waiting",
            ReviewRow.due_at <= now,
            StudyRow.state == "active",
            StudyRow.course_id.in_(courses),
        )
    )
    return list(session.scalars(query))


def left_standing(
    session: Session,
    learner: Learner,
    courses: Collection[str],
    due: Sequence[ReviewRow],
    today: Collection[int],
    now: datetime,
) -> list[ReviewRow]:
    """Reviews of whole days that were asked on another day, aren't answered and aren't put off.

    Not those that one of `due` makes way for, nor those of `today`.
    """
    of = {"learner": learner.id, "courses": list(courses), "today": list(today)}
    taken = {(review.study_id, min(review.step, 0)) for review in due}
    return [
        review
        for review, snoozed in session.execute(_LEFT, of)
        if parse_interval(review.interval).whole_days
        and (review.study_id, min(review.step, 0)) not in taken
        and (snoozed is None or snoozed <= now)
    ]


def answerable(session: Session, reviews: Sequence[ReviewRow]) -> list[ReviewRow]:
    """Those on which something is asked; asking the others would find nothing."""
    ids = {review.study_id for review in reviews}
    known = set(session.scalars(select(StudyRow.id).where(StudyRow.id.in_(ids), asks())))
    return [review for review in reviews if review.asked_at or review.study_id in known]


def put_off(session: Session, reviews: Iterable[ReviewRow], now: datetime) -> dict[int, datetime]:
    """Which of these the learner put off to a later moment, by review, and to when."""
    ids = [review.id for review in reviews]
    if not ids:
        return {}
    query = select(AttemptRow.review_id, AttemptRow.snoozed_until).where(
        AttemptRow.review_id.in_(ids), AttemptRow.snoozed_until > now
    )
    return {review: until for review, until in session.execute(query) if review and until}


def weighed(session: Session, reviews: Sequence[ReviewRow]) -> list[Due]:
    """What the turn of due reviews depends on; nothing is looked up for one that is alone."""
    if len(reviews) == 1:
        return [Due(one.id, one.due_at, parse_interval(one.interval).length) for one in reviews]
    rated = session.execute(
        select(ReviewRow.study_id, AttemptRow.rating)
        .join(AttemptRow, AttemptRow.review_id == ReviewRow.id)
        .where(
            ReviewRow.study_id.in_({review.study_id for review in reviews}), AttemptRow.rating.is_not(None)
        )
        .order_by(AttemptRow.rated_at, AttemptRow.id)
    )
    last = {row[0]: row[1] for row in rated}
    asked = set(
        session.scalars(
            select(AttemptRow.review_id).where(AttemptRow.review_id.in_({review.id for review in reviews}))
        )
    )
    return [
        Due(
            review.id,
            review.due_at,
            DAY if review.repeat else parse_interval(review.interval).length,
            missed=bool(review.repeat) or last.get(review.study_id) == _AGAIN,
            asked=review.id in asked,
        )
        for review in reviews
    ]
