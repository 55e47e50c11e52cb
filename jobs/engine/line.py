"""A line of requests that gives out equal ones together. Without torch."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Line(Generic[Item]):
    """First in, first out, except that `take` brings along what is alike and waits as well."""

    def __init__(self, alike: Callable[[Item], Hashable]) -> None:
        self._alike = alike
        self._items: deque[Item] = deque()
        self._filled = threading.Condition()

    def put(self, item: Item) -> None:
        with self._filled:
            self._items.append(item)
            self._filled.notify()

    def take(self, most: Callable[[Item], int]) -> list[Item]:
        """Waits for the first item; gives it with others that are alike, in order, at most `most(first)`."""
        with self._filled:
            self._filled.wait_for(lambda: self._items)
            first = self._items[0]
            kind = self._alike(first)
            taken = [item for item in self._items if self._alike(item) == kind][: most(first)]
            gone = {id(item) for item in taken}
            self._items = deque(item for item in self._items if id(item) not in gone)
            return taken
