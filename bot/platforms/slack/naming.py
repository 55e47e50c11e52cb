"""What the commands are called in a workspace: with the prefix that its admins set, and through `/recap`."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.commands import COMMANDS
from bot.core.reply import Reply
from bot.platforms.slack.inbound.commands import ANY

BUILT_IN = ("help",)
"""Commands that Slack keeps to itself; they are reached through ANY."""
_QUOTING = ("note", "question")
"""Tones of what shows notes as they are written."""
_NAMED = re.compile(rf"(^|(?<!`)`)/({'|'.join(COMMANDS)})(?![\w/.-])", re.MULTILINE)


def command_names(prefix: str = "") -> list[str]:
    """The slash commands, each with its slash."""
    named = (f"/{prefix}{name}" for name in COMMANDS if name not in BUILT_IN)
    return [*named, _any(prefix)]


def as_typed(reply: Reply, prefix: str = "") -> Reply:
    """A reply whose sentences name commands as they are typed there; what it quotes of notes stays."""
    if reply.citations or reply.tone in _QUOTING:
        return reply

    def named(found: re.Match[str]) -> str:
        mark, name = found.groups()
        return f"{mark}{_any(prefix)} {name}" if name in BUILT_IN else f"{mark}/{prefix}{name}"

    return replace(reply, text=_NAMED.sub(named, reply.text))


def _any(prefix: str) -> str:
    own = "" if ANY.startswith(prefix.rstrip("-_")) else prefix
    return f"/{own}{ANY}"
