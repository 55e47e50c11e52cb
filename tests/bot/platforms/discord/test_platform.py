"""The platform's thread: it starts at once, ends in order, and keeps its trouble to itself."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from typing import cast

import discord
import pytest

from bot.core.core import Core
from bot.platforms.discord import endpoints
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.hosted.status import Status
from bot.platforms.hosted.supervision import Session, Watch
from jobs.outbox import Outbox
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

OPTIONS = DiscordOptions("token", "http://127.0.0.1:1/api/v10", "ws://127.0.0.1:1", message_content=True)


class Quiet:
    """A session that comes online and stays."""

    def __init__(self) -> None:
        self.finished = False
        self._closed = asyncio.Event()

    async def run(self, watch: Watch) -> None:
        watch.online("Recap#1")
        await self._closed.wait()

    async def finish(self) -> None:
        self.finished = True
        self._closed.set()


class Refused(Quiet):
    async def run(self, watch: Watch) -> None:
        raise discord.LoginFailure("no")


Told = queue.Queue[Status]


def platform(told: Told, session: Callable[[DiscordOptions], Session]) -> DiscordPlatform:
    return DiscordPlatform(
        cast(Core, None),
        cast(Outbox, None),
        cast(Database, None),
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
def endpoints_as_before() -> Iterator[None]:
    yield
    endpoints.point_at()
    assert not [thread for thread in threading.enumerate() if thread.name == "discord"]


def test_it_comes_online_and_ends_in_order() -> None:
    told = Told()
    made: list[Quiet] = []

    def session(options: DiscordOptions) -> Session:
        made.append(Quiet())
        return made[-1]

    running = platform(told, session)
    assert running.status().state == "stopped"
    running.start()
    running.start()
    assert until(told, "online").name == "Recap#1"
    assert running.status().state == "online"
    running.stop()
    running.stop()
    assert running.status().state == "stopped"
    assert [one.finished for one in made] == [True]


def test_a_refused_token_ends_its_thread_and_nothing_else() -> None:
    told = Told()
    running = platform(told, lambda options: Refused())
    running.start()
    assert until(told, "refused").problem == "token"
    running.stop()
    assert running.status().state == "refused"


def test_a_fault_of_its_own_is_kept_in_its_thread() -> None:
    told = Told()

    def broken(options: DiscordOptions) -> Session:
        raise ZeroDivisionError

    running = platform(told, broken)
    running.start()
    assert until(told, "refused").problem == "internal"
    running.stop()


def test_stopped_before_it_starts_it_never_does() -> None:
    told = Told()
    running = platform(told, lambda options: Quiet())
    running.stop()
    running.start()
    assert running.status().state == "stopped"
    assert told.empty()


def test_sessions_are_told_what_they_may_read() -> None:
    told = Told()
    asked: list[DiscordOptions] = []

    class WithoutIntent(Quiet):
        async def run(self, watch: Watch) -> None:
            if asked[-1].message_content:
                raise discord.PrivilegedIntentsRequired(None)
            await super().run(watch)

    def session(options: DiscordOptions) -> Session:
        asked.append(options)
        return WithoutIntent()

    running = platform(told, session)
    running.start()
    assert until(told, "online").without == ("intent",)
    running.stop()
    assert [options.message_content for options in asked] == [True, False]
