"""When reviews come: on a local day at the learner's hour, out of quiet hours; moved as these change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.review.hours import Quiet, at_hour, out_of_quiet
from jobs.review.ladder import Interval
from jobs.tables import ReviewRow, StudyRow

LATE_DAYS = timedelta(minutes=10)
"""How long after its due moment a review of whole days still counts as on time."""
LATE_SECONDS = timedelta(seconds=5)
"""The same for reviews below a day."""
SNOOZE = timedelta(hours=1)
EVENING = 20
"""The local hour that *this evening* means."""
Later = Literal["hour", "evening", "tomorrow"]
"""How long a question is put off."""
LATER: tuple[Later, ...] = ("hour", "evening", "tomorrow")
TOMORROW = Interval(1, "d")


class Rhythm(Protocol):
    """What the schedule needs to know of a learner (`jobs.people.Learner`)."""

    @property
    def tz(self) -> ZoneInfo: ...
    @property
    def review_hour(self) -> int: ...
    @property
    def quiet(self) -> Quiet | None: ...


class Pausing(Protocol):
    """What it needs to know of a learner's last pause."""

    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def paused_until(self) -> datetime | None: ...


def moment_on(day: date, rhythm: Rhythm) -> datetime:
    """When a review that is planned for a local day comes: at the learner's hour, out of quiet hours."""
    return out_of_quiet(at_hour(day, rhythm.review_hour, rhythm.tz), rhythm.tz, rhythm.quiet)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The date in `zone` at that moment."""
    return moment.astimezone(zone).date()


def snoozed(
    interval: Interval | None, first: Interval | None, now: datetime, learner: Rhythm, until: Later = "hour"
) -> datetime:
    """When a question comes back after *later*; below a day, after the first interval."""
    if interval is not None and first is not None and not interval.whole_days:
        return first.after(now, learner.tz, learner.review_hour)
    return put_off(until, now, learner)


def later_options(now: datetime, learner: Rhythm) -> tuple[Later, ...]:
    """To when a question of whole days may be put off from now."""
    tonight = _evening(now, learner)
    return ("hour", "tomorrow") if tonight is None else ("hour", "evening", "tomorrow")


def put_off(until: Later, now: datetime, learner: Rhythm) -> datetime:
    """When a question of whole days comes back: in an hour where this evening is (nearly) over."""
    if until == "tomorrow":
        return next_day(now, learner)
    evening = _evening(now, learner) if until == "evening" else None
    return evening or out_of_quiet(now + SNOOZE, learner.tz, learner.quiet)


def _evening(now: datetime, learner: Rhythm) -> datetime | None:
    """This evening, where it lies more than an hour ahead and outside of the quiet hours."""
    day = now.astimezone(learner.tz).date()
    evening = at_hour(day, EVENING, learner.tz)
    quiet = out_of_quiet(evening, learner.tz, learner.quiet) != evening
    return None if quiet or evening <= now + SNOOZE else evening


def next_day(now: datetime, learner: Rhythm, days: int = 1) -> datetime:
    """The learner's hour tomorrow, or in some days: where the day's share is full."""
    return moment_on(Interval(days, "d").later(local_day(now, learner.tz)), learner)


def late_from(due_at: datetime, learner: Pausing, now: datetime) -> datetime:
    """From when on a review counts as late: now, for what came due before the end of the last pause."""
    if learner.paused_at is None or (learner.paused_until is not None and due_at > learner.paused_until):
        return due_at
    return now


def resumption(day: date, learner: Rhythm) -> datetime:
    """When a pause until that local day ends: when its reviews come."""
    return moment_on(day, learner)


def is_late(interval: Interval, due_at: datetime, now: datetime) -> bool:
    return now - due_at > (LATE_DAYS if interval.whole_days else LATE_SECONDS)


def move_reviews(session: Session, learner_id: int, rhythm: Rhythm) -> int:
    """Moves what is still to come to where its local day lies by the learner's hour, quiet hours and zone.

    Tells how many reviews moved. Called again, it changes nothing.
    """
    moved = 0
    for row in _waiting(session, learner_id):
        if row.day is None:
            continue
        due = moment_on(row.day, rhythm)
        moved += due != row.due_at
        row.due_at, row.held_until = due, None
    return moved


def _waiting(session: Session, learner_id: int) -> Iterable[ReviewRow]:
    return session.scalars(
        select(ReviewRow)
        .join(StudyRow, StudyRow.id == ReviewRow.study_id)
        .where(ReviewRow.learner_id == learner_id, ReviewRow.state == "waiting", StudyRow.state == "active")
        .with_for_update(of=ReviewRow)
    )
