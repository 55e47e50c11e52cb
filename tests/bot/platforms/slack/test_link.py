"""One connection after the other, at the loopback Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import aiohttp
import pytest
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.platforms.slack.clients import web_client
from bot.platforms.slack.link import BETWEEN, Link, LinkRefused, socket_url
from bot.platforms.slack.options import SlackOptions
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.fixtures import slack_server
from tests.doubles.slack_server import SlackServer

__all__ = ["slack_server"]

HEARTBEAT = 0.2


class Stage:
    """A link, what it told of itself, and what came through it."""

    def __init__(self, server: SlackServer, clock: FrozenClock) -> None:
        self.told: list[str] = []
        self.came: list[str] = []
        self.pauses: list[float] = []
        self.running: asyncio.Future[None]
        self.hold: asyncio.Event | None = None
        """What is acknowledged waits for it."""
        options = SlackOptions(app_token=server.app_token, api_url=server.api_url)
        open_url = partial(socket_url, web_client(options), options.app_token)
        self.link = Link(open_url, self._dispatch, clock, self._pause, HEARTBEAT)

    async def run(self) -> None:
        await self.link.run(lambda: self.told.append("online"), lambda: self.told.append("offline"))

    async def online(self, times: int) -> None:
        """Waits until it was online so often."""
        while self.told.count("online") < times:
            await asyncio.sleep(0.01)

    async def _dispatch(self, request: SocketModeRequest) -> SocketModeResponse:
        self.came.append(request.type)
        if self.hold is not None:
            await self.hold.wait()
        return SocketModeResponse(request.envelope_id)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if seconds != BETWEEN:
            await asyncio.Event().wait()


def play(
    server: SlackServer, clock: FrozenClock, act: Callable[[Stage], Awaitable[None]]
) -> tuple[Stage, BaseException | None]:
    """Runs the link while `act` happens; what ended it, if anything did."""

    async def played() -> tuple[Stage, BaseException | None]:
        stage = Stage(server, clock)
        running = stage.running = asyncio.ensure_future(stage.run())
        async with asyncio.timeout(20):
            await stage.online(1)
            await act(stage)
            stage.link.stop_listening()
            await stage.link.finish(5)
            await asyncio.wait((running,))
        return stage, running.exception()

    return asyncio.run(played())


def test_a_socket_that_is_dead_but_open_is_noticed_and_followed_by_another(
    slack_server: SlackServer, clock: FrozenClock
) -> None:
    async def frozen(stage: Stage) -> None:
        slack_server.freeze_sockets()
        await stage.online(2)

    stage, error = play(slack_server, clock, frozen)
    assert stage.told == ["online", "offline", "online"]
    assert error is None


def test_an_old_connection_is_read_until_it_ends(slack_server: SlackServer, clock: FrozenClock) -> None:
    async def warned(stage: Stage) -> None:
        stage.hold = asyncio.Event()
        ada = slack_server.person("Ada")
        asked = slack_server.command(ada, slack_server.dm(ada), "/ask", "What?")
        while not stage.came:
            await asyncio.sleep(0.01)
        slack_server.disconnect("warning")
        await stage.online(2)
        stage.hold.set()
        await asyncio.to_thread(asked.acknowledged)

    stage, error = play(slack_server, clock, warned)
    assert stage.told == ["online", "online"]
    assert error is None


def test_a_refresh_that_fails_is_tried_again_while_the_old_connection_is_there(
    slack_server: SlackServer, clock: FrozenClock
) -> None:
    async def refused(stage: Stage) -> None:
        slack_server.refuse_sockets()
        slack_server.disconnect("warning")
        while BETWEEN not in stage.pauses:
            await asyncio.sleep(0.01)
        slack_server.refuse_sockets(False)
        await stage.online(2)

    stage, error = play(slack_server, clock, refused)
    assert "offline" not in stage.told
    assert error is None


@pytest.mark.parametrize("trouble", [503, 429])
def test_slack_giving_no_address_for_a_moment_costs_no_connection(
    slack_server: SlackServer, clock: FrozenClock, trouble: int
) -> None:
    async def away(stage: Stage) -> None:
        slack_server.faults.add("apps.connections.open", trouble, retry_after=60)
        slack_server.disconnect("warning")
        await stage.online(2)

    stage, error = play(slack_server, clock, away)
    assert "offline" not in stage.told
    assert error is None


def test_what_comes_after_it_has_stopped_is_left_for_the_next(
    slack_server: SlackServer, clock: FrozenClock
) -> None:
    async def late(stage: Stage) -> None:
        stage.link.stop_listening()
        ada = slack_server.person("Ada")
        slack_server.say(ada, slack_server.dm(ada), "What?")

    stage, error = play(slack_server, clock, late)
    assert stage.came == []
    assert error is None
    assert slack_server.unacknowledged


@pytest.mark.parametrize("reason", ["link_disabled", "too_many_websockets"])
def test_it_ends_where_slack_takes_no_connection_any_more(
    slack_server: SlackServer, clock: FrozenClock, reason: str
) -> None:
    async def ended(stage: Stage) -> None:
        slack_server.disconnect(reason)
        await asyncio.wait((stage.running,))

    _, error = play(slack_server, clock, ended)
    assert isinstance(error, LinkRefused)
    assert str(error) == reason


def test_a_socket_that_is_not_taken_ends_it(slack_server: SlackServer, clock: FrozenClock) -> None:
    slack_server.refuse_sockets()

    async def refused() -> None:
        stage = Stage(slack_server, clock)
        try:
            await stage.run()
        finally:
            await stage.link.finish(1)

    with pytest.raises(aiohttp.WSServerHandshakeError):
        asyncio.run(refused())
