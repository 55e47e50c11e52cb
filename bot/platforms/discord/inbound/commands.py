"""Slash commands and the message menu -> Call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import discord

from bot.core import parse
from bot.core.commands import COMMANDS
from bot.core.turn import Call, Upload
from bot.platforms.discord.commands import ME, VISIBLE
from bot.platforms.discord.inbound.texts import clean, spoken_raw

MESSAGE_MENU = 3

Fetch = Callable[[discord.Attachment], Callable[[], bytes]]
"""Attachment -> a function that reads it, for the thread in which the core works."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as it arrived."""

    call: Call
    private: bool
    """Its reply is for the person alone."""
    focused: str = ""
    """The option that is being typed."""


def read(interaction: discord.Interaction, fetch: Fetch) -> Asked:
    """The command of an interaction. What Discord knows and we don't becomes a call that the core refuses."""
    data: Mapping[str, Any] = interaction.data or {}
    if data.get("type") == MESSAGE_MENU:
        return Asked(Call("ask", {"question": _target(data)}), private=True)
    name, options = str(data.get("name", "")), data.get("options", [])
    given = dict(iter(discord.app_commands.Namespace(interaction, data.get("resolved", {}), options)))
    visible = given.pop(VISIBLE, None)
    uploads = tuple(
        Upload(value.filename, value.size, fetch(value))
        for value in given.values()
        if isinstance(value, discord.Attachment)
    )
    arguments = {
        option: clean(str(value))
        for option, value in given.items()
        if not isinstance(value, discord.Attachment)
    }
    command = COMMANDS.get(name)
    private = command is None or command.private or visible == ME
    focused = next((option["name"] for option in options if option.get("focused")), "")
    return Asked(Call(name, arguments, uploads), private, focused)


def is_private(text: str) -> bool:
    """Whether a typed line is a command whose reply concerns one person alone."""
    if not parse.is_command(text):
        return False
    name = text.split()[0].lstrip("/／").lower()
    return name in COMMANDS and COMMANDS[name].private


def _target(data: Mapping[str, Any]) -> str:
    messages = data.get("resolved", {}).get("messages", {})
    return spoken_raw(messages.get(str(data.get("target_id")), {}))
