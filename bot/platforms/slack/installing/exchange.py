"""Slack's `oauth.v2.access`: a code or a refresh token for tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.installing.store import Tokens
from bot.platforms.slack.options import SlackOptions
from knowledge.clock import Clock

TROUBLE = (TimeoutError, SlackClientError, aiohttp.ClientError, OSError)
"""What a call to Slack raises that it refused, or that did not reach it."""


async def exchange(
    client: AsyncWebClient, options: SlackOptions, clock: Clock, **given: str
) -> tuple[dict[str, Any], Tokens]:
    """What Slack answers, with the tokens in it. Raises TROUBLE."""
    asked_at = clock.now()
    # As fields of the form: the client's own method warns of what its HTTP library drops.
    data = {"client_id": options.client_id, "client_secret": options.client_secret, **given}
    response = await client.api_call("oauth.v2.access", data=data)
    answer: dict[str, Any] = dict(response.data)  # type: ignore[arg-type]
    lasts = answer.get("expires_in")
    tokens = Tokens(
        answer.get("access_token") or "",
        answer.get("refresh_token") or "",
        asked_at + timedelta(seconds=int(lasts)) if lasts else None,
    )
    return answer, tokens
