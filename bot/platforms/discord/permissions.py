"""What the bot asks a server for, with a reason each, and the invite link made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.platforms.discord.options import API_URL

AUTHORIZE_URL = API_URL.partition("/api")[0] + "/oauth2/authorize"
MANAGE_SERVER = 1 << 5
ADMINISTRATOR = 1 << 3


@dataclass(frozen=True, slots=True)
class Permission:
    """One right in a server."""

    name: str
    """As Discord's settings call it, in English."""
    bit: int
    reason: str

    @property
    def key(self) -> str:
        """The catalogue's key of its name."""
        return f"discord.permission.{self.name.lower().replace(' ', '_')}"


PERMISSIONS = (
    Permission("View Channels", 1 << 10, "to see the channels in which it is asked"),
    Permission("Send Messages", 1 << 11, "to answer, and to post reviews and group quizzes"),
    Permission("Send Messages in Threads", 1 << 38, "to go on answering in a thread"),
    Permission("Embed Links", 1 << 14, "citations, tables and progress are shown as embeds"),
    Permission("Attach Files", 1 << 15, "progress charts, and answers that are too long for a message"),
    Permission(
        "Read Message History",
        1 << 16,
        "to reply to a message, to know what was said in a thread before, and to look up whether a "
        "message went out before it is sent again",
    ),
)
SCOPES = {
    "bot": "it is a member of the server and can be written to",
    "applications.commands": "its slash commands and *Ask about this* appear there",
}
NEEDED = sum(permission.bit for permission in PERMISSIONS)


def missing(granted: int) -> Iterator[Permission]:
    """What a server's rights lack."""
    if not granted & ADMINISTRATOR:
        yield from (one for one in PERMISSIONS if not granted & one.bit)


def invite_url(application_id: int | str) -> str:
    """The link that adds the bot to a server."""
    query = {"client_id": application_id, "permissions": NEEDED, "scope": " ".join(SCOPES)}
    return f"{AUTHORIZE_URL}?{urlencode(query)}"


def markdown_table() -> str:
    """Scopes and permissions with their reasons, as deploy/discord.md has them."""
    rows = ["| Asked for | Bit | Why |", "| --- | --- | --- |"]
    rows += [f"| scope `{scope}` | | {reason} |" for scope, reason in SCOPES.items()]
    rows += [f"| {one.name} | `1 << {one.bit.bit_length() - 1}` | {one.reason} |" for one in PERMISSIONS]
    return "\n".join(rows)
