"""When reviews come: laid out at the study, held back by quiet hours, moved by a change of settings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol
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
_TOMORROW = Interval(1, "d")


class Rhythm(Protocol):
    """What the schedule needs to know of a learner (`jobs.people.Learner`)."""

    @property
    def tz(self) -> ZoneInfo: ...
    @property
    def review_hour(self) -> int: ...
    @property
    def quiet(self) -> Quiet | None: ...


def due_moments(ladder: Ladder, studied_at: datetime, learner: Rhythm) -> tuple[datetime, ...]:
    """When each step of a ladder is due; those of whole days never within quiet hours."""
    return tuple(_after(interval, studied_at, learner) for interval in ladder)


def again_at(interval: Interval, first: Interval, now: datetime, learner: Rhythm) -> datetime:
    """When a missed card comes again: tomorrow; on a ladder below a day, after its first interval."""
    return _after(_TOMORROW if interval.whole_days else first, now, learner)


def snoozed(interval: Interval | None, first: Interval | None, now: datetime, learner: Rhythm) -> datetime:
    """When a question comes back after *later*: in an hour; below a day, after the first interval."""
    if interval is not None and first is not None and not interval.whole_days:
        return first.after(now, learner.tz, learner.review_hour)
    return out_of_quiet(now + SNOOZE, learner.tz, learner.quiet)


def next_day(now: datetime, learner: Rhythm) -> datetime:
    """The learner's hour tomorrow: where the day's share is full."""
    return _after(_TOMORROW, now, learner)


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
