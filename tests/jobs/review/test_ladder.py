"""Intervals as people write them, calendar arithmetic in the learner's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import ReviewError
from jobs.review.hours import Quiet, at_hour, day_start, out_of_quiet
from jobs.review.ladder import Interval, Ladder, Unit, parse_interval, read_interval

SOFIA = ZoneInfo("Europe/Sofia")
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "UTC",
            "Europe/Sofia",
            "America/New_York",
            "Asia/Shanghai",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "America/Sao_Paulo",
            "Africa/Casablanca",
        )
    ]
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.integers(0, 23)
UNITS = st.sampled_from(["s", "m", "h", "d", "w", "mo"])
QUIETS = st.builds(Quiet, HOURS, HOURS).filter(lambda quiet: quiet.start != quiet.end)


@pytest.mark.parametrize(
    ("key", "spellings"),
    [
        ("10s", "10s|10 s|10 sec|10 секунди|10秒|10 seconds"),
        ("5m", "5m|5 min|5 минути|5分钟|five minutes"),
        ("2h", "2h|2 hours|2 часа|2小时|两个小时"),
        ("1d", "1d|1 day|Day 1|1 ден|един ден|1 天|1日|一天|a day|След 1 ден|1天后|**1 ден**|１天|1-day"),
        ("3d", "3d|3 days|after 3 days|3 дни|3 天|三天|第3天|ден 3|3 days later|3 дни."),
        ("1w", "1w|1 week|week|1 седмица|Седмица 1|1 周|1周|1週|1 星期|一个星期|1星期后|一周"),
        ("2w", "2 weeks|две седмици|两周"),
        ("1mo", "1mo|1 month|1 месец|един месец|1个月|一个月|一個月|1 МЕСЕЦ|month|месец"),
        ("12d", "12 days|十二天"),
        ("20d", "二十天"),
    ],
)
def test_an_interval_is_read_however_it_is_written(key: str, spellings: str) -> None:
    assert {text: parse_interval(text).key for text in spellings.split("|")} == dict.fromkeys(
        spellings.split("|"), key
    )


@pytest.mark.parametrize(
    "text", ["", "5", "soon", "0d", "-1d", "99999d", "1d 2h", "BERT", "Model", "1 токен", "十十天"]
)
def test_what_is_no_interval_is_refused(text: str) -> None:
    assert read_interval(text) is None
    with pytest.raises(ReviewError) as refused:
        parse_interval(text)
    assert refused.value.key == "error.interval_invalid"


@given(st.integers(1, 300), UNITS)
def test_the_key_is_read_back_as_the_same_interval(amount: int, unit: Unit) -> None:
    interval = Interval(amount, unit)
    assert read_interval(interval.key) in (interval, None if interval.length.days > 3650 else interval)


@given(st.text(max_size=30))
def test_any_text_is_an_interval_or_is_not(text: str) -> None:
    interval = read_interval(text)
    assert interval is None or interval.length > timedelta(0)


def test_a_week_is_seven_days_and_a_month_only_itself() -> None:
    assert parse_interval("1w").same_as(parse_interval("7d"))
    assert not parse_interval("1mo").same_as(parse_interval("30d"))


@pytest.mark.parametrize(("year", "last"), [(2027, 28), (2028, 29)])
def test_a_month_after_the_31_of_january_is_the_last_of_february(year: int, last: int) -> None:
    studied = datetime(year, 1, 31, 21, 30, tzinfo=SOFIA)
    due = parse_interval("1mo").after(studied, SOFIA, 18)
    assert due.astimezone(SOFIA) == datetime(year, 2, last, 18, tzinfo=SOFIA)


def test_the_day_is_the_learners_own_not_that_of_utc() -> None:
    studied = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # the 3rd in Sofia
    due = parse_interval("1d").after(studied, SOFIA, 9)
    assert due.astimezone(SOFIA) == datetime(2026, 3, 4, 9, tzinfo=SOFIA)


def test_seconds_are_exact_over_a_change_of_the_clocks() -> None:
    studied = datetime(2026, 3, 29, 0, 59, 55, 250_000, tzinfo=UTC)  # five seconds before Sofia's change
    assert parse_interval("10s").after(studied, SOFIA, 18) == studied + timedelta(seconds=10)
    assert parse_interval("2h").after(studied, SOFIA, 18) == studied + timedelta(hours=2)


def test_an_hour_that_is_left_out_gives_the_moment_after_the_gap() -> None:
    due = parse_interval("1d").after(datetime(2026, 3, 28, 12, tzinfo=UTC), SOFIA, 3)
    assert due == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert due.astimezone(SOFIA).hour == 4


def test_an_hour_that_comes_twice_gives_the_first() -> None:
    due = parse_interval("1d").after(datetime(2026, 10, 24, 12, tzinfo=UTC), SOFIA, 3)
    assert due == datetime(2026, 10, 25, 0, tzinfo=UTC)


def test_a_day_that_was_left_out_gives_the_next() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert at_hour(date(2011, 12, 30), 18, apia) == datetime(2011, 12, 30, 10, tzinfo=UTC)


@given(MOMENTS, ZONES, HOURS, st.sampled_from(["1d", "3d", "1w", "1mo", "2mo"]))
def test_whole_days_fall_on_the_hour_of_the_right_local_day(
    moment: datetime, zone: ZoneInfo, hour: int, key: str
) -> None:
    interval = parse_interval(key)
    due = interval.after(moment, zone, hour)
    local, began = due.astimezone(zone), moment.astimezone(zone).date()
    assert due > moment
    exists = at_hour(local.date(), hour, zone)
    assert due == exists
    if local.hour == hour and interval.unit != "mo":
        assert local.date() - began == interval.length
    if interval.unit == "mo":
        assert timedelta(28) <= local.date() - began <= timedelta(62)
        assert local.day <= began.day or local.hour != hour


@given(MOMENTS, ZONES)
def test_the_default_ladder_rises(moment: datetime, zone: ZoneInfo) -> None:
    due = Ladder.parse("1d,3d,1w,1mo").due(moment, zone, 18)
    assert list(due) == sorted(set(due))


@given(MOMENTS, ZONES, QUIETS)
def test_what_is_moved_out_of_quiet_hours_lies_outside_and_close(
    moment: datetime, zone: ZoneInfo, quiet: Quiet
) -> None:
    moved = out_of_quiet(moment, zone, quiet)
    assert not quiet.covers(moved.astimezone(zone).hour) or moved.astimezone(zone).hour == quiet.start
    assert moment <= moved <= moment + timedelta(hours=49)
    if not quiet.covers(moment.astimezone(zone).hour):
        assert moved == moment


@given(MOMENTS, ZONES)
def test_a_local_day_begins_before_its_moments(moment: datetime, zone: ZoneInfo) -> None:
    began = day_start(moment, zone)
    assert began <= moment < began + timedelta(hours=26)
    assert began.astimezone(zone).date() == moment.astimezone(zone).date()


def test_a_ladder_is_read_from_the_setting() -> None:
    assert str(Ladder.parse("10s,20s, 40s,60s")) == "10s,20s,40s,60s"
    assert str(Ladder.parse("1 ден, 3 дни, 1 седмица, 1 месец")) == "1d,3d,1w,1mo"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "error.interval_invalid"),
        ("1d,x", "error.interval_invalid"),
        ("3d,1d", "error.interval_order"),
        ("7d,1w", "error.interval_order"),
    ],
)
def test_a_ladder_that_can_not_be_climbed_is_refused(text: str, key: str) -> None:
    with pytest.raises(ReviewError) as refused:
        Ladder.parse(text)
    assert refused.value.key == key
