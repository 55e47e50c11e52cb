"""The platform's thread: what it hands over to the web server, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncApp

from bot.core.core import Core
from bot.platforms.hosted.status import Status
from bot.platforms.hosted.supervision import Watch
from bot.platforms.slack.failures import NotInstalled
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.platform import BoltSession, SlackPlatform
from jobs.outbox import Outbox
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.fixtures import slack_server

__all__ = ["slack_server"]

OPTIONS = SlackOptions(bot_token="xoxb-a", signing_secret="s", api_url="http://127.0.0.1:1/api/")  # noqa: S106
APP = cast(AsyncApp, object())

Told = queue.Queue[Status]


class Quiet:
    """A session that comes online and stays."""

    def __init__(self) -> None:
        self.app: AsyncApp | None = None
        self._closed = asyncio.Event()

    def bolt(self) -> AsyncApp | None:
        return self.app

    async def run(self, watch: Watch) -> None:
        self.app = APP
        watch.online("recap", "Study")
        await self._closed.wait()

    async def finish(self) -> None:
        self.app = None
        self._closed.set()


class Uninstalled(Quiet):
    async def run(self, watch: Watch) -> None:
        raise NotInstalled("account_inactive")


def platform(told: Told, session: Callable[[], BoltSession]) -> SlackPlatform:
    nothing: Any = None
    return SlackPlatform(
        cast(Core, nothing),
        cast(Outbox, nothing),
        cast(Database, nothing),
        OPTIONS,
        FrozenClock(),
        tell=told.put,
        session=session,
    )


def until(told: Told, state: str) -> Status:
    while True:
        status = told.get(timeout=20)
        if status.state == state:
            return status


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "slack"]


def test_requests_are_taken_while_it_is_online_and_only_then() -> None:
    told = Told()
    running = platform(told, Quiet)
    assert running.bolt() is None
    running.start()
    online = until(told, "online")
    assert (online.name, online.home) == ("recap", "Study")
    taking = running.bolt()
    assert taking is not None
    app, loop = taking
    assert app is APP
    assert loop.is_running()
    running.stop()
    assert running.bolt() is None
    assert running.status().state == "stopped"


def test_an_app_that_is_not_installed_ends_its_thread_and_nothing_else() -> None:
    told = Told()
    running = platform(told, Uninstalled)
    running.start()
    assert until(told, "refused").problem == "uninstalled"
    running.stop()
    assert running.bolt() is None


def test_a_session_that_can_not_be_made_for_want_of_a_key_is_said_and_kept_to_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from bot.platforms.slack.errors import SlackError

    def keyless() -> BoltSession:
        raise SlackError("error.slack_unreachable", url="u", detail="d")

    told = Told()
    running = platform(told, keyless)
    running.start()
    assert until(told, "refused").problem == "key"
    running.stop()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
