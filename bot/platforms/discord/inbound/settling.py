"""Showing on a message that one of several alternatives was chosen."""

from __future__ import annotations

import logging

import aiohttp
import discord
from discord import ui

from bot.core.alternatives import group

log = logging.getLogger(__name__)

GONE = {10008, 10003, 10015, 50027}
"""Unknown message, channel, webhook; an expired token."""


async def settle(interaction: discord.Interaction, action: str, *, by_token: bool = True) -> None:
    """Disables the buttons of the group that a carried out action belongs to. Never raises.

    `by_token`: by way of the interaction, the only one to a message that a single person sees.
    """
    message = interaction.message
    chosen = group(action)
    if message is None or not chosen:
        return
    view = _settled(message, action, chosen)
    if view is None:
        return
    try:
        if by_token:
            await interaction.edit_original_response(view=view)
        elif not message.flags.ephemeral:
            await message.edit(view=view)
    except discord.HTTPException as error:
        _tell(interaction, f"HTTP {error.status}, code {error.code}", expected=error.code in GONE)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        _tell(interaction, str(error), expected=False)


def _settled(message: discord.Message, action: str, chosen: str) -> ui.View | ui.LayoutView | None:
    """The message's buttons with that group disabled; None: it has none of them that isn't."""
    kind: type[ui.View | ui.LayoutView] = ui.LayoutView if message.flags.components_v2 else ui.View
    view = kind.from_message(message, timeout=None)
    view.stop()  # else discord.py would keep it to wait for presses
    changed = False
    for item in view.walk_children():
        if isinstance(item, ui.Button) and item.custom_id and group(item.custom_id) == chosen:
            changed = changed or not item.disabled
            item.disabled = True
            if item.custom_id != action and item.style is not discord.ButtonStyle.danger:
                item.style = discord.ButtonStyle.secondary
    return view if changed else None


def _tell(interaction: discord.Interaction, reason: str, *, expected: bool) -> None:
    log.log(
        logging.INFO if expected else logging.WARNING,
        "the buttons of a message on Discord could not be settled: %s (channel %s)",
        reason,
        interaction.channel_id,
    )
