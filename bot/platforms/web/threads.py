"""Threads for the work behind requests, so that slow turns never keep quick reads waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SLOW = 32
QUICK = 8


class Threads:
    """Two pools: turns, which may take their time, and reads of the database."""

    def __init__(self, slow: int = SLOW, quick: int = QUICK) -> None:
        self._slow = ThreadPoolExecutor(slow, thread_name_prefix="web-turn")
        self._quick = ThreadPoolExecutor(quick, thread_name_prefix="web-read")

    async def slow(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a turn's work."""
        return await asyncio.get_running_loop().run_in_executor(self._slow, lambda: work(*args, **kwargs))

    async def quick(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a read or a small write."""
        return await asyncio.get_running_loop().run_in_executor(self._quick, lambda: work(*args, **kwargs))

    def stop(self) -> None:
        """Takes no more work; what runs is finished, what waits is dropped."""
        self._slow.shutdown(wait=False, cancel_futures=True)
        self._quick.shutdown(wait=False, cancel_futures=True)
