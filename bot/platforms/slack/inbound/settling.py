"""Showing on a message that one of several alternatives was chosen."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.core.alternatives import group
from bot.platforms.slack.inbound.cached import AWAY
from bot.platforms.slack.render import settled
from bot.platforms.slack.seam import Clients, Source

log = logging.getLogger(__name__)

SECONDS = 10
_GONE = {"message_not_found", "cant_update_message", "channel_not_found", "is_archived"}


async def settle(clients: Clients, source: Source, action: str, message: Mapping[str, Any] | None) -> None:
    """Puts the choice in place of the alternatives that an action carried out belongs to. Never raises.

    `message`: the pressed one where Slack tells it: not with a form, and none that a single person sees.
    """
    if not source.pressed or not group(action):
        return
    try:
        message = message or await _looked_up(clients, source)
        blocks = settled(message.get("blocks") or (), action)
        if blocks is None:
            return
        text = str(message.get("text") or "")
        if source.pressed_private:
            webhook = AsyncWebhookClient(source.response_url, timeout=SECONDS)
            webhook.proxy = None  # not one that the environment happens to name
            await webhook.send(text=text, blocks=blocks, replace_original=True)
            return
        client = await clients.of(source.team)
        await client.chat_update(channel=source.channel, ts=source.pressed, text=text, blocks=blocks)
    except AWAY as error:
        gone = isinstance(error, SlackApiError) and error.response.get("error") in _GONE
        log.log(
            logging.INFO if gone else logging.WARNING,
            "the buttons of a message on Slack could not be settled: %s (channel %s)",
            error,
            source.channel,
        )


async def _looked_up(clients: Clients, source: Source) -> Mapping[str, Any]:
    if source.pressed_private or not source.channel:
        return {}
    client = await clients.of(source.team)
    if source.thread:
        found = await client.conversations_replies(
            channel=source.channel, ts=source.thread, oldest=source.pressed, inclusive=True, limit=2
        )
    else:
        found = await client.conversations_history(
            channel=source.channel, latest=source.pressed, inclusive=True, limit=1
        )
    said: list[Mapping[str, Any]] = found.get("messages") or []
    return next((one for one in said if one.get("ts") == source.pressed), {})
