"""Which use case a command or a button asks for, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core import courses, handlers
from bot.core.alternatives import taken_apart
from bot.core.commands import COMMANDS, Command
from bot.core.errors import CommandError
from bot.core.turn import Press


@dataclass(frozen=True, slots=True)
class Use:
    """Which use case a turn is."""

    name: str
    handler: handlers.Handler
    arguments: Mapping[str, str]
    speech: str | None = None
    """What of it the person wrote in their own language."""
    command: Command | None = None
    course: str = ""
    """What a button names as its course."""


def of_command(command: Command, arguments: Mapping[str, str]) -> Use:
    speech = arguments.get(command.speech) if command.speech else None
    return Use(command.name, handlers.COMMANDS[command.name], arguments, speech, command)


def of_press(press: Press) -> Use:
    """CommandError for a button that nobody knows (any more)."""
    name, named = taken_apart(press.action)
    course = named.pop(courses.ARGUMENT, "")
    arguments = {**named, **press.fields}
    if name in COMMANDS:
        return replace(of_command(COMMANDS[name], arguments), course=course)
    if name not in handlers.ACTIONS:
        raise CommandError("error.action_unknown")
    return Use(name, handlers.ACTIONS[name], arguments, course=course)
