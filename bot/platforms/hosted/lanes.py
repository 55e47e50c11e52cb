"""One line for each place: what is said there is done in the order in which it was said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Lanes:
    """Lives on one event loop. Places don't wait for one another."""

    def __init__(self) -> None:
        self._last: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, place: str, work: Callable[[], Awaitable[None]], name: str) -> asyncio.Task[None]:
        """Begins `work` as soon as what was put there before is done. The place in line is taken at once."""
        task = asyncio.create_task(_after(self._last.get(place), work, name), name=name)
        self._last[place] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._forget(place, done))
        return task

    async def finish(self, seconds: float) -> None:
        """Waits for what is in line, and gives up what takes longer."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)
        for task in set(self._tasks):
            task.cancel()

    def _forget(self, place: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._last.get(place) is task:
            del self._last[place]


async def _after(before: asyncio.Task[None] | None, work: Callable[[], Awaitable[None]], name: str) -> None:
    if before is not None:
        await asyncio.wait([before])
    try:
        await work()
    except Exception:
        log.exception("%s failed", name)
