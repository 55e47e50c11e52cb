"""Places on Discord, as the core and the database know them.

| place             | what                                                                    |
|-------------------|-------------------------------------------------------------------------|
| `dm:<user>`       | the direct messages with a person, open or not yet                      |
| `channel:<id>`    | a channel or thread of a server                                         |
| `guild:<id>`      | a server; never a place to speak in, only one that contains channels    |
"""

from __future__ import annotations

from typing import Literal, NamedTuple

PLATFORM = "discord"

Kind = Literal["dm", "channel", "guild"]


class Place(NamedTuple):
    """What kind of place, and the id of the person, channel or server."""

    kind: Kind
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def place(text: str) -> Place:
    """The inverse of `str`. ValueError for what names no place."""
    kind, _, number = text.partition(":")
    match kind:
        case "dm" | "channel" | "guild":
            return Place(kind, int(number))
        case _:
            raise ValueError(f"{text!r} names no place on Discord")
