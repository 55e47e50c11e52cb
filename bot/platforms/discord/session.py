"""One session with Discord: a client, what becomes of its events, and the outbox's end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.core.drain import Drain
from bot.platforms.discord import sync
from bot.platforms.discord.client import Client
from bot.platforms.discord.faults import fault
from bot.platforms.discord.inbound import Inbound
from bot.platforms.discord.replies import Replies
from bot.platforms.discord.sender import Sender
from bot.platforms.hosted.supervision import Pause, Watch
from knowledge.clock import Clock

log = logging.getLogger(__name__)

GRACE = 3.0
"""Seconds that what is in hand has left when the session ends."""
ROUND = 300.0
"""Seconds between looks for replies that an outage has held up."""
KEPT = timedelta(days=90)
"""How long it is known where a reply stands; older ones are no longer edited."""


class DiscordSession:
    """Implements `hosted.supervision.Session`. The drain runs from the first connection on."""

    def __init__(
        self,
        client: Client,
        inbound: Inbound,
        replies: Replies,
        sender: Sender,
        drain: Drain,
        token: str,
        commands: Sequence[Mapping[str, Any]],
        clock: Clock,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`commands` are registered where they differ."""
        client.events = inbound
        self._client = client
        self._inbound = inbound
        self._replies = replies
        self._sender = sender
        self._drain = drain
        self._token = token
        self._commands = commands
        self._clock = clock
        self._pause = pause
        self._beside: list[asyncio.Task[None]] = []
        self._is_keeping_up = False

    async def run(self, watch: Watch) -> None:
        self._client.watch = _Starting(watch, self._connected)
        await self._client.login(self._token)
        self._start(self._register(), "commands")
        await self._client.connect()

    async def finish(self) -> None:
        for task in self._beside:
            task.cancel()
        draining = asyncio.ensure_future(asyncio.to_thread(self._drain.stop))
        try:
            self._client.stop_listening()
            await asyncio.gather(self._inbound.close(GRACE), asyncio.wait((draining,), timeout=GRACE))
            # What is held up longer, by a rate limit maybe, is sent after the next start.
            self._sender.stop()
            await asyncio.wait((draining,), timeout=GRACE)
            await asyncio.gather(*self._beside, return_exceptions=True)
        finally:
            await self._client.close()
            self._replies.close()

    def _connected(self) -> None:
        self._drain.start()
        if not self._is_keeping_up:
            self._is_keeping_up = True
            self._start(self._keep_up(), "replies")

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._beside.append(asyncio.create_task(work, name=f"discord-{name}"))

    async def _register(self) -> None:
        try:
            changes = await sync.synchronise(self._client, self._commands)
        except Exception as error:  # noqa: BLE001  the commands of the last time still work
            log.warning("the commands could not be registered with Discord: %s", fault(error).line)
            return
        if changes:
            log.info(
                "commands registered with Discord: new %s, changed %s, gone %s",
                changes.added,
                changes.changed,
                changes.removed,
            )

    async def _keep_up(self) -> None:
        """Brings replies that a crash or an outage has held up, and forgets old ones."""
        while True:
            try:
                await self._replies.resume()
                await asyncio.to_thread(self._replies.prune, self._clock.now() - KEPT)
            except Exception:
                log.exception("looking after earlier replies failed")
            await self._pause(ROUND)


class _Starting:
    """A watch that begins what a connection allows."""

    def __init__(self, watch: Watch, connected: Callable[[], None]) -> None:
        self._watch = watch
        self._connected = connected

    def online(self, name: str, home: str = "") -> None:
        self._connected()
        self._watch.online(name, home)

    def offline(self) -> None:
        self._watch.offline()
