"""Threads in which the core works. Not asyncio's own: a full house must not hold up the client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

WORKERS = 8
QUICK = 4


class Threads:
    """Two pools: turns, which may take their time, and what someone watches being typed."""

    def __init__(self, platform: str, workers: int = WORKERS, quick: int = QUICK) -> None:
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix=f"{platform}-turn")
        self._quick = ThreadPoolExecutor(quick, thread_name_prefix=f"{platform}-quick")

    async def work(self, function: Callable[..., T], *arguments: Any) -> T:
        """Runs a turn."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, function, *arguments)

    async def quick(self, seconds: float, function: Callable[..., T], *arguments: Any) -> T:
        """Runs what is worth nothing when it comes late; TimeoutError after that many seconds."""
        running = asyncio.get_running_loop().run_in_executor(self._quick, function, *arguments)
        return await asyncio.wait_for(running, seconds)

    def close(self) -> None:
        """Takes no more; what runs ends by itself."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._quick.shutdown(wait=False, cancel_futures=True)
