"""Bolt's app: what Slack sends is checked, understood and handed to whoever listens."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.core import catalogue
from bot.platforms.slack import library_log
from bot.platforms.slack.authorization import authorization
from bot.platforms.slack.clients import web_client
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.seam import Clients

log = logging.getLogger(__name__)

_EVENT = "event_callback"


def bolt_app(options: SlackOptions, clients: Clients) -> AsyncApp:
    """An app that nobody listens to yet."""
    app = AsyncApp(
        logger=library_log.BOLT,
        name="recap",
        client=web_client(options),
        signing_secret=options.signing_secret,
        request_verification_enabled=False,  # `http.events` has done it
        authorize=authorization(clients),  # type: ignore[arg-type]  # Bolt's type forgets that it takes None
        before_authorize=_without_proxy,
        user_facing_authorize_error_message=catalogue.label("en", "slack.refused.here"),
        process_before_response=False,
        raise_error_for_unhandled_request=True,
    )
    app.error(failed)
    return app


async def failed(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
    """What Bolt could not do: an event that nobody listens to is taken, so that it isn't sent again."""
    if not isinstance(error, BoltUnhandledRequestError):
        log.error("an event of Slack failed", exc_info=error)
        return None
    kind = body.get("event", {}).get("type") or body.get("command") or body.get("type")
    log.info("nothing listens to this of Slack: %s", kind)
    return BoltResponse(status=200, body="") if body.get("type") == _EVENT else None


async def _without_proxy(req: AsyncBoltRequest, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002  Bolt's
    """Bolt makes a client for each request, and that one looks for a proxy in the environment."""
    if req.context.client is not None:
        req.context.client.proxy = None
    await next()
