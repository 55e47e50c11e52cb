"""Runs the small bot on slack_bolt against a loopback Slack, over either transport."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from tests.doubles.slack_bot import Bot
from tests.doubles.slack_server import SlackServer

T = TypeVar("T")


class Running:
    """Runs a bot against a loopback Slack; `do` runs a coroutine on its loop and gives the result."""

    def __init__(self, server: SlackServer, bot: Bot, *, http: bool = False) -> None:
        self.server = server
        self.bot = bot
        self._http = http
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="slack-bot")

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as failure:  # noqa: BLE001  raised again where it is waited for
            self._failure = failure
        finally:
            self._started.set()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if self._http:
            await self._serve()
        else:
            handler = AsyncSocketModeHandler(self.bot.app, self.server.app_token, ping_interval=1)
            handler.client.proxy = None
            await handler.connect_async()  # type: ignore[no-untyped-call]
            self._started.set()
            await self._stop.wait()
            await handler.close_async()  # type: ignore[no-untyped-call]
        await self._settle()

    @staticmethod
    async def _settle() -> None:
        """Lets what the bot began come to its end, so that no connection is left open."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=5)
        await asyncio.sleep(0)

    async def _serve(self) -> None:
        async def events(incoming: web.Request) -> web.Response:
            answer = await self.bot.app.async_dispatch(await to_bolt_request(incoming))
            return await to_aiohttp_response(answer)

        application = web.Application()
        application.router.add_post("/slack/events", events)
        runner = web.AppRunner(application, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        # Bolt judges the age of requests by the system's clock.
        self.server.http_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events", now=time.time)
        self._started.set()
        await self._stop.wait()
        await runner.cleanup()

    def __enter__(self) -> Running:
        self._thread.start()
        assert self._started.wait(10)
        if self._failure is not None:
            raise self._failure
        if not self._http:
            self.server.connected()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.server.hang_up()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the bot did not stop"

    def do(self, work: Coroutine[Any, Any, T], timeout: float = 20) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)
