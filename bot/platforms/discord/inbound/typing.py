"""*Recap is typing…*, as long as something is being answered in a channel."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

log = logging.getLogger(__name__)

PAUSE = 8.0
"""Seconds after which it is shown again; Discord shows it for ten."""
AFTER = 0.3
"""Seconds before it is shown first: an indicator that arrives after the answer would stay."""


class Typing:
    """One indicator for each channel, however much is answered there. Lives on one event loop."""

    def __init__(self, after: float = AFTER) -> None:
        self._after = after
        self._answers: Counter[int] = Counter()
        self._shown: dict[int, asyncio.Task[None]] = {}

    @asynccontextmanager
    async def shown(self, channel: discord.abc.Messageable, channel_id: int) -> AsyncIterator[None]:
        """Shows it within; that it can't be shown is no reason not to answer."""
        self._answers[channel_id] += 1
        if channel_id not in self._shown:
            task = asyncio.create_task(self._show(channel), name=f"discord-typing-{channel_id}")
            self._shown[channel_id] = task
        try:
            yield
        finally:
            self._answers[channel_id] -= 1
            if not self._answers[channel_id]:
                del self._answers[channel_id]
                self._shown.pop(channel_id).cancel()

    async def _show(self, channel: discord.abc.Messageable) -> None:
        await asyncio.sleep(self._after)
        try:
            while True:
                await channel.typing()
                await asyncio.sleep(PAUSE)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("typing can't be shown: %s", error)
