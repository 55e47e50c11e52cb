"""Local hours: when a day's reviews come, and when nothing may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local hours, `start` to before `end`, in which nothing is sent unasked; may run over midnight."""

    start: int
    end: int

    def covers(self, hour: int) -> bool:
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


def at_hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """That local hour of that day, in UTC; see `at_time`."""
    return at_time(day, time(hour), zone)


def at_time(day: date, clock_time: time, zone: ZoneInfo) -> datetime:
    """That local time of that day, in UTC.

    Where a change of the clocks leaves it out, the first moment after the gap; where it comes twice, the
    first time.
    """
    local = datetime.combine(day, clock_time, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _end_of_gap(moment, zone)


def out_of_quiet(moment: datetime, zone: ZoneInfo, quiet: Quiet | None) -> datetime:
    """The first moment from `moment` on that lies outside the quiet hours."""
    local = moment.astimezone(zone)
    if quiet is None or not quiet.covers(local.hour):
        return moment
    end = at_hour(local.date(), quiet.end, zone)
    if end <= moment:
        end = at_hour(local.date() + timedelta(days=1), quiet.end, zone)
    return end


def day_start(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the local day of that moment began, in UTC."""
    return at_hour(moment.astimezone(zone).date(), 0, zone)


def _end_of_gap(moment: datetime, zone: ZoneInfo) -> datetime:
    # PEP 495: a local time that doesn't exist reads (fold 0) as if the clocks had not been changed yet, so
    # the change lies in the hours before it; the longest there was, Samoa's in 2011, took a whole day.
    low, high = moment - timedelta(hours=26), moment
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
