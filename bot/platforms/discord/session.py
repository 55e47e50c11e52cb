"""One session with Discord: a client, what becomes of its events, and the outbox's end."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.platforms.discord import sync
from bot.platforms.discord.client import Client
from bot.platforms.discord.faults import fault
from bot.platforms.discord.inbound import Inbound
from bot.platforms.discord.replies import Replies
from bot.platforms.hosted.supervision import Watch
from bot.platforms.hosted.work import GRACE, Beginning, Work

log = logging.getLogger(__name__)


class DiscordSession:
    """Implements `hosted.supervision.Session`."""

    def __init__(
        self,
        client: Client,
        inbound: Inbound,
        replies: Replies,
        work: Work,
        token: str,
        commands: Sequence[Mapping[str, Any]],
    ) -> None:
        """`commands` are registered where they differ."""
        client.events = inbound
        self._client = client
        self._inbound = inbound
        self._replies = replies
        self._work = work
        self._token = token
        self._commands = commands

    async def run(self, watch: Watch) -> None:
        self._client.watch = Beginning(watch, self._work)
        await self._client.login(self._token)
        self._work.start(self._register(), "commands")
        await self._client.connect()

    async def finish(self) -> None:
        try:
            self._client.stop_listening()
            await self._work.end(self._inbound.close(GRACE))
        finally:
            await self._client.close()
            self._replies.close()

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
