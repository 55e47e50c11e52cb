"""Slash commands: one line of text -> Call, or a Line that the core answers with what was meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core import parse
from bot.core.asking import is_asked_for
from bot.core.commands import COMMANDS
from bot.core.errors import CommandError
from bot.core.turn import Call, Line
from bot.platforms.slack.inbound.texts import readable

ANY = "recap"
"""Takes every command as its first word: for those that Slack keeps to itself, such as /help."""
UPLOAD = Call("notes", {"action": "upload"})
_LINE = re.compile(r"\s*([/／]\S*)\s?(.*)", re.DOTALL)
_ASKING = ("?", "？")


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as it was typed."""

    did: Call | Line
    private: bool
    """Its reply is for the person alone."""

    @property
    def incomplete(self) -> Call | None:
        """The call if something is missing of it that a form asks for."""
        return self.did if isinstance(self.did, Call) and is_asked_for(self.did) else None

    @property
    def wants_files(self) -> bool:
        """Whether it uploads notes: Slack's commands carry no files."""
        return self.did == UPLOAD


def read(command: str, text: str, prefix: str = "") -> Asked:
    """A slash command as Slack sends it: `/prefix…` or `/recap`, with what was typed behind it."""
    return _read(command, readable(text), prefix)


def read_line(line: str, prefix: str = "") -> Asked:
    """The same of a readable line within a message."""
    found = _LINE.match(line)
    return _read(found[1], found[2], prefix) if found else typed(line)


def _read(command: str, said: str, prefix: str) -> Asked:
    name = command.lstrip("/／").lower()
    if name in (ANY, f"{prefix.lower()}{ANY}"):
        return _any(said)
    return typed(f"/{name.removeprefix(prefix.lower()) or name} {said}")


def typed(line: str) -> Asked:
    """A typed line that is a command. One that isn't is left to the core, which says what is near."""
    try:
        call = parse.parse(line)
    except CommandError:
        return Asked(Line(line.strip()), private=True)
    return Asked(call, COMMANDS[call.command].private)


def _any(said: str) -> Asked:
    if not said:
        return Asked(Call("help"), private=True)
    line = said if parse.is_command(said) else f"/{said}"
    asked = typed(line)
    first, _, more = said.partition(" ")
    if _asks_in_words(asked.did, more):
        return Asked(Call("ask", {"question": said}), COMMANDS["ask"].private)
    if isinstance(asked.did, Call) or parse.is_command(said):
        return asked
    if more and (said.endswith(_ASKING) or parse.nearest(first, COMMANDS) is None):
        return Asked(Call("ask", {"question": said}), COMMANDS["ask"].private)
    return asked


def _asks_in_words(did: Call | Line, more: str) -> bool:
    """`help me with subwords?` is a question, not the help on a command."""
    is_help = isinstance(did, Call) and did.command == "help"
    return is_help and more.endswith(_ASKING) and more.split(" ")[0].strip("/?？") not in COMMANDS


def is_private(action: str) -> bool:
    """Whether the reply to an action concerns one person alone."""
    name = action.partition("?")[0]
    return name in COMMANDS and COMMANDS[name].private
