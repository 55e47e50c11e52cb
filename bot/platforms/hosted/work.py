"""What one session does beside listening: it sends from the outbox, and looks after earlier replies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.core.drain import Drain
from bot.platforms.hosted.supervision import Pause, Watch
from knowledge.clock import Clock

log = logging.getLogger(__name__)

GRACE = 3.0
"""Seconds that what is in hand has left when the session ends."""
ROUND = 300.0
"""Seconds between looks for replies that an outage has held up."""
KEPT = timedelta(days=90)
"""How long it is known where a reply stands; older ones are no longer edited."""


class Replies(Protocol):
    """Where the answers to what people did stand."""

    async def resume(self) -> None:
        """Brings those that a crash or an outage has held up."""

    def prune(self, before: datetime) -> object:
        """Forgets those that are older. Plain, for another thread."""

    def close(self) -> None:
        """Takes no more."""


class Sender(Protocol):
    """Sends what comes from the outbox."""

    def stop(self) -> None:
        """Gives up what is held up."""


class Work:
    """Lives on the session's loop. Begun with the first connection, ended with the session."""

    def __init__(
        self, platform: str, replies: Replies, sender: Sender, drain: Drain, clock: Clock, pause: Pause
    ) -> None:
        self._platform = platform
        self._replies = replies
        self._sender = sender
        self._drain = drain
        self._clock = clock
        self._pause = pause
        self._beside: list[asyncio.Task[None]] = []
        self._begun = self._ended = False

    def begin(self) -> None:
        """From now on messages can be sent. Idempotent; nothing begins after `end`."""
        if not self._begun and not self._ended:
            self._begun = True
            self._drain.start()
            self.start(self._keep_up(), "replies")

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Does something beside, until the session ends."""
        self._beside.append(asyncio.create_task(work, name=f"{self._platform}-{name}"))

    async def end(self, listening: Awaitable[None]) -> None:
        """Ends it in order while `listening`, what people have begun, is ended too."""
        self._ended = True
        for task in self._beside:
            task.cancel()
        draining = asyncio.ensure_future(asyncio.to_thread(self._drain.stop))
        await asyncio.gather(listening, asyncio.wait((draining,), timeout=GRACE))
        # What is held up longer, by a rate limit maybe, is sent after the next start.
        self._sender.stop()
        await asyncio.wait((draining,), timeout=GRACE)
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def _keep_up(self) -> None:
        while True:
            try:
                await self._replies.resume()
                await asyncio.to_thread(self._replies.prune, self._clock.now() - KEPT)
            except Exception:
                log.exception("looking after earlier replies failed")
            await self._pause(ROUND)


class Beginning:
    """A watch that begins the work that a connection allows."""

    def __init__(self, watch: Watch, work: Work) -> None:
        self._watch = watch
        self._work = work

    def online(self, name: str, home: str = "") -> None:
        self._work.begin()
        self._watch.online(name, home)

    def offline(self) -> None:
        self._watch.offline()
