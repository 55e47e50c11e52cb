"""Recap on the loopback Slack, as people meet it: Bolt by socket, the real core, App Home and the pane."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.platforms.slack.assistant.assistant import Assistant, within
from bot.platforms.slack.assistant.panes import Panes
from bot.platforms.slack.authorization import authorization
from bot.platforms.slack.clients import OneWorkspace, web_client
from bot.platforms.slack.home.home import Home
from bot.platforms.slack.inbound import Inbound, Turns
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.places import Place
from bot.platforms.slack.replies import Replies
from bot.wiring import App
from tests.doubles.slack.world import User
from tests.doubles.slack_server import SlackServer

T = TypeVar("T")


class Living:
    """Runs until `stop`; everything of Slack's lives on a loop in a thread of its own."""

    def __init__(self, server: SlackServer, app: App, retries: int = 2) -> None:
        """`retries`: how often a reply is tried again before only a restart brings it."""
        self.server = server
        self._retries = retries
        self.app = app
        self.panes = Panes(app.database, app.services.clock)
        self.home: Home
        self.assistant: Assistant
        self.replies: Replies
        self.turns: Turns
        self.pauses: list[float] = []
        """Every pause that App Home made; none takes any time."""
        self._loop: asyncio.AbstractEventLoop
        self._end: asyncio.Event
        self._failure: BaseException | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slack-bot", daemon=True)
        self._thread.start()
        assert self._ready.wait(20)
        if self._failure is not None:
            raise self._failure
        server.connected()

    def do(self, work: Coroutine[Any, Any, T], timeout: float = 20) -> T:
        """Runs a coroutine on Slack's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def settle(self, user: User) -> None:
        """Waits until what somebody said directly is done with, and no page is being published."""

        self.settle_at(Place("dm", user.team.id, user.id))
        self.do(self.home.settled())

    def settle_at(self, place: Place) -> None:
        """Waits until what happened in a place is done with."""

        async def quiet() -> None:
            async def nothing() -> None:
                pass

            await self.turns.beside(str(place), nothing, "nothing")

        self.do(quiet())

    def around(self, place: Place) -> tuple[str, ...]:
        """The places around a conversation in the pane; none where it isn't known as one."""
        pane = self.panes.at(place.team, place.id, place.ts)
        return within(pane) if pane is not None else ()

    def __enter__(self) -> Living:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        assert not self._thread.is_alive()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as failure:  # noqa: BLE001  raised again where it is waited for
            self._failure = failure
        finally:
            self._ready.set()

    async def _live(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        options = SlackOptions(
            bot_token=self.server.bot_token, app_token=self.server.app_token, api_url=self.server.api_url
        )
        core, clock = self.app.core, self.app.services.clock
        clients = OneWorkspace(options)
        app = AsyncApp(
            client=web_client(options),
            authorize=authorization(clients),  # type: ignore[arg-type]
        )
        self.replies = Replies(clients, self.app.database, clock, pauses=(0.0,) * self._retries)
        inbound = Inbound(core, self.replies, clients, clock)
        turns = self.turns = inbound.turns
        self.home = Home(core, clients, turns.people, turns.threads, pause=self._pause)
        self.assistant = Assistant(core, self.replies, clients, turns, self.panes, clock)
        for one in (self.home, self.assistant):
            turns.watch(one)
            one.listen(app)
        inbound.listen(app)
        handler: Any = AsyncSocketModeHandler(app, options.app_token, web_client=web_client(options))
        handler.client.proxy = None
        await handler.connect_async()
        await self.replies.resume()
        self._ready.set()
        try:
            await self._end.wait()
        finally:
            await handler.close_async()
            await inbound.close()
            await clients.close()
            self.replies.close()

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)
