"""Which due review comes first, and that none waits for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jobs.review.order import Due, day_share, pressing_first

NOW = datetime(2026, 3, 2, 16, tzinfo=UTC)
DAY = timedelta(days=1)
INTERVALS = st.sampled_from([DAY, 3 * DAY, 7 * DAY, 30 * DAY])
REVIEWS = st.lists(
    st.builds(
        Due,
        st.integers(1, 10**6),
        st.integers(0, 90).map(lambda days: NOW - days * DAY),
        INTERVALS,
        st.booleans(),
        st.booleans(),
    ),
    max_size=40,
    unique_by=lambda one: one.review_id,
)


def due(number: int, days: float, interval: int = 1, missed: bool = False, asked: bool = False) -> Due:
    return Due(number, NOW - days * DAY, interval * DAY, missed, asked)


def test_the_longest_overdue_of_one_interval_comes_first() -> None:
    order = pressing_first([due(1, 1), due(2, 3), due(3, 0)], NOW)
    assert [one.review_id for one in order] == [2, 1, 3]


def test_overdue_is_measured_by_the_interval() -> None:
    order = pressing_first([due(1, 5, interval=30), due(2, 2, interval=1)], NOW)
    assert [one.review_id for one in order] == [2, 1]


def test_what_was_missed_comes_before_what_was_known() -> None:
    order = pressing_first([due(1, 1, interval=7), due(2, 1, interval=7, missed=True)], NOW)
    assert [one.review_id for one in order] == [2, 1]


def test_what_was_never_asked_goes_before_a_question_left_standing() -> None:
    chosen = day_share([due(1, 9, asked=True), due(2, 1), due(3, 0)], 2, NOW)
    assert [one.review_id for one in chosen] == [2, 3]


@given(REVIEWS, st.integers(-3, 50), st.randoms())
def test_a_day_s_share_is_within_the_cap_and_the_same_in_any_order(
    reviews: list[Due], free: int, random: object
) -> None:
    share = day_share(reviews, free, NOW)
    assert len(share) == min(len(reviews), max(free, 0))
    assert len(set(share)) == len(share)
    assert set(share) <= set(reviews)
    shuffled = list(reviews)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert day_share(shuffled, free, NOW) == share


@given(
    st.lists(st.tuples(INTERVALS, st.booleans()), max_size=60),
    st.lists(st.lists(st.tuples(INTERVALS, st.booleans()), max_size=3), min_size=1, max_size=30),
    st.integers(4, 8),
)
def test_with_less_to_do_than_the_cap_everything_is_asked_in_bounded_time(
    backlog: list[tuple[timedelta, bool]], days: list[list[tuple[timedelta, bool]]], cap: int
) -> None:
    """A backlog is gone, and nothing has waited longer than it takes, at (cap - load) reviews a day."""
    waiting = [Due(n, NOW, interval, missed) for n, (interval, missed) in enumerate(backlog)]
    longest = timedelta(days=-(-(len(backlog) + 3) // (cap - 3)))
    now = NOW
    for coming in (*days, *([[]] * (len(backlog) // cap + 3))):
        fresh = len(waiting) + 1000 * ((now - NOW).days + 1)
        waiting += [Due(fresh + n, now, interval, missed) for n, (interval, missed) in enumerate(coming)]
        asked = day_share(waiting, cap, now)
        assert all(now - one.due_at <= longest for one in asked)
        waiting = [one for one in waiting if one not in asked]
        now += DAY
    assert waiting == []
