"""Errors of Discord that a person at the terminal is told about; the tree is drawn in `knowledge.errors`."""

from __future__ import annotations

from bot.core.errors import CommandError


class DiscordError(CommandError):
    """Discord can't be spoken to; the key says why. Params: `url`, `detail`."""

    key = "error.discord_unreachable"
