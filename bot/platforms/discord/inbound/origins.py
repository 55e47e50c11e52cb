"""Where something was done on Discord, as the core knows places."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.platforms.discord.places import Place


@dataclass(frozen=True, slots=True)
class Origin:
    """The three things that a Turn says about its place."""

    place: str
    within: tuple[str, ...] = ()
    shared: bool = False


def of_interaction(interaction: discord.Interaction) -> Origin:
    """The place of a command, a press or a form."""
    return _origin(interaction.channel, interaction.guild_id, interaction.user.id)


def of_message(message: discord.Message) -> Origin:
    """The place of a message."""
    return _origin(message.channel, message.guild.id if message.guild else None, message.author.id)


def _origin(channel: object, guild_id: int | None, user_id: int) -> Origin:
    if guild_id is None:
        if isinstance(channel, discord.GroupChannel):
            return Origin(str(Place("channel", channel.id)), shared=True)
        return Origin(str(Place("dm", user_id)))
    guild = str(Place("guild", guild_id))
    channel_id = getattr(channel, "id", None)
    if channel_id is None:  # a kind of channel that is newer than the library
        return Origin(str(Place("dm", user_id)), (guild,), shared=True)
    parents = (str(Place("channel", channel.parent_id)),) if isinstance(channel, discord.Thread) else ()
    return Origin(str(Place("channel", channel_id)), (*parents, guild), shared=True)
