"""Server-sent events: every open page of a person hears of each change to the conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from starlette.types import Receive, Scope, Send

HEARTBEAT = 15.0
"""Seconds of silence after which a comment keeps the connection open."""
RETRY = 1000
"""Milliseconds after which the page connects again."""

Fetch = Callable[[int], Awaitable[list[tuple[int, dict[str, Any]]]]]
"""What changed after a number: pairs of its own number and the message."""


class Streams:
    """The open streams of all places. `wake` may be called from any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self.closed = False

    def open(self) -> None:
        """Called on the server's event loop before the first stream."""
        self._loop = asyncio.get_running_loop()
        self.closed = False

    def close(self) -> None:
        """Ends every stream; called on the event loop."""
        self.closed = True
        for events in self._listeners.values():
            for event in events:
                event.set()

    def wake(self, place: str) -> None:
        """Lets the streams of a place look for changes."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            # Where the loop ended in between, whoever connects next reads the change.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._set, place)

    def count(self, place: str) -> int:
        """How many pages listen to a place."""
        return len(self._listeners.get(place, ()))

    def _set(self, place: str) -> None:
        for event in self._listeners.get(place, ()):
            event.set()

    @contextmanager
    def listen(self, place: str) -> Iterator[asyncio.Event]:
        """An event that is set when something in the place may have changed."""
        event = asyncio.Event()
        self._listeners.setdefault(place, set()).add(event)
        try:
            yield event
        finally:
            listeners = self._listeners[place]
            listeners.discard(event)
            if not listeners:
                del self._listeners[place]


class EventStream:
    """An ASGI response that sends changes until the page leaves or the server stops."""

    def __init__(self, streams: Streams, place: str, after: int, fetch: Fetch) -> None:
        self._streams = streams
        self._place = place
        self._after = after
        self._fetch = fetch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _write(send, f"retry: {RETRY}\n\n")
        gone = asyncio.create_task(_until_gone(receive))
        try:
            with self._streams.listen(self._place) as changed:
                await self._send_changes(send, changed, gone)
        except OSError:
            return  # the page left in the middle of a write
        finally:
            gone.cancel()
        if self._streams.closed:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_changes(self, send: Send, changed: asyncio.Event, gone: asyncio.Task[None]) -> None:
        while not self._streams.closed and not gone.done():
            changed.clear()
            for number, message in await self._fetch(self._after):
                await _write(send, f"id: {number}\nevent: message\ndata: {_line(message)}\n\n")
                self._after = max(self._after, number)
            woken = asyncio.create_task(changed.wait())
            done, _ = await asyncio.wait(
                {woken, gone}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
            )
            woken.cancel()
            if not done:
                await _write(send, ": still here\n\n")


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


def _line(message: dict[str, Any]) -> str:
    # JSON without raw newlines: one `data:` line is one message.
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
