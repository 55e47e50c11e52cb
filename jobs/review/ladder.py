"""Intervals as people write them, and the ladder of them that a study climbs.

| written                                          | key   |
|--------------------------------------------------|-------|
| `10s`, `20 sec`, `20 секунди`, `20秒`            | `10s` |
| `5m`, `5 min`, `5 минути`, `5分钟`               | `5m`  |
| `2h`, `2 hours`, `2 часа`, `2小时`               | `2h`  |
| `1d`, `1 day`, `day 1`, `3 дни`, `三天`, `1日`   | `1d`  |
| `1w`, `1 week`, `1 седмица`, `1周`, `一週`       | `1w`  |
| `1mo`, `1 month`, `1 месец`, `1个月`, `一個月`   | `1mo` |

Seven days and a week are the same length but two keys; `Interval.same_as` knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from jobs.errors import ReviewError
from jobs.review.hours import at_hour

Unit = Literal["s", "m", "h", "d", "w", "mo"]

_SECONDS: Final[dict[Unit, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400}
_WORDS: Final[dict[Unit, str]] = {
    "s": "s sec secs second seconds с сек секунда секунди 秒 秒钟 秒鐘",
    "m": "m min mins minute minutes мин минута минути 分 分钟 分鐘",
    "h": "h hr hrs hour hours ч час часа часове 小时 小時 个小时 個小時 钟头 鐘頭 个钟头",
    "d": "d day days д ден дни деня 天 日",
    "w": "w wk wks week weeks седм седмица седмици 周 週 星期 礼拜 禮拜 个星期 個星期 个礼拜",
    "mo": "mo mon month months мес месец месеца месеци 月 个月 個月 箇月",
}
_UNITS: Final[dict[str, Unit]] = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_NUMBERS: Final[dict[str, int]] = {
    word: value
    for value, words in enumerate(
        (
            "a an one един една едно",
            "two два две",
            "three три",
            "four четири",
            "five пет",
            "six шест",
            "seven седем",
            "eight осем",
            "nine девет",
            "ten десет",
        ),
        start=1,
    )
    for word in words.split()
}
_HAN: Final[dict[str, int]] = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "兩": 2,
}
_FILLER = re.compile(
    r"^(after|in|within|след|через|过|過|第)\s*|\s*(later|after|по-късно|以后|之后|后|後|内)$"
)
_PARTS = re.compile(
    r"^(?P<amount>\d{1,4}|[零一二三四五六七八九十两兩]{1,3}|[a-zа-я]+)?\s*[-\s]?\s*(?P<unit>\D+?)\.?$"
)
_SWAPPED = re.compile(r"^(?P<unit>[a-zа-я]{3,})\s*(?P<amount>\d{1,4})$")
_LONGEST: Final = 10 * 366 * 86400


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time as people mean it: a month is a calendar month, a day a change of date."""

    amount: int
    unit: Unit

    @property
    def key(self) -> str:
        """Canonical: `10s`, `1d`, `1w`, `1mo`."""
        return f"{self.amount}{self.unit}"

    @property
    def whole_days(self) -> bool:
        return self.unit in {"d", "w", "mo"}

    @property
    def length(self) -> timedelta:
        """About how long; a month counts as thirty days."""
        return timedelta(seconds=self.amount * _SECONDS[self.unit])

    def same_as(self, other: Interval) -> bool:
        """Whether both mean the same span: a week is seven days, a month is only itself."""
        months = "mo" in {self.unit, other.unit}
        return self == other or (not months and self.length == other.length)

    def after(self, moment: datetime, zone: ZoneInfo, hour: int) -> datetime:
        """The moment that lies this much after `moment`, in UTC.

        Below a day: exact to the second. From a day on: that many calendar days, weeks or months later in
        `zone` (31 January + 1 month is the last of February), at `hour` there whatever the time of day was.
        """
        if not self.whole_days:
            return (moment + self.length).astimezone(UTC)
        return at_hour(self.later(moment.astimezone(zone).date()), hour, zone)

    def later(self, day: date) -> date:
        """The day that lies this much after `day`; only for whole days.

        31 January + 1 month is the last of February, and so is 29 February + 12 months.
        """
        span = {
            "d": relativedelta(days=self.amount),
            "w": relativedelta(weeks=self.amount),
            "mo": relativedelta(months=self.amount),
        }
        return day + span[self.unit]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The intervals, counted from the study, at which a note is reviewed; each longer than the last."""

    intervals: tuple[Interval, ...]

    @classmethod
    def parse(cls, text: str) -> Ladder:
        """From the setting: `1d,3d,1w,1mo`. `ReviewError("error.interval_invalid")` names what is wrong."""
        intervals = tuple(parse_interval(part) for part in re.split(r"[,;、，]", text) if part.strip())
        if not intervals:
            raise ReviewError("error.interval_invalid", interval=text)
        for earlier, later in pairwise(intervals):
            if later.length <= earlier.length:
                raise ReviewError("error.interval_order", interval=later.key, before=earlier.key)
        return cls(intervals)

    @classmethod
    def stored(cls, keys: str) -> Ladder:
        """The one that `str` wrote; an empty one too."""
        return cls(tuple(parse_interval(key) for key in keys.split(",") if key))

    def __len__(self) -> int:
        return len(self.intervals)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __str__(self) -> str:
        return ",".join(interval.key for interval in self.intervals)

    def due(self, studied_at: datetime, zone: ZoneInfo, hour: int) -> tuple[datetime, ...]:
        """When each step is due."""
        return tuple(interval.after(studied_at, zone, hour) for interval in self.intervals)


def parse_interval(text: str) -> Interval:
    """An interval as written by a person; `ReviewError("error.interval_invalid")` if it is none."""
    interval = read_interval(text)
    if interval is None:
        raise ReviewError("error.interval_invalid", interval=text.strip())
    return interval


@lru_cache(maxsize=1024)  # every study and its answers read the same few keys
def read_interval(text: str) -> Interval | None:
    """Like `parse_interval`, for text that may well be something else: None then."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("*_`").strip().casefold()
    plain = _FILLER.sub("", plain).strip()
    if len(plain) > 1 and plain in _UNITS:
        return Interval(1, _UNITS[plain])
    swapped = _SWAPPED.match(plain)
    match = _PARTS.match(f"{swapped['amount']} {swapped['unit']}" if swapped else plain)
    if match is None:
        return None
    unit, amount = _UNITS.get(match["unit"].strip()), _amount(match["amount"])
    if unit is None or not amount or amount * _SECONDS[unit] > _LONGEST:
        return None
    return Interval(amount, unit)


def _amount(text: str | None) -> int | None:
    if text is None:
        return 1
    if text.isdigit():
        return int(text)
    if text in _NUMBERS:
        return _NUMBERS[text]
    if all(character in _HAN for character in text):
        return _HAN[text] if len(text) == 1 else None
    tens, ten, ones = text.partition("十")
    if not ten or not all(part == "" or part in _HAN for part in (tens, ones)):
        return None
    return (_HAN[tens] if tens else 1) * 10 + (_HAN[ones] if ones else 0)
