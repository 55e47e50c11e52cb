"""Models in memory: least recently used go first, one in use never. Without torch."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Model = TypeVar("Model")


@dataclass(slots=True)
class _Slot(Generic[Model]):
    model: Model
    size: int
    users: int = 0


class ModelCache(Generic[Key, Model]):
    """At most `budget` bytes of models, as far as those in use allow. Thread-safe; loads one at a time."""

    def __init__(self, budget: int, dropped: Callable[[], None] | None = None) -> None:
        self._budget = budget
        self._dropped = dropped
        self._slots: OrderedDict[Key, _Slot[Model]] = OrderedDict()
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    @contextmanager
    def lease(self, key: Key, size: int, load: Callable[[], Model]) -> Iterator[Model]:
        """The model of that key, loaded if need be; it stays at least until the block ends.

        `size` is what it will take, in bytes; room is made before it is loaded.
        """
        slot = self._take(key)
        if slot is None:
            with self._loading:
                slot = self._take(key)  # another thread may have loaded it meanwhile
                if slot is None:
                    self.make_room(size)
                    slot = _Slot(load(), size, users=1)
                    with self._lock:
                        self._slots[key] = slot
        try:
            yield slot.model
        finally:
            with self._lock:
                slot.users -= 1

    def make_room(self, size: int) -> None:
        """Drops idle models, the least recently used first, until `size` more bytes fit the budget."""
        with self._lock:
            idle = [key for key, slot in self._slots.items() if slot.users == 0]
            dropped = False
            for key in idle:
                if sum(slot.size for slot in self._slots.values()) + size <= self._budget:
                    break
                del self._slots[key]
                dropped = True
        if dropped and self._dropped is not None:
            self._dropped()

    def clear(self) -> None:
        """Drops every model that is not in use."""
        self.make_room(self._budget + 1)

    def held(self) -> list[Key]:
        """What is in memory, least recently used first."""
        with self._lock:
            return list(self._slots)

    def _take(self, key: Key) -> _Slot[Model] | None:
        with self._lock:
            slot = self._slots.get(key)
            if slot is not None:
                slot.users += 1
                self._slots.move_to_end(key)
            return slot
