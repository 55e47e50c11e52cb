"""Bolt's app in a thread of its own, reached by a socket and by requests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.platforms.slack.authorization import authorization
from bot.platforms.slack.clients import OneWorkspace, web_client
from bot.platforms.slack.options import SlackOptions
from tests.doubles.slack_server import SlackServer

T = TypeVar("T")


class Running:
    """`make` builds what listens to the app, on its loop; `url` is where requests are taken."""

    def __init__(
        self, server: SlackServer, make: Callable[[OneWorkspace], Any], *, socket: bool = True
    ) -> None:
        self._options = SlackOptions(
            bot_token=server.bot_token,
            app_token=server.app_token,
            signing_secret=server.signing_secret,
            api_url=server.api_url,
        )
        self._server = server
        self._make = make
        self._socket = socket
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="slack-bot")
        self._loop: asyncio.AbstractEventLoop
        self._end: asyncio.Event
        self.failure: BaseException | None = None
        self.url = ""
        self.listening: Any = None

    def __enter__(self) -> Running:
        self._thread.start()
        assert self._ready.wait(20)
        if self.failure is not None:
            raise self.failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._server.hang_up()
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        assert not self._thread.is_alive()

    def do(self, work: Coroutine[Any, Any, T], timeout: float = 20) -> T:
        """Runs a coroutine on the app's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as failure:  # noqa: BLE001  raised again where it is waited for
            self.failure = failure
        finally:
            self._ready.set()

    async def _live(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        clients = OneWorkspace(self._options)
        app = AsyncApp(
            client=web_client(self._options),
            signing_secret=self._options.signing_secret,
            authorize=authorization(clients),  # type: ignore[arg-type]
            before_authorize=_without_proxy,
        )
        self.listening = self._make(clients)
        self.listening.listen(app)
        runner = web.AppRunner(_requests(app), shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        handler: Any = None
        if self._socket:
            handler = AsyncSocketModeHandler(
                app, self._options.app_token, web_client=web_client(self._options), proxy=None
            )
            handler.client.proxy = None
            await handler.connect_async()
        self._ready.set()
        try:
            await self._end.wait()
        finally:
            if handler is not None:
                await handler.close_async()
            await self.listening.close()
            await runner.cleanup()
            await clients.close()


def _requests(app: AsyncApp) -> web.Application:
    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    application = web.Application()
    application.router.add_post("/slack/events", take)
    return application


async def _without_proxy(context: Any, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002
    if context.client is not None:
        context.client.proxy = None
    await next()
