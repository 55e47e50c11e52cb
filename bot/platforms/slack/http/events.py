"""Slack's requests: checked here, on the web server's loop, and handed over to Bolt on Slack's loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.platforms.slack.http.asgi import Request, Response
from bot.platforms.slack.http.signature import Reason, Signatures, Stamp, Unsigned
from knowledge.clock import Clock

log = logging.getLogger(__name__)

Taking = Callable[[], tuple[AsyncApp, asyncio.AbstractEventLoop] | None]
"""Who takes what Slack sends now, and on which loop; None: nobody."""

MOST = 2 * 1024 * 1024
"""Bytes of one request: a button's names the whole message that it stands in, its letters escaped."""
PATIENCE = 3.0
"""Seconds after which Slack has given up waiting."""
BETWEEN = timedelta(minutes=1)
"""How often at most the log tells that requests are refused for the same reason."""

_KEPT = ("content-type", "x-slack-retry-num", "x-slack-retry-reason")
"""The headers that Bolt is given; others steer its own inner workings, and nothing signs them."""


class Events:
    """Commands, buttons, forms and events, all to one address."""

    def __init__(self, secret: str, taking: Taking, clock: Clock, patience: float = PATIENCE) -> None:
        self._signatures = Signatures(secret, clock)
        self._taking = taking
        self._clock = clock
        self._patience = patience
        self._told: dict[Reason, datetime] = {}

    async def __call__(self, request: Request) -> Response:
        if request.method != "POST":
            # Slack looks now and then whether the certificate is good.
            return Response(
                200 if request.query.get("ssl_check") == "1" else 405, headers=(("allow", "POST"),)
            )
        try:
            stamp = self._signatures.stamp(request.headers)
            body = await request.body(MOST)
            self._signatures.check(stamp, body)
        except Unsigned as unsigned:
            self._tell(unsigned.reason)
            return Response(401)
        try:
            asked = _asked(request, body)
        except ValueError:
            log.warning("Slack sent what can't be read")
            return Response(400)
        return await self._answered(asked, stamp)

    async def _answered(self, asked: AsyncBoltRequest, stamp: Stamp) -> Response:
        taking = self._taking()
        if taking is None:
            return self._down(stamp)
        app, loop = taking
        work = app.async_dispatch(asked)
        try:
            running = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))
        except RuntimeError:  # the loop was closed just now
            work.close()
            return self._down(stamp)
        # Not `wait_for`: what is late here is finished all the same, and Slack's next try finds it done.
        await asyncio.wait((running,), timeout=self._patience)
        if not running.done():
            log.warning("Slack's request was not acknowledged within %.0f s", self._patience)
            running.add_done_callback(_looked_at)
            return Response(503)
        if running.cancelled():
            return self._down(stamp)
        if error := running.exception():
            log.error("Slack's request failed", exc_info=error)
            return Response(500)
        return _response(running.result())

    def _down(self, stamp: Stamp) -> Response:
        self._signatures.forget(stamp)
        return Response(503, headers=(("retry-after", "5"),))

    def _tell(self, reason: Reason) -> None:
        now, told = self._clock.now(), self._told.get(reason)
        if told is None or now - told >= BETWEEN:
            self._told[reason] = now
            log.warning("a request in Slack's name was refused: %s", reason)


def _asked(request: Request, body: bytes) -> AsyncBoltRequest:
    """ValueError for what is no text, or no JSON."""
    headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
    try:
        return AsyncBoltRequest(body=body.decode(), headers=dict(headers))
    except (AttributeError, TypeError):  # Bolt looks into it as into an object
        raise ValueError("what Slack sent is no JSON object") from None


def _response(answer: BoltResponse) -> Response:
    headers = answer.first_headers_without_set_cookie()
    return Response(answer.status, answer.body or "", headers.get("content-type", "text/plain"))


def _looked_at(done: asyncio.Future[BoltResponse]) -> None:
    if not done.cancelled() and (error := done.exception()):
        log.error("Slack's request failed", exc_info=error)
