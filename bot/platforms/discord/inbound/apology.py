"""The last resort: a sentence straight to the person, when not even the database can be written."""

from __future__ import annotations

import logging
import secrets

import aiohttp
import discord

from bot.core.language import locale_language
from bot.core.turn import Person
from bot.core.voice import Voice
from bot.platforms.discord.inbound.seam import Source

log = logging.getLogger(__name__)


async def apologise(source: Source, person: Person, error: Exception) -> None:
    """Logs why something can't be answered and says so, if Discord lets us. Never raises."""
    reference = secrets.token_hex(3)
    log.error("%s could not be taken [%s]", source.id, reference, exc_info=error)
    sentence = Voice(locale_language(person.locale)).say("error.internal", reference=reference)
    try:
        if isinstance(source, discord.Interaction):
            await source.followup.send(sentence, ephemeral=True)
        else:
            await source.reply(sentence, allowed_mentions=discord.AllowedMentions.none())
    except (discord.DiscordException, aiohttp.ClientError, OSError) as refused:
        log.warning("nor could that be told: %s [%s]", refused, reference)
