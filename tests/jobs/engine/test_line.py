"""The line: first in, first out, equal ones together."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from jobs.engine.line import Line


def test_equal_ones_come_along_in_order_and_the_others_keep_their_places() -> None:
    line: Line[tuple[str, int]] = Line(lambda item: item[0])
    for item in (("a", 1), ("b", 2), ("a", 3), ("c", 4), ("a", 5)):
        line.put(item)
    assert line.take(lambda _first: 2) == [("a", 1), ("a", 3)]
    assert line.take(lambda _first: 9) == [("b", 2)]
    assert line.take(lambda _first: 9) == [("c", 4)]
    assert line.take(lambda _first: 9) == [("a", 5)]


def test_taking_waits_for_the_first_item() -> None:
    line: Line[int] = Line(lambda item: item)
    taken: list[list[int]] = []
    thread = threading.Thread(target=lambda: taken.append(line.take(lambda _first: 1)))
    thread.start()
    line.put(7)
    thread.join(5)
    assert taken == [[7]]


@given(st.lists(st.integers(0, 3), min_size=1), st.integers(1, 4))
def test_everything_comes_out_once_and_in_order_within_its_kind(kinds: list[int], most: int) -> None:
    line: Line[tuple[int, int]] = Line(lambda item: item[1])
    items = list(enumerate(kinds))
    for item in items:
        line.put(item)
    out: list[tuple[int, int]] = []
    while len(out) < len(items):
        batch = line.take(lambda _first: most)
        assert 1 <= len(batch) <= most
        assert len({kind for _number, kind in batch}) == 1
        out += batch
    assert sorted(out) == items
    for kind in set(kinds):
        own = [item for item in out if item[1] == kind]
        assert own == sorted(own)
