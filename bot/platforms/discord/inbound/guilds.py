"""Servers that the bot is added to and taken out of."""

from __future__ import annotations

from datetime import datetime, timedelta

import discord

from bot.platforms.discord.places import Place

FRESH = timedelta(days=7)
"""How long ago the bot may have joined to be greeting: less than the outbox remembers what it sent."""


def space(guild: discord.Guild) -> str:
    """The server as a place."""
    return str(Place("guild", guild.id))


def greeting_place(guild: discord.Guild, now: datetime) -> str | None:
    """Where to say how to begin: the system channel, else the first channel that may be written to.

    None: nowhere, or the bot has been there for a while.
    """
    # The library promises a member, which it has only once the server has told of it.
    me: discord.Member | None = guild.me
    if me is None or (me.joined_at is not None and now - me.joined_at > FRESH):
        return None
    # By position, as they stand in the client.
    channels = ([guild.system_channel] if guild.system_channel else []) + guild.text_channels
    for channel in channels:
        rights = channel.permissions_for(me)
        if rights.view_channel and rights.send_messages:
            return str(Place("channel", channel.id))
    return None
