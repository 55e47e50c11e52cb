"""Batches: each request ends as if it had run alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engine.batch import run_together
from jobs.errors import TaskInputError


def is_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError)


def nothing() -> None:
    pass


def test_a_batch_runs_in_one_go() -> None:
    sizes: list[int] = []

    def double(items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        return [item * 2 for item in items]

    assert run_together(double, [1, 2, 3], is_memory, nothing) == [2, 4, 6]
    assert sizes == [3]


def test_one_bad_input_fails_alone() -> None:
    def refuse_two(items: Sequence[int]) -> list[int]:
        if 2 in items:
            raise TaskInputError
        return list(items)

    outcomes = run_together(refuse_two, [1, 2, 3], is_memory, nothing)
    assert outcomes[0] == 1
    assert isinstance(outcomes[1], TaskInputError)
    assert outcomes[2] == 3


def test_out_of_memory_halves_the_batch_after_making_room() -> None:
    sizes: list[int] = []
    rooms: list[None] = []

    def small_only(items: Sequence[int]) -> list[int]:
        sizes.append(len(items))
        if len(items) > 2:
            raise MemoryError
        return list(items)

    assert run_together(small_only, list(range(8)), is_memory, lambda: rooms.append(None)) == list(range(8))
    assert sizes == [8, 4, 2, 2, 4, 2, 2]
    assert len(rooms) == 3


def test_a_single_request_that_is_too_large_gets_its_memory_error() -> None:
    def never(items: Sequence[int]) -> list[int]:
        raise MemoryError

    [first, second] = run_together(never, [1, 2], is_memory, nothing)
    assert isinstance(first, MemoryError)
    assert isinstance(second, MemoryError)


def test_too_few_results_are_noticed() -> None:
    with pytest.raises(ValueError, match="2 requests gave 1"):
        run_together(lambda items: [0], [1, 2], is_memory, nothing)


@given(st.lists(st.tuples(st.integers(), st.booleans())), st.integers(1, 5))
def test_any_mix_of_good_and_bad_at_any_memory_gives_each_its_own(
    items: list[tuple[int, bool]], room: int
) -> None:
    def run(batch: Sequence[tuple[int, bool]]) -> list[int]:
        if len(batch) > room:
            raise MemoryError
        if any(bad for _value, bad in batch):
            raise ValueError
        return [value for value, _bad in batch]

    if not items:
        return
    outcomes = run_together(run, items, is_memory, nothing)
    assert len(outcomes) == len(items)
    for (value, bad), outcome in zip(items, outcomes, strict=True):
        assert isinstance(outcome, ValueError) if bad else outcome == value
