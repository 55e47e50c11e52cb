"""Fixtures: the real platform over the real core, on a loopback Slack. A test module imports them."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.platforms.hosted.status import State, Status
from bot.platforms.hosted.supervision import NOTICED_AFTER, ONLINE_WITHIN
from bot.platforms.hosted.work import ROUND
from bot.platforms.slack.link import READ_OUT
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.platform import SlackPlatform
from bot.wiring import App
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.fixtures import slack_server
from tests.doubles.slack_server import SlackServer

ENDS_WITHIN = 10
"""Seconds that a thread may take after the platform has stopped."""

__all__ = ["Connect", "Connected", "connect", "options", "slack_server"]


class Connected:
    """A platform in a test: what it said of itself, in order, and the pauses that it asked for."""

    def __init__(self, app: App, options: SlackOptions, clock: FrozenClock) -> None:
        self.told: queue.Queue[Status] = queue.Queue()
        self.pauses: list[float] = []
        self.rounds = threading.Semaphore(0)
        """Lets one look at what is seldom looked at pass."""
        self.platform = SlackPlatform(
            app.core, app.outbox, app.database, options, clock, pause=self._pause, tell=self.told.put
        )

    async def _pause(self, seconds: float) -> None:
        """What watches over a connection waits for ever, what waits to connect again doesn't wait."""
        if seconds == ROUND:
            while not self.rounds.acquire(blocking=False):
                await asyncio.sleep(0.01)
            return
        if seconds in (ONLINE_WITHIN, NOTICED_AFTER, READ_OUT):
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
def options(slack_server: SlackServer) -> SlackOptions:
    return SlackOptions(
        bot_token=slack_server.bot_token, app_token=slack_server.app_token, api_url=slack_server.api_url
    )


Connect = Callable[..., Connected]


@pytest.fixture
def connect(app: App, options: SlackOptions, clock: FrozenClock) -> Iterator[Connect]:
    """Starts the platform, with other options where some are given; stops it at the end."""
    made: list[Connected] = []

    def started(**changed: object) -> Connected:
        made.append(Connected(app, replace(options, **changed), clock))  # type: ignore[arg-type]
        made[-1].platform.start()
        return made[-1]

    yield started
    for one in made:
        one.stop()
    ours = [one for one in threading.enumerate() if "slack" in one.name and one.name != "slack-server"]
    for thread in ours:  # what a turn has begun ends by itself
        thread.join(ENDS_WITHIN)
    left = [thread.name for thread in ours if thread.is_alive()]
    assert not left, left
