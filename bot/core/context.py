"""What a handler is given: the turn, who did it, and everything it may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.core.errors import CommandError
from bot.core.reply import Reply, Tone
from bot.core.services import Services
from bot.core.turn import Turn
from bot.core.voice import Voice

if TYPE_CHECKING:
    from jobs.people import Learner


_LARGEST = 2**31 - 1
"""Of PostgreSQL's integers."""


@dataclass(frozen=True, slots=True)
class Context:
    """One turn, ready to be handled."""

    services: Services
    turn: Turn
    learner: Learner
    voice: Voice

    def say(self, key: str, /, **params: object) -> str:
        return self.voice.say(key, **params)

    def label(self, key: str, /, **params: object) -> str:
        return self.voice.label(key, **params)

    def reply(self, key: str, /, *, tone: Tone = "plain", private: bool = False, **params: object) -> Reply:
        return self.voice.reply(key, tone=tone, private=private, **params)


Handler = Callable[[Context, Mapping[str, str]], Reply]
"""One use case: context and arguments by name -> reply. Raises RecapErrors."""


def action_id(name: str, **arguments: object) -> str:
    """`rate`, attempt=12, rating=3 -> `rate?attempt=12&rating=3`.

    Leave 16 of the 100 characters for the course (`bot.core.courses`), and its argument `c` alone.
    """
    query = "&".join(f"{key}={quote(str(value), safe='/:~')}" for key, value in arguments.items())
    return f"{name}?{query}" if query else name


def number(arguments: Mapping[str, str], name: str) -> int:
    """A number out of a button's id. CommandError where there is none."""
    found = read_number(arguments.get(name, ""))
    if found is None:
        raise CommandError("error.action_unknown")
    return found


def read_number(text: str) -> int | None:
    """A number that a row can have; None for anything else, and for one that no database takes."""
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_LARGEST)):
        return None
    return found if (found := int(text)) <= _LARGEST else None


def optional_number(arguments: Mapping[str, str], name: str) -> int:
    """The same, 0 where it is left out."""
    return number(arguments, name) if name in arguments else 0
