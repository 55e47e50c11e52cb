"""When a group is asked: as people write it, and as clocks are changed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import GroupError
from jobs.groups.timetable import Timetable, read_days, read_open, read_time

ZONES = (
    *("Europe/Sofia", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"),
    *("Africa/Casablanca", "America/Sao_Paulo", "Asia/Kathmandu", "UTC", "Pacific/Kiritimati"),
)
TABLES = st.builds(
    Timetable,
    at=st.integers(0, 1439),
    zone=st.sampled_from(ZONES),
    days=st.sets(st.sampled_from("1234567"), min_size=1).map(lambda days: "".join(sorted(days))),
)
MOMENTS = st.datetimes(datetime(2011, 12, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("18:30", 1110),
        ("18.30", 1110),
        ("18", 1080),
        ("6pm", 1080),
        ("6:30 PM", 1110),
        ("12am", 0),
        ("12 p.m.", 720),
        ("0:00", 0),
        ("18 ч.", 1080),
        ("18:30 ч.", 1110),
        ("18 часа", 1080),
        ("18点", 1080),
        ("18点30", 1110),
        ("18时30分", 1110),
        ("１８：３０", 1110),
        ("7:05", 425),
    ],
)
def test_a_time_is_understood_as_people_write_it(text: str, minutes: int) -> None:
    assert read_time(text) == minutes


@pytest.mark.parametrize("text", ["", "24:00", "18:60", "half past six", "13pm", "0am", "18:3", "-1", "1830"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(GroupError) as refused:
        read_time(text)
    assert refused.value.key == "error.group_time"


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", "12345"),
        ("Mon – Fri", "12345"),
        ("monday to friday", "12345"),
        ("weekdays", "12345"),
        ("daily", "1234567"),
        ("mon,wed,fri", "135"),
        ("fri mon", "15"),
        ("sat-mon", "167"),
        ("mon-wed, sun", "1237"),
        ("пн-пт", "12345"),
        ("пон, сря и пет", "135"),
        ("всеки ден", "1234567"),
        ("от", ""),
        ("周一到周五", "12345"),
        ("周一、周三", "13"),
        ("每天", "1234567"),
        ("周末", "67"),
        ("sunday", "7"),
    ],
)
def test_days_are_understood_as_people_write_them(text: str, days: str) -> None:
    if days:
        assert read_days(text) == days
        return
    with pytest.raises(GroupError) as refused:
        read_days(text)
    assert refused.value.key == "error.group_days"


@pytest.mark.parametrize(
    ("text", "seconds"), [("12h", 43200), ("30m", 1800), ("1d", 86400), ("2 часа", 7200)]
)
def test_how_long_a_round_stays_open(text: str, seconds: int) -> None:
    assert read_open(text) == seconds


@pytest.mark.parametrize("text", ["", "1s", "1mo", "8d", "soon", "-1h"])
def test_a_round_that_is_open_too_short_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(GroupError) as refused:
        read_open(text)
    assert refused.value.key == "error.group_closes"


def test_the_local_time_stays_when_the_clocks_are_changed() -> None:
    table = Timetable(18 * 60 + 30, "Europe/Sofia", "67")
    moment = datetime(2026, 3, 28, tzinfo=UTC)
    planned = []
    for _ in range(3):
        moment = table.after(moment)
        planned.append(moment)
    assert planned == [
        datetime(2026, 3, 28, 16, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 15, 30, tzinfo=UTC),
        datetime(2026, 4, 4, 15, 30, tzinfo=UTC),
    ]


def test_a_time_that_is_left_out_comes_right_after_the_gap_and_one_that_comes_twice_once() -> None:
    table = Timetable(3 * 60 + 15, "Europe/Sofia", "7")
    assert table.after(datetime(2026, 3, 28, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    first = table.after(datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    assert table.after(first) == datetime(2026, 11, 1, 1, 15, tzinfo=UTC)


def test_a_day_that_a_zone_left_out_has_no_round() -> None:
    table = Timetable(600, "Pacific/Apia", "1234567")
    apia = ZoneInfo("Pacific/Apia")
    moment, days = datetime(2011, 12, 28, 12, tzinfo=UTC), []
    for _ in range(3):
        moment = table.after(moment)
        days.append(moment.astimezone(apia).date().day)
    assert days == [28, 29, 31]


@given(TABLES, MOMENTS)
def test_every_planned_moment_is_on_one_of_the_days_at_that_time_or_right_after_a_gap(
    table: Timetable, moment: datetime
) -> None:
    planned = table.after(moment)
    local = planned.astimezone(table.tz)
    assert planned > moment
    assert str(local.isoweekday()) in table.days
    if local.time() != table.time:
        before = (planned - timedelta(seconds=1)).astimezone(table.tz)
        assert before.time() < table.time < local.time()
        assert before.utcoffset() != local.utcoffset()


@given(TABLES, MOMENTS)
def test_no_day_comes_twice_and_none_is_left_out(table: Timetable, moment: datetime) -> None:
    days: list[date] = []
    start = moment
    for _ in range(12):
        moment = table.after(moment)
        days.append(moment.astimezone(table.tz).date())
    assert len(set(days)) == len(days)
    day = start.astimezone(table.tz).date() + timedelta(days=1)
    missing = []
    while day < days[-1]:
        if str(day.isoweekday()) in table.days and day not in days:
            missing.append(day)
        day += timedelta(days=1)
    assert missing == [date(2011, 12, 30)] * len(missing)


@given(TABLES, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_the_last_planned_moment_is_found_after_any_downtime(
    table: Timetable, moment: datetime, down: timedelta
) -> None:
    first = table.after(moment)
    now = first + down
    last = table.last(first, now)
    assert first <= last <= now
    assert table.after(last) > now


@given(st.integers(0, 1439))
def test_a_written_time_is_read_back(at: int) -> None:
    assert read_time(f"{time(*divmod(at, 60)):%H:%M}") == at


@given(st.text(max_size=20))
def test_whatever_is_written_is_understood_or_refused(text: str) -> None:
    for read in (read_time, read_days, read_open):
        with suppress(GroupError):
            assert read(text) is not None
