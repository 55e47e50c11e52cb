"""Text that people typed, made fit for the core: mentions as names, nothing that no database takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import discord

_MENTION = re.compile(r"<(@!?|@&|#)(\d{1,20})>")
_EMOJI = re.compile(r"<a?:(\w{2,32}):\d{1,20}>")


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which are valid JSON; lines end as they do everywhere."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return text.replace("\r\n", "\n").strip()


def spoken(message: discord.Message, me: int | None = None) -> str:
    """What a message says: the others' mentions as names, ours (`me`) left out; else what its embeds say."""
    guild = message.guild
    own = {guild.self_role.id} if guild and guild.self_role else set()
    users = {user.id: user.display_name for user in message.mentions}

    def named(kind: str, number: int) -> str | None:
        if kind == "#":
            channel = guild.get_channel_or_thread(number) if guild else None
            return f"#{channel.name}" if channel else None
        if kind == "@&":
            role = guild.get_role(number) if guild else None
            return f"@{role.name}" if role else None
        return f"@{users[number]}" if number in users else None

    text = _readable(message.content, named, lambda kind, number: number == me or number in own)
    if text or message.content:
        return text
    return clean("\n\n".join(embed.description for embed in message.embeds if embed.description))


def spoken_raw(message: Mapping[str, Any]) -> str:
    """The same of a message as Discord sends it with a command of the message menu."""
    users = {
        int(user["id"]): str(user.get("global_name") or user.get("username") or "")
        for user in message.get("mentions", ())
    }

    def named(kind: str, number: int) -> str | None:
        return f"@{users[number]}" if kind.startswith("@") and users.get(number) else None

    content = str(message.get("content") or "")
    if content:
        return _readable(content, named, lambda kind, number: False)
    embeds = [str(embed["description"]) for embed in message.get("embeds", ()) if embed.get("description")]
    return clean("\n\n".join(embeds))


def _readable(text: str, named: Callable[[str, int], str | None], ours: Callable[[str, int], bool]) -> str:
    def mention(found: re.Match[str]) -> str:
        kind, number = found[1], int(found[2])
        return "" if ours(kind, number) else named(kind, number) or found[0]

    return _EMOJI.sub(r":\1:", _MENTION.sub(mention, clean(text))).strip()
