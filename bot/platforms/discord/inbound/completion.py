"""Completing an option while it is typed."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import discord

from bot.core.complete import Choice
from bot.core.turn import Turn
from bot.platforms.discord.inbound.seam import DiscordCore
from bot.platforms.hosted.threads import Threads

log = logging.getLogger(__name__)

MOST = 25
LONGEST = 100
"""Characters of a choice's name and of its value."""
PATIENCE = 2.0
"""Seconds after which there is nothing to offer: Discord waits for three."""


async def offered(
    core: DiscordCore, threads: Threads, turn: Turn, option: str, patience: float = PATIENCE
) -> list[discord.app_commands.Choice[str]]:
    """What Discord is to offer for an option; nothing where that can't be told in time."""
    try:
        return choices(await threads.quick(patience, core.choices, turn, option))
    except TimeoutError:
        log.info("a completion took longer than %.1f s", patience)
    except Exception:
        log.exception("a completion failed")
    return []


def choices(known: Sequence[Choice]) -> list[discord.app_commands.Choice[str]]:
    """Within Discord's limits. A value that is too long for it is left out: cut, it would mean nothing."""
    fitting = [choice for choice in known if 0 < len(choice.value) <= LONGEST]
    return [discord.app_commands.Choice(name=_name(choice), value=choice.value) for choice in fitting[:MOST]]


def _name(choice: Choice) -> str:
    name = f"{choice.value} – {choice.detail}" if choice.detail else choice.value
    name = name.replace("\n", " ").replace("`", "")
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
