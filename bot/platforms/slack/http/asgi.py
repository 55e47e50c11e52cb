"""Requests and responses as plain values, over ASGI: any web server that speaks it can carry them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SECONDS = 5
"""What a sender has for the body."""
HTML = "text/html; charset=utf-8"


class Unread(Exception):
    """The body can't be had: it is too large or too slow, or who sent it hung up."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


@dataclass(frozen=True, slots=True)
class Request:
    """The names of headers are lower case; of several of one name the first counts."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    _receive: Receive = field(repr=False)

    async def body(self, most: int) -> bytes:
        """Unread for more bytes than that."""
        length = self.headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise Unread(413)
        read = bytearray()
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    message = await self._receive()
                    if message["type"] != "http.request":
                        raise Unread(400)
                    read += message.get("body", b"")
                    if len(read) > most:
                        raise Unread(413)
                    if not message.get("more_body", False):
                        return bytes(read)
        except TimeoutError:
            raise Unread(408) from None


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: str = ""
    type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


Endpoint = Callable[[Request], Awaitable[Response]]


class Served:
    """An endpoint as an ASGI application."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        request = Request(scope["method"], _headers(scope), _query(scope), receive)
        try:
            response = await self._endpoint(request)
        except Unread as unread:
            response = Response(unread.status)
        content = response.body.encode()
        headers = [
            (b"content-type", response.type.encode()),
            (b"content-length", str(len(content)).encode()),
            *((name.encode(), value.encode("latin-1")) for name, value in response.headers),
        ]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        body = b"" if request.method == "HEAD" else content
        await send({"type": "http.response.body", "body": body})


def _headers(scope: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return found


def _query(scope: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True):
        found.setdefault(name, value)
    return found
