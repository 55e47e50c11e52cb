"""When reviews come: laid out at the study, held back by quiet hours, moved by a change of settings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.review.hours import Quiet, at_hour, out_of_quiet
from jobs.review.ladder import Interval, Ladder, parse_interval
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
_TOMORROW = Interval(1, "d")


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


def due_moments(ladder: Ladder, studied_at: datetime, learner: Rhythm) -> tuple[datetime, ...]:
    """When each step of a ladder is due; those of whole days never within quiet hours."""
    return tuple(_after(interval, studied_at, learner) for interval in ladder)


def again_at(interval: Interval, first: Interval, now: datetime, learner: Rhythm) -> datetime:
    """When a missed card comes again: tomorrow; on a ladder below a day, after its first interval."""
    return _after(_TOMORROW if interval.whole_days else first, now, learner)


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
    return _after(Interval(days, "d"), now, learner)


def late_from(due_at: datetime, learner: Pausing, now: datetime) -> datetime:
    """From when on a review counts as late: now, for what came due before the end of the last pause."""
    if learner.paused_at is None or (learner.paused_until is not None and due_at > learner.paused_until):
        return due_at
    return now


def resumption(day: date, learner: Rhythm) -> datetime:
    """When a pause until that local day ends: when its reviews come."""
    return out_of_quiet(at_hour(day, learner.review_hour, learner.tz), learner.tz, learner.quiet)


def is_late(interval: Interval, due_at: datetime, now: datetime) -> bool:
    return now - due_at > (LATE_DAYS if interval.whole_days else LATE_SECONDS)


def move_reviews(session: Session, learner_id: int, before: Rhythm, after: Rhythm) -> int:
    """Moves what is still to come to the learner's new hour and zone, on the same local days."""
    moved = 0
    for row in _waiting(session, learner_id):
        if parse_interval(row.interval).whole_days:
            day = _planned_day(row.due_at, before)
            due = out_of_quiet(at_hour(day, after.review_hour, after.tz), after.tz, after.quiet)
            moved += due != row.due_at
            row.due_at, row.held_until = due, None
    return moved


def _planned_day(due_at: datetime, rhythm: Rhythm) -> date:
    """The local day that a review was planned for: quiet hours may have put it off to the next one."""
    day = due_at.astimezone(rhythm.tz).date()
    before = day - timedelta(days=1)
    put_off = out_of_quiet(at_hour(before, rhythm.review_hour, rhythm.tz), rhythm.tz, rhythm.quiet)
    return before if put_off == due_at else day


def _waiting(session: Session, learner_id: int) -> Iterable[ReviewRow]:
    return session.scalars(
        select(ReviewRow)
        .join(StudyRow, StudyRow.id == ReviewRow.study_id)
        .where(ReviewRow.learner_id == learner_id, ReviewRow.state == "waiting", StudyRow.state == "active")
        .with_for_update(of=ReviewRow)
    )


def _after(interval: Interval, moment: datetime, learner: Rhythm) -> datetime:
    due = interval.after(moment, learner.tz, learner.review_hour)
    return out_of_quiet(due, learner.tz, learner.quiet) if interval.whole_days else due
