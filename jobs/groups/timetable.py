"""When a group is asked: a local time, a zone, days of the week.

| written                                          | means           |
|--------------------------------------------------|-----------------|
| `18:30`, `18.30`, `18`, `6:30pm`, `18点30`       | 18:30 (or :00)  |
| `mon-fri`, `weekdays`, `пн-пт`, `делници`, `周一到周五`, `工作日` | Monday to Friday |
| `mon,wed,fri`, `пон, сря, пет`, `周一、周三`     | those days      |
| `daily`, `всеки ден`, `每天`                     | every day       |
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from jobs.errors import GroupError
from jobs.people import zone_info
from jobs.review.hours import at_time
from jobs.review.ladder import read_interval

EVERY_DAY: Final = "1234567"
WEEKDAYS: Final = "12345"
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=7)
"""Between which a round may stay open."""

_TIME = re.compile(
    r"^(?P<hour>\d{1,2})(?:\s*(?:[:.hч点點时時]|时|час[а]?)\s*(?P<minute>\d{2})?\s*(?:分|мин\.?)?)?\s*"
    r"(?P<half>am|pm|a\.m\.|p\.m\.)?\s*(?:h|ч\.?|часа)?$"
)
_NAMES: Final = (
    "monday mon mo понеделник пон пн 周一 星期一 礼拜一 一",
    "tuesday tues tue tu вторник вто вт 周二 星期二 礼拜二 二",
    "wednesday wed we сряда сря ср 周三 星期三 礼拜三 三",
    "thursday thurs thur thu th четвъртък чет чт 周四 星期四 礼拜四 四",
    "friday fri fr петък пет пт 周五 星期五 礼拜五 五",
    "saturday sat sa събота съб сб 周六 星期六 礼拜六 六",
    "sunday sun su неделя нед нд 周日 周天 星期日 星期天 礼拜天 日 天",
)
_DAYS: Final = {name: str(day) for day, names in enumerate(_NAMES, start=1) for name in names.split()}
_WHOLE: Final = {
    "daily": EVERY_DAY,
    "every day": EVERY_DAY,
    "everyday": EVERY_DAY,
    "all": EVERY_DAY,
    "всеки ден": EVERY_DAY,
    "всички": EVERY_DAY,
    "每天": EVERY_DAY,
    "每日": EVERY_DAY,
    "weekdays": WEEKDAYS,
    "делници": WEEKDAYS,
    "делник": WEEKDAYS,
    "делнични дни": WEEKDAYS,
    "工作日": WEEKDAYS,
    "平日": WEEKDAYS,
    "weekend": "67",
    "weekends": "67",
    "уикенд": "67",
    "周末": "67",
    "週末": "67",
}
_LISTED = re.compile(r"\s*(?:[,;/、，；+&]|\b(?:and|и)\b|和|\s)\s*")
_RANGE = re.compile(r"\s*(?:-|–|—|\.\.|\b(?:to|до)\b|到|至)\s*")


@dataclass(frozen=True)
class Timetable:
    """A time of the day on some days of the week."""

    at: int
    """Minutes after midnight."""
    zone: str
    """IANA."""
    days: str
    """ISO weekdays as digits, Monday first."""

    @cached_property
    def tz(self) -> ZoneInfo:
        return zone_info(self.zone)

    @property
    def time(self) -> time:
        return time(*divmod(self.at, 60))

    def after(self, moment: datetime) -> datetime:
        """The first moment after `moment` at which the group is asked, in UTC.

        Where a change of the clocks leaves that time out, right after the gap; where it comes twice, the
        first time only. A day that the zone left out altogether has none.
        """
        day = moment.astimezone(self.tz).date() - timedelta(days=1)
        while True:
            if str(day.isoweekday()) in self.days:
                planned = at_time(day, self.time, self.tz)
                if planned > moment and planned.astimezone(self.tz).date() == day:
                    return planned
            day += timedelta(days=1)

    def last(self, first: datetime, now: datetime) -> datetime:
        """Of the planned moments from `first` (one of them) up to `now`, the last."""
        # Not one by one: after a long downtime only the last days matter.
        planned = max(first, self.after(now - timedelta(days=8)))
        if planned > now:
            return first
        while (following := self.after(planned)) <= now:
            planned = following
        return planned

    def same_day(self, one: datetime, other: datetime) -> bool:
        """Whether two moments fall on one local day."""
        return one.astimezone(self.tz).date() == other.astimezone(self.tz).date()


def read_time(text: str) -> int:
    """Minutes after midnight, as a person writes them; GroupError `error.group_time` (`time`)."""
    match = _TIME.match(_plain(text))
    if match:
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        half = (match["half"] or "").replace(".", "")
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = 24
        if hour < 24 and minute < 60:
            return hour * 60 + minute
    raise GroupError("error.group_time", time=text.strip())


def read_days(text: str) -> str:
    """ISO weekdays as digits, as a person writes them; GroupError `error.group_days` (`days`)."""
    plain = _plain(text)
    if plain in _WHOLE:
        return _WHOLE[plain]
    found: set[str] = set()
    for part in _LISTED.split(_RANGE.sub("-", plain)):
        ends = [_DAYS.get(end.strip(". ")) for end in part.split("-")] if part else []
        if len(ends) > 2 or None in ends:
            raise GroupError("error.group_days", days=text.strip())
        if ends:
            first, last = int(ends[0] or 0), int(ends[-1] or 0)
            found |= {str((first - 1 + n) % 7 + 1) for n in range((last - first) % 7 + 1)}
    if not found:
        raise GroupError("error.group_days", days=text.strip())
    return "".join(sorted(found))


def read_open(text: str) -> int:
    """How long a round stays open, in seconds: `12h`, `2 hours`, `1d`; GroupError `error.group_closes`."""
    interval = read_interval(text)
    if interval is None or not SHORTEST <= interval.length <= LONGEST:
        raise GroupError("error.group_closes", closes=text.strip())
    return int(interval.length.total_seconds())


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
