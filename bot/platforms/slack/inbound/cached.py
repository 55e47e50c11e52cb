"""What is asked of Slack and holds for a while: people, groups, whose a thread is."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.platforms.slack.failures import Failure
from knowledge.clock import Clock

log = logging.getLogger(__name__)

K = TypeVar("K", bound="tuple[str, ...]")
V = TypeVar("V")

AWAY = (Failure, SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
"""What a question to Slack ends in when there is no answer."""
MOST = 10_000


class Cached(Generic[K, V]):
    """Answers by key. Lives on one event loop; whoever asks for the same at the same time waits together."""

    def __init__(
        self,
        what: str,
        fetch: Callable[[K], Awaitable[V]],
        clock: Clock,
        keep: timedelta,
        patience: float,
        most: int = MOST,
    ) -> None:
        """`keep`: how long an answer holds; `patience`: seconds that anybody waits for one."""
        self._what = what
        self._fetch = fetch
        self._clock = clock
        self._keep = keep
        self._patience = patience
        self._most = most
        self._known: OrderedDict[K, tuple[datetime, V]] = OrderedDict()
        self._asking: dict[K, asyncio.Task[V | None]] = {}

    async def get(self, key: K) -> V | None:
        """The answer; an old one where there is no other in time, None where there is none. Never raises."""
        known = self._known.get(key)
        if known is not None and self._clock.now() - known[0] < self._keep:
            return known[1]
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._ask(key), name=f"slack-{self._what}")
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        await asyncio.wait((task,), timeout=self._patience)
        if not task.done():
            log.info("asking Slack for %s took longer than %.1f s", self._what, self._patience)
        found = task.result() if task.done() and not task.cancelled() else None
        return found if found is not None else (known[1] if known is not None else None)

    def known(self, key: K) -> V | None:
        """What was heard last, however long ago."""
        known = self._known.get(key)
        return known[1] if known is not None else None

    def put(self, key: K, value: V) -> None:
        """Remembers what was told without asking."""
        self._known[key] = (self._clock.now(), value)
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def close(self) -> None:
        """Asks for nothing any more."""
        for task in self._asking.values():
            task.cancel()

    async def _ask(self, key: K) -> V | None:
        try:
            value = await self._fetch(key)
        except AWAY as error:
            log.info("Slack doesn't tell %s: %s", self._what, error)
            return None
        except Exception:
            log.exception("Slack's answer about %s can't be read", self._what)
            return None
        self.put(key, value)
        return value
