"""Places and people on Slack, as the core and the database know them.

Slack's ids are unique within a workspace, so each carries its workspace ("team").

| text                          | what                                                                   |
|-------------------------------|------------------------------------------------------------------------|
| `dm:<team>/<user>`            | the direct messages with a person, open or not yet                     |
| `channel:<team>/<id>`         | a channel, or direct messages with several people                      |
| `thread:<team>/<id>/<ts>`     | the thread on the message `ts` of a channel or of direct messages      |
| `team:<team>`                 | a workspace; never a place to speak in, only one that contains others  |

An account (`Person.external_id`) is `<team>/<user>`.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

PLATFORM = "slack"

Kind = Literal["dm", "channel", "thread", "team"]

_TEXT = re.compile(
    r"(?:(?P<kind>dm|channel):(?P<where>[A-Z0-9]+)/(?P<id>[A-Z0-9]+)"
    r"|thread:(?P<there>[A-Z0-9]+)/(?P<channel>[A-Z0-9]+)/(?P<ts>\d+\.\d+)"
    r"|team:(?P<team>[A-Z0-9]+))"
)


class Place(NamedTuple):
    """What kind of place, in which workspace, and the id of the person or channel."""

    kind: Kind
    team: str
    id: str = ""
    """User of `dm`, channel of `channel` and `thread`."""
    ts: str = ""
    """The message that a thread hangs on."""

    def __str__(self) -> str:
        return f"{self.kind}:{'/'.join(part for part in self[1:] if part)}"


def place(text: str) -> Place:
    """The inverse of `str`. ValueError for what names no place."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} names no place on Slack")
    if found["team"]:
        return Place("team", found["team"])
    if found["ts"]:
        return Place("thread", found["there"], found["channel"], found["ts"])
    return Place("dm" if found["kind"] == "dm" else "channel", found["where"], found["id"])


def account(team: str, user: str) -> str:
    """The `Person.external_id` of a user."""
    return f"{team}/{user}"


def user_of(external_id: str) -> tuple[str, str]:
    """Workspace and user of an account. ValueError for what names none."""
    team, slash, user = external_id.partition("/")
    if not (team and slash and user):
        raise ValueError(f"{external_id!r} names nobody on Slack")
    return team, user
