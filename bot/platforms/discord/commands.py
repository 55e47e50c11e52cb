"""The command table as Discord's application commands.

Everything comes from `bot.core.commands` and the catalogue; what Discord alone has is added here: who sees
an answer (`visible` of /ask), a file that comes along (`file` of the commands in UPLOADS), and the
message menu. A command's own name stays the same in every language, since help and notes speak of `/learn`;
the names of its options, all descriptions and all choices are localised.

Shapes: https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.core import catalogue
from bot.core.commands import COMMANDS, Command, Parameter
from bot.platforms.discord.permissions import MANAGE_SERVER
from knowledge.notes import Language

LOCALES: Mapping[Language, str] = {"bg": "bg", "zh": "zh-CN"}
"""The catalogue's languages beside English, as Discord calls them."""

VISIBLE = "visible"
"""Option of VISIBLE_IN: EVERYONE (also where it is left out) or ME."""
EVERYONE, ME = "everyone", "me"
VISIBLE_IN = ("ask",)
FILE = "file"
"""Option of UPLOADS: an attachment."""
UPLOADS = ("notes",)
MENU = "discord.menu.ask"
"""The catalogue's key of the message menu's command; its English sentence is the command's name."""

CHAT_INPUT, MESSAGE = 1, 3
STRING, ATTACHMENT = 3, 11
SERVER, BOT_DM = 0, 1
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_CHOICE = 32, 100, 100
LONGEST_VALUE = 6000
"""Characters that Discord lets a person type into one option."""
MOST_CHOICES = 25

_MARKUP = re.compile(r"[`*]")


def application_commands(hide_from_members: bool = True) -> list[dict[str, Any]]:
    """What is registered, complete, in the order of the table.

    `hide_from_members`: who may not manage the server doesn't see the commands for admins. Not so where a
    role makes admins: Discord would hide them from its members too. Recap itself refuses in any case.
    """
    return [*(_command(command, hide_from_members) for command in COMMANDS.values()), _menu()]


def menu_name() -> str:
    """The name under which the message menu's command arrives, whatever the person's language."""
    return _english(MENU)[:LONGEST_NAME]


def _command(command: Command, hide_from_members: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": CHAT_INPUT,
        "name": command.name,
        **_description(f"command.{command.name}.summary"),
        "options": _options(command),
        # Who manages the server can't be known in direct messages.
        "contexts": [SERVER] if command.admin else [SERVER, BOT_DM],
        "integration_types": [0],
    }
    if command.admin and hide_from_members:
        made["default_member_permissions"] = MANAGE_SERVER
    return made


def _menu() -> dict[str, Any]:
    return {
        "type": MESSAGE,
        "name": menu_name(),
        "name_localizations": _localised(MENU, LONGEST_NAME),
        "contexts": [SERVER, BOT_DM],
        "integration_types": [0],
    }


def _options(command: Command) -> list[dict[str, Any]]:
    options = [_option(parameter) for parameter in command.parameters]
    if command.name in UPLOADS:
        options.append({"type": ATTACHMENT, **_named(FILE), **_description("discord.option.file")})
    if command.name in VISIBLE_IN:
        options.append(
            {
                "type": STRING,
                **_named(VISIBLE),
                **_description("discord.option.visible"),
                "choices": [_choice(f"discord.visible.{who}", who) for who in (EVERYONE, ME)],
            }
        )
    return sorted(options, key=lambda option: not option.get("required", False))


def _option(parameter: Parameter) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": STRING,
        **_named(parameter.name),
        **_description(f"parameter.{parameter.name}"),
        "required": parameter.required,
    }
    if 0 < len(parameter.choices) <= MOST_CHOICES:
        made["choices"] = [
            _choice(f"choice.{parameter.name}.{value}", value, prefix=f"{value} – ")
            for value in parameter.choices
        ]
    else:
        made["autocomplete"] = bool(parameter.completer or parameter.choices)
        made["max_length"] = LONGEST_VALUE
    return made


def _named(name: str) -> dict[str, Any]:
    key = f"option.{name}"
    if not catalogue.has(key):
        return {"name": name}
    return {"name": name, "name_localizations": _localised(key, LONGEST_NAME)}


def _description(key: str) -> dict[str, Any]:
    return {
        "description": _shortened(_capital(_english(key)), LONGEST_DESCRIPTION),
        "description_localizations": {
            locale: _capital(text) for locale, text in _localised(key, LONGEST_DESCRIPTION).items()
        },
    }


def _choice(key: str, value: str, prefix: str = "") -> dict[str, Any]:
    room = LONGEST_CHOICE - len(prefix)
    return {
        "name": prefix + _shortened(_english(key), room),
        "name_localizations": {locale: prefix + text for locale, text in _localised(key, room).items()},
        "value": value,
    }


def _english(key: str) -> str:
    return _plain(catalogue.label("en", key))


def _localised(key: str, longest: int) -> dict[str, str]:
    return {
        locale: _shortened(_plain(catalogue.label(language, key)), longest)
        for language, locale in LOCALES.items()
    }


def _plain(text: str) -> str:
    """Without the marks of Markdown, which Discord shows as they are here."""
    return _MARKUP.sub("", text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shortened(text: str, longest: int) -> str:
    """At most that long, cut between words."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"
