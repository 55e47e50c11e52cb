"""When many arrive at once, all are acknowledged before work on the first goes on.

The threads that work share the interpreter with the client's loop: while they are busy, an acknowledgement
takes many times longer. Discord waits for three seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 128
"""Acknowledgements on their way at the same time: each further one would cost a connection of its own."""
FEW = 4
"""So many may be on their way without anybody waiting."""
PATIENCE = 1.0
"""Seconds that work waits at most, so that it goes on even where commands never stop coming."""


class Rush:
    """Lives on one event loop."""

    def __init__(self, at_once: int = AT_ONCE, few: int = FEW, patience: float = PATIENCE) -> None:
        self._gate = asyncio.Semaphore(at_once)
        self._few = few
        self._patience = patience
        self._waiting = 0
        self._over = asyncio.Event()
        self._over.set()

    @asynccontextmanager
    async def acknowledging(self) -> AsyncIterator[None]:
        """Around one acknowledgement."""
        self._waiting += 1
        if self._waiting > self._few:
            self._over.clear()
        try:
            async with self._gate:
                yield
        finally:
            self._waiting -= 1
            if self._waiting <= self._few:
                self._over.set()

    async def over(self) -> None:
        """Waits until hardly anything is left to acknowledge."""
        if not self._over.is_set():
            try:
                async with asyncio.timeout(self._patience):
                    await self._over.wait()
            except TimeoutError:
                return
