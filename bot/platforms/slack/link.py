"""Keeps a connection of Socket Mode open. The next one is open before the one that Slack lets go of closes.

| Slack says                     | then                                                                  |
|--------------------------------|-----------------------------------------------------------------------|
| `warning`, `refresh_requested` | another connection is opened first; this one is read to its end       |
| nothing, it broke off          | another one                                                           |
| `too_many_websockets`          | the session ends, and is tried again later                            |
| `link_disabled`                | the session ends: Socket Mode was switched off                        |
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.hosted.supervision import Pause
from bot.platforms.slack.socket import HEARTBEAT, Dispatch, Socket, opened
from knowledge.clock import Clock

log = logging.getLogger(__name__)

SHORT = timedelta(seconds=10)
"""A connection that lived no longer counts as a failure."""
MOST_SHORT = 3
"""After so many in a row it is no use to go on at once."""
BETWEEN = 2.0
"""Seconds before a refresh is tried again while the old connection is still there."""
READ_OUT = 12.0
"""Seconds that an old connection is read on; Slack sends nothing more through it after that."""


class LinkRefused(Exception):
    """Slack gives no connection; the message is its reason."""


class Link:
    """Lives on one loop. One `run`."""

    def __init__(
        self,
        open_url: Callable[[], Awaitable[str]],
        dispatch: Dispatch,
        clock: Clock,
        pause: Pause,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        """`open_url` gives the address of a new connection."""
        self._open_url = open_url
        self._dispatch = dispatch
        self._clock = clock
        self._pause = pause
        self._heartbeat = heartbeat
        self._session: aiohttp.ClientSession | None = None
        self._sockets: set[Socket] = set()
        self._reading_out: set[asyncio.Task[None]] = set()
        self._is_listening = True

    async def run(self, online: Callable[[], None], offline: Callable[[], None]) -> None:
        """Until it listens no more; raises what ended it. `LinkRefused`, and whatever the network raises."""
        current = await self._open()
        since, short = self._clock.now(), 0
        while self._is_listening:
            online()
            reason = await current.ends()
            if not self._is_listening:
                return
            log.info("Slack lets go of a connection: %s", reason)
            if reason in ("link_disabled", "too_many_websockets"):
                raise LinkRefused(reason)
            short = short + 1 if self._clock.now() - since < SHORT else 0
            if short > MOST_SHORT:
                raise ConnectionError("Slack closes every connection at once")
            fresh = await self._refreshed(current) if current.is_there else None
            if fresh is None:
                offline()
                await current.close()
                self._sockets.discard(current)
                fresh = await self._open()
            else:
                self._read_out(current)
            current, since = fresh, self._clock.now()

    def stop_listening(self) -> None:
        """From now on what happens is passed over, and no connection is opened; what is in hand goes on."""
        self._is_listening = False
        for socket in self._sockets:
            socket.stop_listening()

    async def finish(self, seconds: float) -> None:
        """Acknowledges what is in hand, at most for so long, and closes everything."""
        for task in self._reading_out:
            task.cancel()
        await asyncio.gather(*(socket.finish(seconds) for socket in self._sockets), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _open(self) -> Socket:
        url = await self._open_url()
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        socket = await opened(self._session, url, self._dispatch, self._heartbeat)
        self._sockets.add(socket)
        if not self._is_listening:
            socket.stop_listening()
        return socket

    async def _refreshed(self, old: Socket) -> Socket | None:
        """Another connection; None: the old one was gone before there was one."""
        while old.is_there:
            try:
                return await self._open()
            except (SlackApiError, aiohttp.ClientError, OSError, TimeoutError) as error:
                log.info("no new connection with Slack yet: %s", type(error).__name__)
            gone, waited = asyncio.ensure_future(old.gone()), asyncio.ensure_future(self._pause(BETWEEN))
            await asyncio.wait((gone, waited), return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            waited.cancel()
        return None

    def _read_out(self, old: Socket) -> None:
        async def reading() -> None:
            gone, waited = asyncio.ensure_future(old.gone()), asyncio.ensure_future(self._pause(READ_OUT))
            try:
                await asyncio.wait((gone, waited), return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
                waited.cancel()
            await old.finish(READ_OUT)
            self._sockets.discard(old)

        task = asyncio.create_task(reading(), name="slack-old-socket")
        self._reading_out.add(task)
        task.add_done_callback(self._reading_out.discard)


async def socket_url(client: AsyncWebClient, app_token: str) -> str:
    """The address of a new connection. `LinkRefused`, and whatever the network raises."""
    try:
        return str((await client.apps_connections_open(app_token=app_token))["url"])
    except SlackApiError as error:
        status, code = answer(error)
        if status == 429 or status >= 500:
            raise
        raise LinkRefused(code or f"HTTP {status}") from error


def answer(error: SlackApiError) -> tuple[int, str]:
    """Status and Slack's word for what is wrong; none in what something before Slack answered."""
    response = error.response
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    return status, str(data.get("error") or "") if isinstance(data, dict) else ""
