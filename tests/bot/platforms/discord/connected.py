"""Fixtures: the real platform over the real core, on a loopback Discord. A test module imports them."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.platforms.discord import endpoints
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.hosted.status import State, Status
from bot.platforms.hosted.supervision import NOTICED_AFTER, ONLINE_WITHIN
from bot.platforms.hosted.work import ROUND
from bot.wiring import App
from tests.doubles.clock import FrozenClock
from tests.doubles.discord.fixtures import discord_server
from tests.doubles.discord_server import DiscordServer

__all__ = ["Connect", "Connected", "connect", "discord_server", "options"]


class Connected:
    """A platform in a test: what it said of itself, in order, and the pauses that it asked for."""

    def __init__(self, app: App, options: DiscordOptions, clock: FrozenClock) -> None:
        self.told: queue.Queue[Status] = queue.Queue()
        self.pauses: list[float] = []
        self.platform = DiscordPlatform(
            app.core, app.outbox, app.database, options, clock, pause=self._pause, tell=self.told.put
        )

    async def _pause(self, seconds: float) -> None:
        """What watches over a connection waits for ever, what waits to connect again doesn't wait."""
        if seconds in (ONLINE_WITHIN, NOTICED_AFTER, ROUND):
            await asyncio.Event().wait()
        self.pauses.append(seconds)

    def until(self, state: State) -> Status:
        """Waits for the next news of that state."""
        while True:
            status = self.told.get(timeout=60)
            if status.state == state:
                return status

    def stop(self) -> None:
        self.platform.stop()


@pytest.fixture
def options(discord_server: DiscordServer) -> DiscordOptions:
    return DiscordOptions(
        token=discord_server.token,
        api_url=discord_server.api_url,
        gateway_url=discord_server.gateway_url,
    )


Connect = Callable[..., Connected]
ENDS_WITHIN = 5.0
"""Seconds that a thread may take until it notices the end."""


@pytest.fixture
def connect(app: App, options: DiscordOptions, clock: FrozenClock) -> Iterator[Connect]:
    """Starts the platform, with other options where some are given; stops it at the end."""
    before = set(threading.enumerate())
    made: list[Connected] = []

    def started(**changed: object) -> Connected:
        made.append(Connected(app, replace(options, **changed), clock))  # type: ignore[arg-type]
        made[-1].platform.start()
        return made[-1]

    yield started
    for one in made:
        one.stop()
    endpoints.point_at()
    begun = set(threading.enumerate()) - before
    ours = [one for one in begun if "discord" in one.name and one.name != "discord-server"]
    for thread in ours:  # what a turn has begun ends by itself
        thread.join(ENDS_WITHIN)
    assert not [thread.name for thread in ours if thread.is_alive()]
