"""What holds for every schedule: pure functions over moments, zones, hours and logs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.review.hours import Quiet, at_hour, out_of_quiet
from jobs.review.ladder import Interval, Ladder, parse_interval
from jobs.review.memory import Memory, Recall
from jobs.review.pacing import USUAL, Pacing
from jobs.review.schedule import local_day, moment_on
from jobs.review.timeline import Answer, Study, waiting
from tests.doubles.zones import crafted

ODD = (
    "Europe/Sofia",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "America/Havana",
    "Pacific/Chatham",
    "Atlantic/Azores",
    "Pacific/Kiritimati",
    "Pacific/Niue",
    "Asia/Tehran",
    "Antarctica/Troll",
    "UTC",
)
LADDER = Ladder.parse("1d,3d,1w,1mo")


@dataclass(frozen=True)
class Rhythm:
    tz: ZoneInfo
    review_hour: int = 18
    quiet: Quiet | None = None


hours = st.integers(0, 23)
zones = st.sampled_from(ODD).map(ZoneInfo)
days = st.dates(date(2010, 1, 1), date(2037, 12, 1))
moments = st.integers(0, 28 * 365 * 86400).map(
    lambda n: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)
quiets = st.none() | st.tuples(hours, hours).filter(lambda pair: pair[0] != pair[1]).map(
    lambda pair: Quiet(*pair)
)
rhythms = st.builds(Rhythm, zones, hours, quiets)
ratings = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 4)), max_size=12)


def study(at: datetime, rhythm: Rhythm, ladder: Ladder = LADDER) -> Study:
    return Study(at, local_day(at, rhythm.tz), ladder)


# Hours


@given(days, hours, zones)
@example(date(2026, 3, 29), 3, ZoneInfo("Europe/Sofia"))  # left out
@example(date(2026, 10, 25), 3, ZoneInfo("Europe/Sofia"))  # twice
@example(date(2011, 12, 30), 18, ZoneInfo("Pacific/Apia"))  # a day that never was
@example(date(2026, 4, 5), 1, ZoneInfo("Australia/Lord_Howe"))  # half an hour
@example(date(2018, 11, 4), 0, ZoneInfo("America/Sao_Paulo"))  # midnight left out
def test_an_hour_of_a_day_is_that_hour_or_the_first_moment_after_what_was_left_out(
    day: date, hour: int, zone: ZoneInfo
) -> None:
    moment = at_hour(day, hour, zone)
    local = moment.astimezone(zone)
    wanted = datetime.combine(day, time(hour))
    if local.replace(tzinfo=None) != wanted:
        before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < wanted < local.replace(tzinfo=None), "the clocks jumped over it"
    else:
        assert local.fold == 0, "of two, the first"


@given(moments, zones, quiets)
@example(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), ZoneInfo("Europe/Sofia"), Quiet(22, 3))
def test_nothing_comes_in_quiet_hours_and_all_of_it_within_a_day(
    moment: datetime, zone: ZoneInfo, quiet: Quiet | None
) -> None:
    out = out_of_quiet(moment, zone, quiet)
    assert moment <= out <= moment + timedelta(hours=49)
    assert quiet is None or not quiet.covers(out.astimezone(zone).hour)
    assert out_of_quiet(out, zone, quiet) == out
    if quiet is None or not quiet.covers(moment.astimezone(zone).hour):
        assert out == moment


def test_quiet_all_day_but_for_one_hour_leaves_that_hour() -> None:
    sofia = ZoneInfo("Europe/Sofia")
    for hour in range(24):
        due = moment_on(date(2026, 3, 3), Rhythm(sofia, hour, Quiet(0, 23))).astimezone(sofia)
        assert (due.date(), due.hour) == (date(2026, 3, 3), 23)


def test_an_hour_within_quiet_hours_over_midnight_comes_when_they_end() -> None:
    sofia = ZoneInfo("Europe/Sofia")
    came = [moment_on(date(2026, 3, 3), Rhythm(sofia, hour, Quiet(22, 8))) for hour in (21, 22, 23, 0, 7, 8)]
    told = [(one.astimezone(sofia).day, one.astimezone(sofia).hour) for one in came]
    assert told == [(3, 21), (4, 8), (4, 8), (3, 8), (3, 8), (3, 8)]


# Days


@pytest.mark.parametrize(
    ("day", "interval", "later"),
    [
        ((2024, 2, 29), "1mo", (2024, 3, 29)),
        ((2024, 2, 29), "12mo", (2025, 2, 28)),
        ((2024, 2, 29), "48mo", (2028, 2, 29)),
        ((2026, 1, 31), "1mo", (2026, 2, 28)),
        ((2028, 1, 31), "1mo", (2028, 2, 29)),
        ((2026, 11, 30), "1mo", (2026, 12, 30)),
        ((2026, 11, 30), "3mo", (2027, 2, 28)),
        ((2026, 12, 31), "1mo", (2027, 1, 31)),
        ((2026, 2, 28), "1d", (2026, 3, 1)),
        ((2024, 2, 28), "1d", (2024, 2, 29)),
    ],
)
def test_months_end_where_the_calendar_has_it(
    day: tuple[int, int, int], interval: str, later: tuple[int, int, int]
) -> None:
    assert parse_interval(interval).later(date(*day)) == date(*later)


@given(moments, rhythms)
def test_a_ladder_keeps_its_local_days_and_their_order(at: datetime, rhythm: Rhythm) -> None:
    begun = study(at, rhythm)
    steps = waiting(begun, {}, (), rhythm, USUAL)
    assert [one.step for one in steps] == [0, 1, 2, 3]
    assert [one.day for one in steps] == [interval.later(begun.day) for interval in LADDER]
    assert all(earlier.due_at < later.due_at for earlier, later in pairwise(steps))
    # Never at night, and on the planned day, unless that hour or the whole day isn't one of the learner's.
    for one in steps:
        local = one.due_at.astimezone(rhythm.tz)
        assert rhythm.quiet is None or not rhythm.quiet.covers(local.hour)
        assert one.day is not None
        assert one.day <= local.date() <= one.day + timedelta(days=2)


@given(moments, rhythms, st.lists(rhythms, min_size=1, max_size=4), st.integers(0, 3))
def test_moving_in_mid_ladder_loses_no_step_and_keeps_the_days(
    at: datetime, home: Rhythm, moves: list[Rhythm], asked: int
) -> None:
    begun = study(at, home)
    past = {(step, 0): "answered" for step in range(asked)}
    before = waiting(begun, past, (), home, USUAL)  # type: ignore[arg-type]
    for rhythm in moves:
        after = waiting(begun, past, (), rhythm, USUAL)  # type: ignore[arg-type]
        assert [(one.place, one.day) for one in after] == [(one.place, one.day) for one in before]
        assert len({one.day for one in after}) == len(after), "never two on one day"
        assert [one.due_at for one in after] == [moment_on(one.day, rhythm) for one in after if one.day]
    assert waiting(begun, past, (), home, USUAL) == before  # type: ignore[arg-type]


@given(moments, rhythms, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_clock_that_jumps_changes_no_plan(at: datetime, rhythm: Rhythm, jump: timedelta) -> None:
    """An answer that seems to come before its study, or years after it, leaves the ladder where it was."""
    begun = study(at, rhythm)
    answered = at + jump
    answer = Answer(0, 0, "1d", answered, local_day(answered, rhythm.tz), 3, answered, None)
    steps = waiting(begun, {(0, 0): "answered"}, [answer], rhythm, USUAL)
    assert steps == waiting(begun, {}, (), rhythm, USUAL)[1:]
    for longer in (steps, waiting(begun, {(3, 0): "answered"}, [answer], rhythm, USUAL)):
        assert all(one.due_at.tzinfo is not None for one in longer)


def test_the_rules_of_a_zone_change_and_the_local_hour_stays() -> None:
    name, change = "Europe/Sofia", datetime(2026, 6, 1, tzinfo=UTC)
    old, new = crafted(name, [], 2), crafted(name, [(change, 3)], 2)
    rhythm = Rhythm(old)
    begun = study(datetime(2026, 5, 10, 9, tzinfo=UTC), rhythm)
    before = waiting(begun, {}, (), rhythm, USUAL)
    after = waiting(begun, {}, (), replace(rhythm, tz=new), USUAL)
    assert [one.due_at.hour for one in before] == [16, 16, 16, 16]
    assert [one.due_at.hour for one in after] == [16, 16, 16, 15]
    assert [one.due_at.astimezone(new).hour for one in after] == [18] * 4


# A miss, and FSRS


@given(moments, rhythms, st.sampled_from(["1d", "1w", "1mo", "23d"]))
def test_a_miss_comes_again_the_next_local_day_beside_the_ladder(
    at: datetime, rhythm: Rhythm, interval: str
) -> None:
    begun = study(at, rhythm)
    rated = at + timedelta(days=1)
    miss = Answer(0, 0, interval, rated, local_day(rated, rhythm.tz), 1, rated, local_day(rated, rhythm.tz))
    ladder = waiting(begun, {(0, 0): "answered"}, (), rhythm, USUAL)
    with_repeat = waiting(begun, {(0, 0): "answered"}, [miss], rhythm, USUAL)
    (repeat,) = set(with_repeat) - set(ladder)
    assert (repeat.place, repeat.day) == ((0, 1), local_day(rated, rhythm.tz) + timedelta(days=1))
    assert waiting(begun, {(0, 0): "answered"}, [replace(miss, rating=3)], rhythm, USUAL) == ladder


def answers_of(begun: Study, gaps: list[tuple[int, int]]) -> list[Answer]:
    """One for each step, so many days after the one before, rated."""
    at, found = begun.studied_at, []
    for step, (gap, rating) in enumerate(gaps):
        at += timedelta(days=gap)
        day = begun.day + (at - begun.studied_at)
        found.append(Answer(step, 0, "1d", at, day, rating, at, day))
    return found


@given(moments, rhythms, ratings, st.sampled_from(["", "1d,3d"]), st.floats(0.7, 0.97), st.integers(1, 400))
def test_fsrs_goes_on_in_whole_days_within_its_bound_and_the_same_each_time(
    at: datetime, rhythm: Rhythm, gaps: list[tuple[int, int]], ladder: str, retention: float, longest: int
) -> None:
    pacing = Pacing("ladder+fsrs", retention, longest)
    begun = study(at, rhythm, Ladder.stored(ladder))
    answers = answers_of(begun, gaps)
    past = {(answer.step, 0): "answered" for answer in answers}
    reviews = waiting(begun, past, reversed(answers), rhythm, pacing)  # type: ignore[arg-type]
    assert reviews == waiting(begun, past, answers, rhythm, pacing)  # type: ignore[arg-type]
    beyond = [one for one in reviews if one.repeat == 0 and one.step >= len(begun.ladder)]
    assert len(beyond) == (len(answers) >= len(begun.ladder))
    for one in beyond:
        last = answers[-1].answered_day if answers else begun.day
        assert one.day is not None
        assert 1 <= (one.day - last).days <= longest
        assert parse_interval(one.interval).later(last) == one.day
        assert one.step == max(len(answers), len(begun.ladder))


@given(days, ratings)
def test_what_is_remembered_only_sinks_and_is_what_was_wanted_when_the_review_comes(
    day: date, gaps: list[tuple[int, int]]
) -> None:
    recalls, last = [], day
    for gap, rating in gaps:
        last += timedelta(days=gap)
        recalls.append(Recall(last, rating))
    memory = Memory(day, recalls, Pacing(longest=3650))
    shares = [memory.remembered(last + timedelta(days=n)) for n in range(60)]
    assert shares[0] == 1.0
    assert all(0 < later <= earlier for earlier, later in pairwise(shares))
    if 5 < memory.days < 3650:
        assert memory.remembered(last + timedelta(days=memory.days)) == pytest.approx(0.9, abs=0.01)


def test_better_answers_bring_longer_waits_and_a_higher_aim_shorter_ones() -> None:
    day = date(2026, 3, 2)
    waits = [Memory(day, [Recall(day + timedelta(days=1), rating)], USUAL).days for rating in (1, 2, 3, 4)]
    assert waits == sorted(set(waits))
    aims = [Memory(day, [Recall(day, 3)], Pacing(retention=aim)).days for aim in (0.7, 0.8, 0.9)]
    assert aims == sorted(set(aims), reverse=True)


def test_an_evening_earlier_by_the_clock_is_still_a_day_later() -> None:
    """Answered at 18:30 and at 18:10 the next day: to FSRS that is one day, not none."""
    sofia = Rhythm(ZoneInfo("Europe/Sofia"))
    at = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    later = at + timedelta(days=1, minutes=-20)
    begun = study(at, sofia, Ladder(()))
    answer = Answer(0, 0, "2d", later, local_day(later, sofia.tz), 3, later, local_day(later, sofia.tz))
    (one,) = waiting(begun, {(0, 0): "answered"}, [answer], sofia, USUAL)
    same = Memory(begun.day, [Recall(begun.day + timedelta(days=1), 3)], USUAL)
    assert one.interval == f"{same.days}d"


@pytest.mark.parametrize(
    ("mode", "ladder", "goes_on"),
    [
        ("ladder", "1d,3d", False),
        ("ladder+fsrs", "1d,3d", True),
        ("fsrs", "1d,3d", True),
        ("ladder+fsrs", "10s,20s", False),
        ("fsrs", "10s,20s", False),
        ("ladder+fsrs", "10s,1d", True),
        ("ladder", "", True),
    ],
)
def test_fsrs_goes_on_after_ladders_of_days_as_it_is_set(mode: str, ladder: str, goes_on: bool) -> None:
    assert Pacing(mode).goes_on_after(Ladder.stored(ladder)) is goes_on  # type: ignore[arg-type]


@given(st.lists(st.builds(Interval, st.integers(1, 99), st.sampled_from(["s", "m", "h", "d", "w", "mo"]))))
def test_a_ladder_is_stored_as_it_is(intervals: list[Interval]) -> None:
    ladder = Ladder(tuple(intervals))
    assert Ladder.stored(str(ladder)) == ladder
