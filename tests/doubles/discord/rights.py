"""Permissions: the bits, and who has which in a channel."""

from __future__ import annotations

from tests.doubles.discord.world import Channel, Guild, User

ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
ADD_REACTIONS = 1 << 6
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_EXTERNAL_EMOJIS = 1 << 18
MANAGE_ROLES = 1 << 28
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
CREATE_PRIVATE_THREADS = 1 << 36
SEND_MESSAGES_IN_THREADS = 1 << 38

ALL = (1 << 50) - 1
USUAL = (
    VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS
    | USE_EXTERNAL_EMOJIS
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS
)
"""What @everyone has in a new server."""


def in_guild(guild: Guild, user: User) -> int:
    """A member's permissions in the whole server; 0 for others."""
    member = guild.members.get(user.id)
    if member is None:
        return 0
    granted = guild.everyone.permissions
    for role in member.roles:
        granted |= role.permissions
    return ALL if guild.owner is user or granted & ADMINISTRATOR else granted


def in_channel(channel: Channel, user: User) -> int:
    """Discord's order: @everyone's overwrite, then the roles' together, then the member's own."""
    place = channel.parent if channel.is_thread and channel.parent else channel
    if place.guild is None:
        return USUAL if user in place.recipients else 0
    granted = in_guild(place.guild, user)
    if granted in (0, ALL):
        return granted
    member = place.guild.members[user.id]
    steps = [[place.guild.everyone.id], [role.id for role in member.roles], [user.id]]
    for ids in steps:
        found = [place.overwrites[each] for each in ids if each in place.overwrites]
        for overwrite in found:
            granted &= ~overwrite.deny
        for overwrite in found:
            granted |= overwrite.allow
    return granted if granted & VIEW_CHANNEL else 0


def may(channel: Channel, user: User, permission: int) -> bool:
    return in_channel(channel, user) & permission == permission


def sees(channel: Channel, user: User) -> bool:
    if channel.deleted:
        return False
    if channel.kind == 12 and user not in channel.members and not may(channel, user, MANAGE_THREADS):
        return False
    return may(channel, user, VIEW_CHANNEL)
