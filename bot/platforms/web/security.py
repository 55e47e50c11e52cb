"""What every request must pass, and what every response carries."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.core import catalogue
from bot.core.language import locale_language
from bot.platforms.web.errors import WebError
from bot.platforms.web.identity import preferred_locale
from bot.platforms.web.options import WebOptions, host_name
from knowledge.errors import RecapError

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types recap",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
DRAIN = 16
"""How many times the allowed size of a body is still read before a refusal: a browser that is cut off
while it sends shows a broken connection instead of our sentence."""


def error_response(request: Request, error: RecapError) -> JSONResponse:
    """An error as JSON with its sentence; never more than that."""
    language = locale_language(preferred_locale(request))
    key = error.key if catalogue.has(error.key) else "web.error.request"
    try:
        sentence = catalogue.label(language, key, **{"reference": "–", **error.params})
    except KeyError:
        sentence = catalogue.label(language, "web.error.request")
    status = error.status if isinstance(error, WebError) else 404
    return JSONResponse({"error": sentence, "key": key}, status)


class Guard:
    """ASGI middleware: refuses foreign hosts and origins, adds the security headers.

    `unguarded` paths are called by other servers than browsers' pages, and know by themselves by whom.
    """

    def __init__(self, app: ASGIApp, options: WebOptions, unguarded: Collection[str] = ()) -> None:
        self._app = app
        self._options = options
        self._unguarded = unguarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = None if scope["path"] in self._unguarded else self._refusal(scope)
        if refusal is not None:
            await error_response(Request(scope), refusal)(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _refusal(self, scope: MutableMapping[str, Any]) -> WebError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._options.allows(host):
            return WebError("web.error.host", status=421, host=host_name(host)[:100])
        if scope["method"] in {"GET", "HEAD"}:
            return None
        # Every browser names the origin of a POST; what doesn't is no page of ours.
        if urlsplit(headers.get("origin", "")).netloc.lower() != host.lower():
            return WebError("web.error.origin", status=403)
        return None


async def read_json(request: Request, most: int) -> dict[str, Any]:
    """The body of a request. WebError with status 413, 415 or 400."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise WebError("web.error.request", status=415)
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= most:
            body += chunk
        elif size > most * DRAIN:
            break
    if size > most:
        raise WebError("web.error.too_large", status=413, most=most // 1024)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise WebError("web.error.request") from None
    if not isinstance(data, dict):
        raise WebError("web.error.request")
    return data


class Tries:
    """Counts wrong tokens, so that nobody can guess on."""

    def __init__(self, most: int = 10, seconds: float = 60.0) -> None:
        self._most = most
        self._seconds = seconds
        self._wrong: deque[float] = deque()

    def check(self) -> None:
        """WebError with status 429 while there were too many lately."""
        now = time.monotonic()
        while self._wrong and now - self._wrong[0] > self._seconds:
            self._wrong.popleft()
        if len(self._wrong) >= self._most:
            raise WebError("web.error.tries", status=429)

    def wrong(self) -> None:
        self._wrong.append(time.monotonic())
