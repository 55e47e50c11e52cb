"""Why the connection to Slack ended, and whether trying again may help.

| what is raised                                         | fault         | then             |
|--------------------------------------------------------|---------------|------------------|
| the bot's token: invalid_auth, not_authed, ...         | `token`       | Slack stays off  |
| the bot's token: account_inactive, token_revoked, ...  | `uninstalled` | Slack stays off  |
| the app's token: invalid_auth, not_authed, ...         | `app_token`   | Slack stays off  |
| the app's token: missing_scope                         | `scope`       | Slack stays off  |
| the key for the tokens of workspaces                   | `key`         | Slack stays off  |
| link_disabled, another refusal of a connection         | `socket`      | again, later     |
| another refusal                                        | `refused`     | again, later     |
| 5xx, 429, anything of the network                      | `unreachable` | again, later     |
| whatever else                                          | `internal`    | again, later     |
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core import catalogue
from bot.platforms.slack.errors import SlackError
from bot.platforms.slack.failures import Failure, Later, NotInstalled, Refused
from bot.platforms.slack.link import LinkRefused, answer

Kind = Literal[
    "token", "uninstalled", "key", "app_token", "scope", "socket", "refused", "unreachable", "internal"
]

WRONG = frozenset({"invalid_auth", "not_authed", "not_allowed_token_type", "token_expired"})
"""Slack's words for a token that is none of its own, or of the wrong kind."""
GONE = frozenset(
    (
        "account_inactive",
        "team_access_not_granted",
        "team_disabled",
        "token_revoked",
        "user_removed_from_team",
    )
)
"""Slack's words for a token that was right once."""

_LINES: dict[Kind, str] = {
    "token": "Slack refused the bot's token: set slack.bot_token to the one of the page OAuth & Permissions",
    "uninstalled": "the app is no longer in that workspace of Slack: install it again, and set the new "
    "slack.bot_token",
    "key": "the tokens of Slack's workspaces can't be read",
    "app_token": "Slack refused the app's token: set slack.app_token to one of the page Basic Information",
    "scope": "the app's token lacks the scope connections:write: make a new one for slack.app_token",
    "socket": "Slack refused Socket Mode: it must be enabled on the app's page Socket Mode",
    "refused": "Slack refused the connection",
    "unreachable": "Slack can't be reached",
    "internal": "the connection to Slack failed",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason."""

    kind: Kind
    detail: str
    """What was said, for the log."""

    @property
    def again(self) -> bool:
        """Whether trying again may help, with nothing changed here."""
        return self.kind in ("socket", "refused", "unreachable", "internal")

    @property
    def line(self) -> str:
        """For the log."""
        return f"{_LINES[self.kind]} ({self.detail})"


def fault(error: BaseException) -> Fault:
    """What an exception out of Slack's libraries, or out of our own parts of it, means."""
    if isinstance(error, Failure) and isinstance(error.__cause__, SlackApiError):
        error = error.__cause__
    match error:
        case LinkRefused():
            return Fault(_of_link(str(error)), str(error))
        case SlackApiError():
            status, code = answer(error)
            away = status == 429 or status >= 500
            return Fault("unreachable" if away else _of_bot(code), code or f"HTTP {status}")
        case SlackError():
            return Fault("key", catalogue.label("en", error.key, **error.params))
        case NotInstalled():
            return Fault("uninstalled", str(error))
        case Refused():
            return Fault("refused", str(error))
        case aiohttp.WSServerHandshakeError():
            # Its own words hold the address, and that the ticket.
            return Fault("unreachable", f"HTTP {error.status} for the socket")
        case Later() | aiohttp.ClientError() | OSError() | asyncio.TimeoutError():
            return Fault("unreachable", " ".join(str(error).split())[:200] or type(error).__name__)
        case _:
            return Fault("internal", f"{type(error).__name__}: {error}")


def _of_link(code: str) -> Kind:
    if code in WRONG | GONE:
        return "app_token"
    if code == "too_many_websockets":
        return "refused"
    return "scope" if code == "missing_scope" else "socket"


def _of_bot(code: str) -> Kind:
    return "token" if code in WRONG else "uninstalled" if code in GONE else "refused"
