"""When many things arrive at once, all are acknowledged before work on the first goes on.

The threads that work share the interpreter with Slack's loop: while they are busy, an acknowledgement takes
many times longer. Slack waits for three seconds.
"""

from __future__ import annotations

import asyncio
from collections import deque

FEW = 6
"""So many may arrive within a moment without anybody waiting."""
MOMENT = 0.05
PATIENCE = 1.0
"""Seconds that work waits at most, so that it goes on even where commands never stop coming."""


class Lull:
    """Lives on one event loop."""

    def __init__(self, few: int = FEW, moment: float = MOMENT, patience: float = PATIENCE) -> None:
        self._heard: deque[float] = deque(maxlen=few + 1)
        self._moment = moment
        self._patience = patience
        self._calming: asyncio.Task[None] | None = None

    def heard(self) -> None:
        """Something arrived."""
        self._heard.append(asyncio.get_running_loop().time())

    async def over(self) -> None:
        """Waits until hardly anything arrives any more."""
        if not self._is_rushed():
            return
        if self._calming is None or self._calming.done():
            self._calming = asyncio.create_task(self._calm(), name="slack-lull")
        await asyncio.wait((self._calming,), timeout=self._patience)

    def close(self) -> None:
        if self._calming is not None:
            self._calming.cancel()

    async def _calm(self) -> None:
        while self._is_rushed():
            await asyncio.sleep(self._moment)

    def _is_rushed(self) -> bool:
        full = len(self._heard) == self._heard.maxlen
        return full and asyncio.get_running_loop().time() - self._heard[0] < self._moment
