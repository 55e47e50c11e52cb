"""The last resort: a sentence straight to the person, when not even the database can be written."""

from __future__ import annotations

import logging
import secrets

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.core.language import locale_language
from bot.core.voice import Voice
from bot.platforms.slack.inbound.cached import AWAY
from bot.platforms.slack.seam import Clients, Source

log = logging.getLogger(__name__)

SECONDS = 10


async def apologise(clients: Clients, source: Source, locale: str, error: Exception) -> None:
    """Logs why something can't be answered and says so, if Slack lets us. Never raises."""
    reference = secrets.token_hex(3)
    log.error("%s could not be taken [%s]", source.key, reference, exc_info=error)
    sentence = Voice(locale_language(locale)).label("error.internal", reference=reference)
    try:
        if source.response_url:
            webhook = AsyncWebhookClient(source.response_url, timeout=SECONDS)
            webhook.proxy = None  # not one that the environment happens to name
            answer = await webhook.send(text=sentence, response_type="ephemeral", replace_original=False)
            if answer.status_code == 200:
                return
        client = await clients.of(source.team)
        if source.channel and source.place.kind != "dm":
            await client.chat_postEphemeral(
                channel=source.channel,
                user=source.user,
                text=sentence,
                thread_ts=source.thread or None,
            )
        else:
            await client.chat_postMessage(
                channel=source.channel or source.user, text=sentence, thread_ts=source.thread or None
            )
    except AWAY as refused:
        log.warning("nor could that be told: %s [%s]", refused, reference)
