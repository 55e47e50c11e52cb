"""What a simulation came to: figures from the platform's record, held against the database's rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.simulation.delays import Delay, Delays, Late
from jobs.simulation.loop import Simulation
from jobs.simulation.plan import Plan
from jobs.simulation.platform import Arrived, Loopback
from jobs.tables import AttemptRow, OutboundRow, ReviewRow, StudyRow
from knowledge.store import Database

ON_TIME = timedelta(minutes=10)
OPEN = timedelta(days=7)
"""A question that came so short before the end may still be answered: it counts as missed only after it."""


AFTER = "after"
"""Stands for the interval of the reviews by FSRS, after the ladder."""


@dataclass(frozen=True, slots=True)
class Step:
    """How one step of the ladder went, or all that came after the ladder."""

    interval: str
    """Canonical, or `AFTER`."""
    asked: int
    answered: int
    recalled: int


@dataclass(frozen=True, slots=True)
class Broken:
    """What must not happen, counted; all zero where the review loop keeps its word."""

    doubled: int
    """Messages that reached a learner twice."""
    lost: int
    """Reviews that were due and never came, without a later one of the same note in their place."""
    quiet: int
    """Messages that came within their learner's quiet hours."""
    over_cap: int
    """Reviews beyond the daily cap on one local day."""
    unlabelled: int
    """Reviews that came late and did not say so, or said so and were not; after a pause none says so."""
    unexplained: int
    """Reviews that none of the reasons in `delays` held for all of the time that they came late."""

    def __bool__(self) -> bool:
        return any(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one ladder came to."""

    intervals: str
    studies: int
    delivered: int
    on_time: int
    late: int
    delays: tuple[Delay, ...]
    """The late ones by what held them."""
    answered: int
    missed: int
    """Delivered more than a week before the end and never answered."""
    folded: int
    """Reviews that were not asked because a later one of the same note was due too."""
    longest_wait: float
    """Hours between a review's planned moment and its arrival, at the most."""
    by_hour: tuple[float, ...]
    """Messages in the hour 0-23 of the day (UTC), the mean over all days."""
    busiest_hour: int
    """Messages in the one hour with the most of them."""
    busiest_at: datetime | None
    per_learner_day: float
    """Reviews that a learner gets a day, the mean."""
    steps: tuple[Step, ...]
    recall: float
    """The mean probability at the end that what was studied is recalled."""
    recall_alone: float
    """The same had there been no reviews."""
    retention: tuple[tuple[int, float, float], ...]
    """Each week: the day, `recall` and `recall_alone` then."""
    refused: dict[str, int]
    broken: Broken

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def outcome(plan: Plan, database: Database, simulation: Simulation, platform: Loopback) -> Outcome:
    """The figures of a simulation that has run."""
    with database.session() as session:
        return _outcome(session, plan, simulation, platform)


def _outcome(session: Session, plan: Plan, simulation: Simulation, platform: Loopback) -> Outcome:
    reviews = list(session.scalars(select(ReviewRow).order_by(ReviewRow.id)))
    first = _first(session, [*platform.arrived, *simulation.followed])
    came = [(row, first[row.id]) for row in reviews if row.id in first]
    waits = [max(message.at - row.due_at, timedelta()) for row, message in came]
    ratings = select(AttemptRow.review_id, AttemptRow.rating).where(
        AttemptRow.review_id.is_not(None), AttemptRow.answered_at.is_not(None)
    )
    rated = {review: rating for review, rating in session.execute(ratings).all()}  # noqa: C416  typed so
    sent = {one.key for one in platform.arrived}
    hours = Counter(one.at.replace(minute=0, second=0, microsecond=0) for one in platform.arrived)
    busiest_at, busiest = max(hours.items(), key=lambda one: (one[1], one[0]), default=(None, 0))
    of_day = Counter(dict.fromkeys(range(24), 0))
    for hour, count in hours.items():
        of_day[hour.hour] += count
    recall, alone = simulation.recall()
    on_time = sum(wait <= ON_TIME for wait in waits)
    late = [
        Late(row, simulation.persons[row.learner_id], message.at)
        for (row, message), wait in zip(came, waits, strict=True)
        if wait > ON_TIME
    ]
    delays, unexplained = Delays(session, plan, simulation.persons).of(late, ON_TIME)
    return Outcome(
        intervals=str(plan.ladder),
        studies=session.scalar(select(func.count()).select_from(StudyRow)) or 0,
        delivered=len(came),
        on_time=on_time,
        late=len(late),
        delays=delays,
        answered=sum(row.id in rated for row, _ in came),
        missed=sum(row.id not in rated and message.at < plan.ends - OPEN for row, message in came),
        folded=sum(row.state == "dropped" and row.asked_at is None for row in reviews),
        longest_wait=max((wait.total_seconds() / 3600 for wait in waits), default=0.0),
        by_hour=tuple(of_day[hour] / plan.days for hour in range(24)),
        busiest_hour=busiest,
        busiest_at=busiest_at,
        per_learner_day=len(came) / plan.learners / plan.days,
        steps=_steps(plan, came, rated),
        recall=recall,
        recall_alone=alone,
        retention=tuple(simulation.retention),
        refused=simulation.refused,
        broken=Broken(
            doubled=platform.doubled(),
            lost=_lost(session, plan, reviews, first.keys() | rated.keys()),
            quiet=sum(_in_quiet(simulation, one) for one in platform.arrived),
            over_cap=_over_cap(plan, simulation, [message for _, message in came]),
            unlabelled=sum(
                row.late != (wait > ON_TIME and not _paused(simulation, row, message))
                for (row, message), wait in zip(came, waits, strict=True)
                if message.key in sent
            ),
            unexplained=unexplained,
        ),
    )


def _first(session: Session, arrived: Sequence[Arrived]) -> dict[int, Arrived]:
    """The first message that asked a review, by the review's id; for what followed, its session's."""
    asks = select(AttemptRow.id, AttemptRow.review_id).where(AttemptRow.review_id.is_not(None))
    reviews = {attempt: review for attempt, review in session.execute(asks) if review is not None}
    return {
        reviews[one.payload["attempt"]]: one
        for one in sorted(arrived, key=lambda one: one.at, reverse=True)
        if one.payload.get("attempt") in reviews
    }


def _steps(
    plan: Plan, came: list[tuple[ReviewRow, Arrived]], rated: dict[int | None, int | None]
) -> tuple[Step, ...]:
    """The ladder's own steps and, if any came, what came after them; repeats after a miss are left out."""
    names = [*(interval.key for interval in plan.ladder), AFTER]
    asked: dict[str, list[int]] = {name: [] for name in names}
    for row, _ in came:
        if row.repeat == 0 and row.step >= 0:
            asked[names[min(row.step, len(names) - 1)]].append(row.id)
    steps = []
    for name, ids in asked.items():
        ratings = [rated[one] for one in ids if one in rated]
        recalled = sum(rating is not None and rating > 1 for rating in ratings)
        steps.append(Step(name, len(ids), len(ratings), recalled))
    return tuple(step for step in steps if step.asked or step.interval != AFTER)


def _paused(simulation: Simulation, review: ReviewRow, message: Arrived) -> bool:
    """Whether the learner's own pause lay before it came: then it isn't called late."""
    paused = simulation.persons[review.learner_id].paused
    return paused is not None and review.due_at <= paused[1] <= message.at


def _lost(session: Session, plan: Plan, reviews: list[ReviewRow], reached: Set[int | None]) -> int:
    """Asked without a message that came or was withdrawn; or due, free to be asked, and not asked."""
    dropped = select(OutboundRow.payload).where(OutboundRow.state == "dropped")
    withdrawn = {payload.get("attempt") for payload in session.scalars(dropped)}
    gone = select(AttemptRow.review_id).where(AttemptRow.id.in_(withdrawn - {None}))
    reached = reached | set(session.scalars(gone))
    active = set(session.scalars(select(StudyRow.id).where(StudyRow.state == "active")))
    lately = plan.ends - timedelta(minutes=10)
    if plan.up_again(lately) != lately:  # the server is off as it ends: nothing more can have come
        lately = max(one.begins for one in plan.downtimes if one.covers(lately))
    lost = 0
    for row in reviews:
        if row.state == "waiting":  # one that was asked may wait again: its step was taken back
            lost += row.study_id in active and max(row.due_at, row.held_until or row.due_at) < lately
        elif row.asked_at is not None:
            lost += row.id not in reached
    return lost


def _in_quiet(simulation: Simulation, message: Arrived) -> bool:
    one = simulation.persons[message.learner_id].habits
    return one.quiet is not None and one.quiet.covers(message.at.astimezone(one.tz).hour)


def _over_cap(plan: Plan, simulation: Simulation, came: list[Arrived]) -> int:
    days = Counter(
        (
            one.learner_id,
            (one.followed_at or one.at).astimezone(simulation.persons[one.learner_id].habits.tz).date(),
        )
        for one in came
    )
    return sum(max(count - plan.daily_cap, 0) for count in days.values())
