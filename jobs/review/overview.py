"""How far a learner is: per note, over all, week by week, and what comes in the next fourteen days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.people import Learner
from jobs.review.hours import day_start
from jobs.review.ladder import parse_interval
from jobs.review.records import Progress, TopicProgress, Week
from jobs.tables import AttemptRow, CardRow, ReviewRow, StudyRow

_AGAIN = 1
_FACTOR, _DECAY = 19 / 81, -0.5
_DAYS, _WEEKS = 14, 8


def retention(elapsed: timedelta, stability: timedelta) -> float:
    """The share that is still remembered; 0.9 once `stability` has passed.

    The forgetting curve of FSRS-4.5 (Ye, https://github.com/open-spaced-repetition/fsrs4anki/wiki).
    """
    if elapsed <= timedelta(0):
        return 1.0
    return float((1 + _FACTOR * (elapsed / stability)) ** _DECAY)


def overview(session: Session, learner: Learner, course: str, now: datetime) -> Progress:
    """The learner's progress in a course."""
    studies = session.scalars(
        select(StudyRow)
        .where(StudyRow.learner_id == learner.id, StudyRow.course_id == course, StudyRow.state != "stopped")
        .order_by(StudyRow.id)
    ).all()
    reviews = session.scalars(
        select(ReviewRow).where(ReviewRow.study_id.in_([study.id for study in studies]))
    ).all()
    attempts = session.scalars(
        select(AttemptRow)
        .join(CardRow, CardRow.id == AttemptRow.card_id)
        .where(AttemptRow.learner_id == learner.id, CardRow.course_id == course)
        .order_by(AttemptRow.id)
    ).all()
    ratings = [attempt.rating for attempt in attempts if attempt.rating is not None]
    open_reviews = [review for review in reviews if review.state in ("waiting", "asked")]
    return Progress(
        topics=tuple(_topic(study, reviews, attempts, now) for study in studies),
        attempts=sum(attempt.answered_at is not None for attempt in attempts),
        right_share=sum(rating > _AGAIN for rating in ratings) / len(ratings) if ratings else None,
        due_now=sum(review.state == "asked" or review.due_at <= now for review in open_reviews),
        forecast=_forecast(open_reviews, learner, now),
        weeks=_weeks(attempts, learner, now),
    )


def _topic(
    study: StudyRow, reviews: Sequence[ReviewRow], attempts: Sequence[AttemptRow], now: datetime
) -> TopicProgress:
    mine = {review.id: review for review in reviews if review.study_id == study.id}
    rated = [attempt for attempt in attempts if attempt.review_id in mine and attempt.rated_at]
    waiting = [review.due_at for review in mine.values() if review.state == "waiting"]
    answered = [
        review
        for review in mine.values()
        if review.state == "answered" and not review.repeat and review.step >= 0
    ]
    return TopicProgress(
        title=study.title,
        note=study.note,
        step=max((review.step + 1 for review in answered), default=0),
        steps=max((review.step for review in mine.values()), default=-1) + 1,
        next_due=min(waiting, default=None),
        retention=_remembered(rated, mine, now),
        finished=study.state == "finished",
    )


def _remembered(rated: Sequence[AttemptRow], reviews: dict[int, ReviewRow], now: datetime) -> float | None:
    """By the last rating: what was remembered after an interval holds about as long again."""
    if not rated:
        return None
    last = max(rated, key=lambda attempt: attempt.rated_at or attempt.asked_at)
    shortest = min(parse_interval(review.interval).length for review in reviews.values())
    passed = last.rating is not None and last.rating > _AGAIN
    review = reviews[last.review_id or 0]
    stability = parse_interval(review.interval).length if passed else shortest
    return retention(now - (last.rated_at or last.asked_at), stability)


def _forecast(reviews: Sequence[ReviewRow], learner: Learner, now: datetime) -> tuple[int, ...]:
    today = day_start(now, learner.tz).astimezone(learner.tz).date()
    days = [0] * _DAYS
    for review in reviews:
        day = max((review.due_at.astimezone(learner.tz).date() - today).days, 0)
        if day < _DAYS:
            days[day] += 1
    return tuple(days)


def _weeks(attempts: Sequence[AttemptRow], learner: Learner, now: datetime) -> tuple[Week, ...]:
    today = now.astimezone(learner.tz).date()
    first = today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)
    right, rated = [0] * _WEEKS, [0] * _WEEKS
    for attempt in attempts:
        if attempt.rating is None or attempt.rated_at is None:
            continue
        week = (attempt.rated_at.astimezone(learner.tz).date() - first).days // 7
        if 0 <= week < _WEEKS:
            rated[week] += 1
            right[week] += attempt.rating > _AGAIN
    return tuple(Week(first + timedelta(weeks=n), right[n], rated[n]) for n in range(_WEEKS))
