"""One connection of Socket Mode, from its hello to its end.

What comes through it is acknowledged through it: Slack sends again what was not. What it sends:
https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

log = logging.getLogger(__name__)

HEARTBEAT = 10.0
"""Seconds without a word from Slack after which it is asked whether it is there; half as many to answer."""
HELLO_WITHIN = 15.0
"""Seconds in which Slack takes up a connection."""
LOST = "lost"
"""Why a connection ended that broke off without a word."""

Dispatch = Callable[[SocketModeRequest], Awaitable[SocketModeResponse | None]]
"""What becomes of one thing that happened: its acknowledgement, None where there is none."""


class Socket:
    """Lives on the loop that made it. Build it with `opened`."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse, dispatch: Dispatch) -> None:
        self._connection = connection
        self._dispatch = dispatch
        self._hello = asyncio.Event()
        self._let_go = asyncio.Event()
        self._gone = asyncio.Event()
        self._reason = LOST
        self._is_listening = True
        self._work: set[asyncio.Task[None]] = set()
        self._reading = asyncio.create_task(self._read(), name="slack-socket")

    @property
    def is_there(self) -> bool:
        """Whether anything can still come through it."""
        return not self._gone.is_set()

    async def ends(self) -> str:
        """Waits until Slack lets go of it, or it broke off; Slack's reason, or LOST."""
        await self._let_go.wait()
        return self._reason

    async def gone(self) -> None:
        """Waits until nothing can come through it."""
        await self._gone.wait()

    def stop_listening(self) -> None:
        """Takes nothing more: what isn't acknowledged comes again, to whoever listens then."""
        self._is_listening = False

    async def close(self) -> None:
        """Closes it; what is being worked on goes on, finds no way to be acknowledged, and comes again."""
        await self._connection.close()
        await asyncio.wait((self._reading,))

    async def finish(self, seconds: float) -> None:
        """Waits for what is being worked on, at most so long, then closes it."""
        if self._work:
            await asyncio.wait(set(self._work), timeout=seconds)
        await self.close()

    async def _taken_up(self) -> None:
        said = (asyncio.ensure_future(self._hello.wait()), asyncio.ensure_future(self._let_go.wait()))
        try:
            await asyncio.wait(said, timeout=HELLO_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in said:
                each.cancel()
        if not self._hello.is_set() and not self._let_go.is_set():
            raise TimeoutError(f"no hello in {HELLO_WITHIN:.0f} s")

    async def _read(self) -> None:
        try:
            async for message in self._connection:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._heard(json.loads(message.data))
        except Exception:
            log.exception("a connection with Slack can't be read")
        finally:
            self._let_go.set()
            self._gone.set()

    def _heard(self, said: dict[str, Any]) -> None:
        match said.get("type"):
            case "hello":
                self._hello.set()
            case "disconnect":
                if not self._let_go.is_set():
                    self._reason = str(said.get("reason") or LOST)
                    self._let_go.set()
            case _:
                request = SocketModeRequest.from_dict(said)
                if request is not None and self._is_listening:
                    task = asyncio.create_task(self._take(request), name="slack-envelope")
                    self._work.add(task)
                    task.add_done_callback(self._work.discard)

    async def _take(self, request: SocketModeRequest) -> None:
        try:
            response = await self._dispatch(request)
            if response is not None:
                await self._connection.send_str(json.dumps(response.to_dict()))
        except ConnectionError:
            log.info("a connection with Slack broke off before something was acknowledged; it comes again")
        except Exception:
            log.exception("what Slack sent could not be taken")


async def opened(
    session: aiohttp.ClientSession, url: str, dispatch: Dispatch, heartbeat: float = HEARTBEAT
) -> Socket:
    """A connection that Slack has taken up, or let go of at once."""
    # What happens first may follow the hello in the same breath, so the socket reads from the beginning.
    connection = await session.ws_connect(url, heartbeat=heartbeat)
    socket = Socket(connection, dispatch)
    try:
        await socket._taken_up()
    except BaseException:
        await socket.close()
        raise
    return socket


def bolt_dispatch(app: AsyncApp) -> Dispatch:
    """Hands what comes through a socket to Bolt."""

    async def dispatch(request: SocketModeRequest) -> SocketModeResponse | None:
        headers: dict[str, str | Sequence[str]] = {}
        if request.retry_attempt:
            headers["x-slack-retry-num"] = str(request.retry_attempt)
        taken = AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=headers)
        response = await app.async_dispatch(taken)
        if response.status != 200:
            log.info("something of Slack was not acknowledged: %s", response.status)
            return None
        return SocketModeResponse(request.envelope_id, _payload(response))

    return dispatch


def _payload(response: BoltResponse) -> dict[str, Any] | None:
    if not response.body:
        return None
    if "".join(response.headers.get("content-type", ())).startswith("application/json"):
        return dict(json.loads(response.body))
    return {"text": response.body}
