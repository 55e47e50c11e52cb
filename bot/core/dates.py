"""A day as people write it, or a span of time until it.

| written                                                    | is                                  |
|------------------------------------------------------------|-------------------------------------|
| `14d`, `2 weeks`, `2 седмици`, `两周`, `1 month`           | that long from today                |
| `2026-12-31`, `2026/12/31`, `2026年12月31日`               | that day                            |
| `31.12.2026`, `31.12`, `31 декември`, `12月31日`           | that day; without a year the next   |
| `31 December 2026`, `Dec 31`, `December 31, 2026`          |                                     |
| `tomorrow`, `утре`, `明天`; `Monday`, `понеделник`, `周一` | the next such day                   |

*Until* may stand before it (`until`, `до`, `到` ...). A day after two slashes is read as the year first:
31/12 and 12/31 mean different days to different people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from dateutil.relativedelta import relativedelta

from jobs.review.ladder import read_interval

_UNTIL = re.compile(
    r"^(?:(?:until|till|til|up to|to|for|чак до|до|за)\s+|直到|一直到|到|至)\s*|\s*(?:为止|為止|止)$"
)
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?\.?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})\.\s*(\d{1,2})(?:\.\s*(\d{4}))?\.?(?:\s*г\.?)?$")
_CHINESE = re.compile(r"^(\d{1,2})月(\d{1,2})[日号號]?$")
_DAY_MONTH = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?\.?\s+([^\W\d]+)\.?,?(?:\s+(\d{4}))?(?:\s*г\.?)?$")
_MONTH_DAY = re.compile(r"^([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$")
_TOMORROW = ("tomorrow", "утре", "明天")
_WEEKDAYS = ("周", "週", "星期", "礼拜", "禮拜")
_HAN = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}


def read_day(text: str, today: date) -> date | None:
    """The day that a text means, seen from `today`; None where it means none. It may lie in the past."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    plain = _UNTIL.sub("", _UNTIL.sub("", plain)).strip()
    if plain in _TOMORROW:
        return today + timedelta(days=1)
    if (weekday := _weekdays().get(plain)) is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    interval = read_interval(plain)
    if interval is not None and any(character.isalpha() for character in plain):
        if not interval.whole_days:
            return None
        months = interval.amount if interval.unit == "mo" else 0
        days = interval.amount * {"d": 1, "w": 7}.get(interval.unit, 0)
        return _later(today, relativedelta(months=months, days=days))
    return _named(plain, today)


def _named(plain: str, today: date) -> date | None:
    """A day by its numbers or its month's name."""
    if found := _YEAR_FIRST.match(plain):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.match(plain):
        return _coming(found[3], int(found[2]), int(found[1]), today)
    if found := _CHINESE.match(plain):
        return _coming(None, int(found[1]), int(found[2]), today)
    if (found := _DAY_MONTH.match(plain)) and (month := _months().get(found[2])):
        return _coming(found[3], month, int(found[1]), today)
    if (found := _MONTH_DAY.match(plain)) and (month := _months().get(found[1])):
        return _coming(found[3], month, int(found[2]), today)
    return None


def _coming(year: str | None, month: int, day: int, today: date) -> date | None:
    """That day of the year, or without one the next day of that name (29 February waits for its year)."""
    if year is not None:
        return _day(int(year), month, day)
    coming = (_day(today.year + ahead, month, day) for ahead in range(9))
    return next((one for one in coming if one is not None and one > today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _later(today: date, by: relativedelta) -> date | None:
    try:
        return today + by
    except (OverflowError, ValueError):
        return None


@cache
def _months() -> Mapping[str, int]:
    """The months by their names, long and short, in English and Bulgarian."""
    from babel.dates import get_month_names

    return {
        name.casefold().rstrip("."): number
        for locale in ("en", "bg")
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=locale).items()
    }


@cache
def _weekdays() -> Mapping[str, int]:
    """The days of the week by their names, 0 is Monday."""
    from babel.dates import get_day_names

    names = {
        name.casefold().rstrip("."): number
        for locale in ("en", "bg")
        for width in ("wide", "abbreviated")
        for number, name in get_day_names(width, locale=locale).items()
    }
    return names | {f"{prefix}{han}": number for prefix in _WEEKDAYS for han, number in _HAN.items()}
