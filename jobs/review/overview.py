"""How far a learner is: per note, over all, week by week, and what comes in the next fourteen days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.people import Learner
from jobs.review.agenda import answer_of, study_of
from jobs.review.asking import steps_of
from jobs.review.hours import day_start
from jobs.review.pacing import Pacing
from jobs.review.records import Progress, TopicProgress, Week
from jobs.review.schedule import local_day
from jobs.review.timeline import Answer, memory
from jobs.tables import AttemptRow, CardRow, ReviewRow, StudyRow

_AGAIN = 1
_DAYS, _WEEKS = 14, 8


def overview(session: Session, learner: Learner, course: str, pacing: Pacing, now: datetime) -> Progress:
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
    running = {study.id for study in studies if study.state != "gone"}
    open_reviews = [
        review for review in reviews if review.state in ("waiting", "asked") and review.study_id in running
    ]
    return Progress(
        topics=_topics(studies, reviews, attempts, learner, pacing, now),
        attempts=sum(attempt.answered_at is not None for attempt in attempts),
        right_share=sum(rating > _AGAIN for rating in ratings) / len(ratings) if ratings else None,
        due_now=sum(review.state == "asked" or review.due_at <= now for review in open_reviews),
        forecast=_forecast(open_reviews, learner, now),
        weeks=_weeks(attempts, learner, now),
    )


def _topics(
    studies: Sequence[StudyRow],
    reviews: Sequence[ReviewRow],
    attempts: Sequence[AttemptRow],
    learner: Learner,
    pacing: Pacing,
    now: datetime,
) -> tuple[TopicProgress, ...]:
    known = {review.id: review for review in reviews}
    answers: defaultdict[int, list[Answer]] = defaultdict(list)
    for attempt in attempts:
        hung = known.get(attempt.review_id or 0)
        answer = answer_of(attempt, hung, learner) if hung else None
        if hung and answer:
            answers[hung.study_id].append(answer)
    mine: defaultdict[int, list[ReviewRow]] = defaultdict(list)
    for review in reviews:
        mine[review.study_id].append(review)
    today = local_day(now, learner.tz)
    return tuple(_topic(study, mine[study.id], answers[study.id], pacing, today) for study in studies)


def _topic(
    study: StudyRow, mine: Sequence[ReviewRow], answers: Sequence[Answer], pacing: Pacing, today: date
) -> TopicProgress:
    steps = steps_of(study)
    waiting = [review.due_at for review in mine if review.state == "waiting"]
    answered = [
        review.step
        for review in mine
        if review.state == "answered" and not review.repeat and review.step >= 0
    ]
    rated = any(answer.rating is not None for answer in answers)
    return TopicProgress(
        title=study.title,
        note=study.note,
        step=min(max(answered, default=-1) + 1, steps),
        steps=steps,
        next_due=None if study.state == "gone" else min(waiting, default=None),
        retention=memory(study_of(study), answers, pacing).remembered(today) if rated else None,
        finished=study.state == "finished",
        beyond=sum(step >= steps for step in answered),
        section=study.section_id,
        gone=study.state == "gone",
    )


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
