"""One typed line -> a command with its arguments."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping

from bot.core.commands import COMMANDS, Command
from bot.core.errors import CommandError
from bot.core.turn import Call

_COMMAND = re.compile(r"\s*[/／]([^\s/／]*)(\s*)", re.UNICODE)
_QUOTES: Mapping[str, str] = {
    '"': '"',
    "'": "'",
    "“": "”“",
    "”": "”",
    "‘": "’",
    "’": "’",
    "«": "»",
    "„": "“”",
    "「": "」",
}
"""Opening quote -> what closes it; phones and messengers put their own where straight ones were typed."""
_OPTION = re.compile(r"([A-Za-z_]+)[:：]")


def is_command(text: str) -> bool:
    """Whether a line is meant as a command."""
    return text.lstrip()[:1] in ("/", "／")


def parse(line: str) -> Call:
    """A line that `is_command` -> command and arguments.

    Raises CommandError: unknown command, with the nearest one if there is any.
    """
    found = _COMMAND.match(line)
    name = found[1].lower() if found else ""
    command = COMMANDS.get(name)
    if found is None or command is None:
        raise unknown_command(name)
    return Call(command.name, arguments(command, line[found.end() :]))


def arguments(command: Command, text: str) -> dict[str, str]:
    """What stands behind the command's name, by parameter. The rest parameter keeps it verbatim."""
    given: dict[str, str] = {}
    named = {parameter.name for parameter in command.parameters if not parameter.rest}
    positional = [parameter for parameter in command.parameters if not parameter.option]
    while text := text.lstrip():
        option = _OPTION.match(text)
        if option and option[1].lower() in named and text[option.end() :][:1].strip():
            given[option[1].lower()], text = _word(text[option.end() :])
            continue
        waiting = next((one for one in positional if one.name not in given), None)
        if waiting is None:
            break
        if waiting.rest:
            rest = _without_options(text, named, given) if waiting.loose else text.rstrip()
            if rest:
                given[waiting.name] = rest
            break
        given[waiting.name], text = _word(text)
    return given


def check(command: Command, given: Mapping[str, str]) -> None:
    """Raises CommandError where a required argument is missing or a choice is none of the known."""
    for parameter in command.parameters:
        value = given.get(parameter.name, "").strip()
        if parameter.required and not value:
            raise CommandError(
                "error.argument_missing",
                command=f"/{command.name}",
                argument=parameter.name,
                example=command.examples[0],
            )
        if value and parameter.choices and value not in parameter.choices:
            raise unknown_choice(f"/{command.name}", value, parameter.choices)


def unknown_command(name: str) -> CommandError:
    """The error for a command that isn't one."""
    near = nearest(name, COMMANDS)
    if near:
        return CommandError("error.command_unknown_near", command=f"/{name}", near=f"/{near}")
    return CommandError("error.command_unknown", command=f"/{name}")


def unknown_choice(command: str, value: str, choices: Collection[str]) -> CommandError:
    """The error for a value that is none of `choices`."""
    near = nearest(value, choices)
    known = ", ".join(choices)
    if near:
        return CommandError("error.choice_near", command=command, value=value, near=near, known=known)
    return CommandError("error.choice", command=command, value=value, known=known)


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name that was probably meant."""
    found = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
    if found:
        return found[0]
    starts = [one for one in known if name and one.startswith(name.lower())]
    return starts[0] if len(starts) == 1 else None


def _without_options(text: str, named: Collection[str], given: dict[str, str]) -> str:
    """What is left of a text once the options in it are read into `given`."""
    kept: list[str] = []
    while text := text.lstrip():
        option = _OPTION.match(text)
        if option and option[1].lower() in named and text[option.end() :][:1].strip():
            given[option[1].lower()], text = _word(text[option.end() :])
            continue
        word = re.match(r"\S+", text)
        kept.append(word[0] if word else "")
        text = text[len(kept[-1]) :]
    return " ".join(kept)


def _word(text: str) -> tuple[str, str]:
    """The first word or quoted words, and what comes after. An unclosed quote is only a character."""
    closing = _QUOTES.get(text[:1], "")
    ends = [end for sign in closing if (end := text.find(sign, 1)) > 0]
    if ends:
        return text[1 : min(ends)], text[min(ends) + 1 :]
    found = re.match(r"\S*", text)
    end = found.end() if found else 0
    return text[:end], text[end:]
