"""Days as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates import read_day

TODAY = date(2026, 11, 28)
"""A Saturday."""
DAYS = st.dates(date(2026, 11, 29), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("14d", date(2026, 12, 12)),
        ("for 2 weeks", date(2026, 12, 12)),
        ("за 2 седмици", date(2026, 12, 12)),
        ("两周", date(2026, 12, 12)),
        ("1 month", date(2026, 12, 28)),
        ("until 2026-12-31", date(2026, 12, 31)),
        ("2026/12/31", date(2026, 12, 31)),
        ("直到2026年12月31日为止", date(2026, 12, 31)),
        ("12月31日", date(2026, 12, 31)),
        ("до 31.12.2026 г.", date(2026, 12, 31)),
        ("31.12", date(2026, 12, 31)),
        ("1 май", date(2027, 5, 1)),
        ("до 31 декември", date(2026, 12, 31)),
        ("Dec. 31st", date(2026, 12, 31)),
        ("December 31, 2026", date(2026, 12, 31)),
        ("28 November", date(2027, 11, 28)),
        ("29 February", date(2028, 2, 29)),
        ("tomorrow", date(2026, 11, 29)),
        ("until Monday", date(2026, 11, 30)),
        ("Saturday", date(2026, 12, 5)),
        ("понеделник", date(2026, 11, 30)),
        ("到周一", date(2026, 11, 30)),
        ("2020-01-01", date(2020, 1, 1)),
    ],
)
def test_a_day_is_read(written: str, day: date) -> None:
    assert read_day(written, TODAY) == day


@pytest.mark.parametrize(
    "written",
    ["", "31/12/2026", "12/31/2026", "5h", "7", "soon", "2026-13-01", "31.2.2027", "30 feb", "99999999d"],
)
def test_what_is_no_day_is_none(written: str) -> None:
    assert read_day(written, TODAY) is None


@given(DAYS, st.sampled_from(["en", "bg", "zh"]), st.sampled_from(["long", "medium"]))
def test_a_day_is_read_as_each_language_writes_it(day: date, locale: str, width: str) -> None:
    assert read_day(format_date(day, width, locale=locale), TODAY) == day
    assert read_day(day.isoformat(), TODAY) == day


@given(st.text(max_size=40))
def test_no_text_is_a_surprise(text: str) -> None:
    found = read_day(text, TODAY)
    assert found is None or isinstance(found, date)


@given(st.integers(1, 400))
def test_a_span_of_days_counts_from_today(days: int) -> None:
    assert read_day(f"{days}d", TODAY) == TODAY + timedelta(days=days)
