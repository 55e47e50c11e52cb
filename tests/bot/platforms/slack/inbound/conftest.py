"""Inbound behind the unmodified Bolt, against the loopback Slack."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.core.reply import Reply
from bot.platforms.slack import replies as slack_replies
from bot.platforms.slack.clients import OneWorkspace
from bot.platforms.slack.inbound import Inbound
from bot.platforms.slack.references import Ref
from bot.platforms.slack.seam import SlackRef, Source
from bot.wiring import App
from tests.bot.platforms.slack.inbound.cores import Scripted
from tests.bot.platforms.slack.inbound.running import Running
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.fixtures import slack_contract, slack_server
from tests.doubles.slack.world import Channel, Message, User
from tests.doubles.slack_server import SlackServer

__all__ = ["slack_contract", "slack_server"]


class Replies(slack_replies.Replies):
    """The real ones, which say what they were given."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.told: list[Reply] = []
        self.failure: Exception | None = None
        self.slow: threading.Event | None = None

    async def open(self, source: Source, *, private: bool) -> Ref | None:
        if self.failure is not None:
            raise self.failure
        if self.slow is not None:
            await asyncio.to_thread(self.slow.wait, 20)
        return await super().open(source, private=private)

    async def fill(self, ref: SlackRef, reply: Reply) -> None:
        self.told.append(reply)
        await super().fill(ref, reply)


class Town:
    """A workspace with people in three languages, and the bot running in it."""

    def __init__(self, server: SlackServer) -> None:
        self.server = server
        self.ada = server.person("Ada")
        self.boris = server.person("Boris", locale="bg-BG")
        self.chen = server.person("Chen", locale="zh-CN", tz="Asia/Shanghai")
        self.channel: Channel = server.channel("study", self.ada, self.boris, self.chen, bot=True)
        self.replies: Replies
        self.bot: Running

    @property
    def inbound(self) -> Inbound:
        return self.bot.listening  # type: ignore[no-any-return]

    def dm(self, user: User) -> Channel:
        return self.server.dm(user)

    def public(self) -> list[Message]:
        """What all see in the channel."""
        return [one for one in self.server.by_bot(self.channel) if one.ephemeral_to is None]


Start = Callable[..., Town]


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def start(slack_server: SlackServer, app: App, clock: FrozenClock) -> Iterator[Start]:
    """Starts the bot, anew if it runs; `core` instead of the application's, other options are `Inbound`'s."""
    running: list[Running] = []
    towns: list[Town] = []

    def stop() -> None:
        while running:
            bot = running.pop()
            bot.__exit__(None, None, None)
            assert bot.failure is None
            towns[-1].replies.close()

    def begin(core: Any = None, *, transport: str = "socket", **options: Any) -> Town:
        stop()
        town = towns[-1] if towns else Town(slack_server)
        towns.append(town)

        def make(clients: OneWorkspace) -> Inbound:
            town.replies = Replies(clients, app.database, clock)
            return Inbound(core or app.core, town.replies, clients, clock, **options)

        town.bot = Running(slack_server, make, socket=transport == "socket")
        town.bot.__enter__()
        running.append(town.bot)
        if transport == "http":
            slack_server.http_to(town.bot.url, now=time.time)
        else:
            slack_server.connected()
        return town

    yield begin
    stop()


@pytest.fixture
def town(start: Start) -> Town:
    return start()


@pytest.fixture
def scripted() -> Scripted:
    """Notes its turns and holds none up."""
    core = Scripted()
    core.hold.set()
    return core
