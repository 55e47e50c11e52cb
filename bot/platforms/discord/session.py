"""One session with Discord: a client, what it hands its events to, and the outbox's end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.core.drain import Drain
from bot.platforms.discord import sync
from bot.platforms.discord.client import Client, Watch
from bot.platforms.discord.faults import fault

log = logging.getLogger(__name__)

GRACE = 3.0
"""Seconds that what is in hand has left when the session ends."""


class DiscordSession:
    """Implements `supervision.Session`. The drain runs while the client is connected."""

    def __init__(
        self, client: Client, drain: Drain, token: str, commands: Sequence[Mapping[str, Any]]
    ) -> None:
        """`client` has its events; `commands` are registered where they differ."""
        self._client = client
        self._drain = drain
        self._token = token
        self._commands = commands
        self._registering: asyncio.Task[None] | None = None

    async def run(self, watch: Watch) -> None:
        self._client.watch = _Starting(watch, self._drain.start)
        await self._client.login(self._token)
        self._registering = asyncio.create_task(self._register(), name="discord-commands")
        await self._client.connect()

    async def finish(self) -> None:
        if self._registering is not None:
            self._registering.cancel()
        # Not waited for without end: a message may be held back by a rate limit. It is sent later, with the
        # same nonce.
        draining = asyncio.ensure_future(asyncio.to_thread(self._drain.stop))
        await asyncio.wait((draining,), timeout=GRACE)
        await self._client.finish(GRACE)

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


class _Starting:
    """A watch that starts the drain with the first connection."""

    def __init__(self, watch: Watch, start: Callable[[], None]) -> None:
        self._watch = watch
        self._start = start

    def online(self, name: str) -> None:
        self._start()
        self._watch.online(name)

    def offline(self) -> None:
        self._watch.offline()
