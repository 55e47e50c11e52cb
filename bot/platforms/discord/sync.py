"""Registers the commands with Discord, only when they differ from what is registered.

Discord answers with more than it was given (ids, versions, defaults written out), so both sides are
compared in one canonical form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord.http import Route

Payload = Mapping[str, Any]

_KINDS = {1: "/", 2: "user: ", 3: "message: ", 4: "launch: "}
_ENTRY_POINT = 4
"""Made by Discord itself for applications with an activity; a registration without it is refused."""
_COMMAND_DEFAULTS: Mapping[str, Any] = {
    "type": 1,
    "description": "",
    "default_member_permissions": None,
    "nsfw": False,
    "integration_types": [0],
    "contexts": None,
}
_OPTION_DEFAULTS: Mapping[str, Any] = {
    "type": 3,
    "description": "",
    "required": False,
    "autocomplete": False,
    "min_length": None,
    "max_length": None,
    "min_value": None,
    "max_value": None,
    "channel_types": [],
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What registering would change, as people know the commands: `/ask`, `message: Ask about this`."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def changes(have: Iterable[Payload], want: Iterable[Payload]) -> Changes:
    """What is to be done so that `want` stands where `have` does."""
    there = {_key(command): canonical(command) for command in have if command.get("type") != _ENTRY_POINT}
    wanted = {_key(command): canonical(command) for command in want}
    return Changes(
        tuple(_shown(key) for key in wanted if key not in there),
        tuple(_shown(key) for key in wanted if key in there and there[key] != wanted[key]),
        tuple(_shown(key) for key in there if key not in wanted),
    )


def canonical(command: Payload) -> dict[str, Any]:
    """A command without what Discord adds, defaults written out."""
    made = _common(command, _COMMAND_DEFAULTS)
    # Taken as a number, given back as text.
    granted = made["default_member_permissions"]
    made["default_member_permissions"] = None if granted is None else int(granted)
    made["integration_types"] = sorted(made["integration_types"] or [0])
    # Left out and null mean every context, as does naming each of them.
    made["contexts"] = sorted(made["contexts"]) if made["contexts"] else [0, 1, 2]
    made["options"] = [_option(option) for option in command.get("options") or ()]
    return made


async def registered(client: discord.Client) -> list[dict[str, Any]]:
    """The global commands that Discord has now, localisations included. The client is logged in."""
    route = Route("GET", "/applications/{application_id}/commands", application_id=client.application_id)
    commands: list[dict[str, Any]] = await client.http.request(route, params={"with_localizations": "true"})
    return commands


async def synchronise(client: discord.Client, want: Sequence[Payload]) -> Changes:
    """Registers `want` if anything differs; tells what did. Whatever discord.py raises comes through."""
    have = await registered(client)
    found = changes(have, want)
    if found:
        kept = [dict(command) for command in have if command.get("type") == _ENTRY_POINT]
        application = client.application_id
        if application is None:
            raise RuntimeError("the client is not logged in")
        await client.http.bulk_upsert_global_commands(application, [*(dict(each) for each in want), *kept])
    return found


def _option(option: Payload) -> dict[str, Any]:
    made = _common(option, _OPTION_DEFAULTS)
    made["choices"] = [
        {"name": choice["name"], "value": choice["value"], **_localised(choice, "name")}
        for choice in option.get("choices") or ()
    ]
    made["options"] = [_option(inner) for inner in option.get("options") or ()]
    return made


def _common(given: Payload, defaults: Payload) -> dict[str, Any]:
    made = {name: given.get(name, default) for name, default in defaults.items()}
    made = {name: defaults[name] if value is None else value for name, value in made.items()}
    return made | {"name": given["name"]} | _localised(given, "name") | _localised(given, "description")


def _localised(given: Payload, name: str) -> dict[str, Any]:
    return {f"{name}_localizations": dict(given.get(f"{name}_localizations") or {})}


def _key(command: Payload) -> tuple[int, str]:
    return command.get("type") or 1, command["name"]


def _shown(key: tuple[int, str]) -> str:
    return f"{_KINDS.get(key[0], '')}{key[1]}"
