"""The form that asks for what a command was typed without.

Its submission is the press of an action that has the command's name: every command is an action too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.core.commands import COMMANDS, Parameter
from bot.core.complete import MOST_CHOICES, Choice
from bot.core.forms import Form
from bot.core.reply import Field
from bot.core.turn import Call
from bot.core.voice import Voice
from knowledge.notes import Language

ASKED = ("ask", "try")
"""Commands that can't do anything without arguments."""
_ALONE = "inspect"
"""The task that needs no text."""


def is_asked_for(call: Call) -> bool:
    """Whether something is missing of a call for which there is a form."""
    given = call.arguments
    if call.command == "try" and not given.get("text", "").strip():
        return given.get("task", "").strip().lower() != _ALONE
    command = COMMANDS.get(call.command) if call.command in ASKED else None
    return command is not None and any(
        one.required and not given.get(one.name, "").strip() for one in command.parameters
    )


def asking(call: Call, language: Language, choices: Callable[[str], Sequence[Choice]]) -> Form | None:
    """The form for a call's arguments, filled with those that were given; None: there is none.

    `choices`: what a parameter may be given (`Core.choices`); empty where that can't be told now.
    """
    command = COMMANDS.get(call.command)
    if command is None or call.command not in ASKED:
        return None
    voice = Voice(language)
    fields = tuple(_field(voice, one, call.arguments, choices) for one in command.parameters)
    return Form(voice.label(f"asking.{call.command}"), fields)


def _field(
    voice: Voice,
    parameter: Parameter,
    given: Mapping[str, str],
    choices: Callable[[str], Sequence[Choice]],
) -> Field:
    label, value = voice.label(f"option.{parameter.name}").capitalize(), given.get(parameter.name, "")
    known = choices(parameter.name) if parameter.completer and not parameter.rest else ()
    if len(known) >= MOST_CHOICES or (value and value not in [one.value for one in known]):
        known = ()  # there may be more than these
    offered = tuple((one.value, f"{one.value} – {one.detail}" if one.detail else one.value) for one in known)
    return Field(parameter.name, label, value, parameter.rest, parameter.required, offered)
