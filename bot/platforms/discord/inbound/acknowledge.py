"""Telling Discord, within its three seconds, that something has arrived.

| Discord says               | what it means                                 | then                        |
|----------------------------|-----------------------------------------------|-----------------------------|
| 10062 unknown interaction  | too late                                      | done all the same: replies  |
|                            |                                               | find another way            |
| 40060 already acknowledged | an earlier try or another process got through | done if nobody has taken it |
| a connection that breaks   | nobody knows                                  | once more                   |
| whatever else              | it isn't acknowledged                         | as 10062                    |
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord

log = logging.getLogger(__name__)

UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060
TRIES = 3


async def acknowledge(interaction: discord.Interaction, send: Callable[[], Awaitable[Any]]) -> bool:
    """Sends an acknowledgement; whether Discord has one now. Never raises."""
    for attempt in range(1, TRIES + 1):
        try:
            await send()
        except (aiohttp.ClientError, OSError) as error:
            if attempt == TRIES:
                _tell(interaction, str(error) or type(error).__name__)
        except discord.HTTPException as error:
            if error.code == ALREADY_ACKNOWLEDGED:
                return True
            _tell(interaction, f"HTTP {error.status}, code {error.code}")
            return False
        except discord.DiscordException as error:
            _tell(interaction, str(error))
            return False
        else:
            return True
    return False


def _tell(interaction: discord.Interaction, reason: str) -> None:
    age = (discord.utils.utcnow() - interaction.created_at).total_seconds()
    log.warning(
        "could not acknowledge to Discord (%s): %s; %.1f s old, channel %s, server %s",
        interaction.type.name,
        reason,
        age,
        interaction.channel_id,
        interaction.guild_id,
    )
