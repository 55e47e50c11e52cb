"""Why the connection to Discord ended, and whether trying again may help.

| what discord.py raises                   | fault         | then                                         |
|------------------------------------------|---------------|----------------------------------------------|
| LoginFailure, closed with 4004           | `token`       | Discord stays off                            |
| PrivilegedIntentsRequired (4014)         | `intent`      | once more, without reading every message     |
| closed with 4010, 4011                   | `shards`      | Discord stays off                            |
| closed with 4012, 4013                   | `protocol`    | Discord stays off                            |
| another status below 500, but 429        | `refused`     | again, later                                 |
| 5xx, 429, anything of the network        | `unreachable` | again, later                                 |
| whatever else                            | `internal`    | again, later                                 |
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

import aiohttp
import discord

Kind = Literal["token", "intent", "shards", "protocol", "refused", "unreachable", "internal"]

_BY_CODE: dict[int, Kind] = {
    4004: "token",
    4010: "shards",
    4011: "shards",
    4012: "protocol",
    4013: "protocol",
    4014: "intent",
}
_LINES: dict[Kind, str] = {
    "token": "Discord refused the token: set discord.token to the one of the developer portal's page Bot",
    "intent": "the message content intent is not enabled in Discord's developer portal",
    "shards": "Discord refused the shards: set discord.shards to auto",
    "protocol": "Discord refused this version of its protocol: Recap needs an upgrade",
    "refused": "Discord refused the connection",
    "unreachable": "Discord can't be reached",
    "internal": "the connection to Discord failed",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason."""

    kind: Kind
    detail: str
    """What was said, for the log."""

    @property
    def again(self) -> bool:
        """Whether trying again may help, with nothing changed."""
        return self.kind in ("refused", "unreachable", "internal")

    @property
    def line(self) -> str:
        """For the log."""
        return f"{_LINES[self.kind]} ({self.detail})"


def fault(error: BaseException) -> Fault:
    """What an exception out of discord.py means."""
    match error:
        case discord.LoginFailure():
            return Fault("token", "401")
        case discord.PrivilegedIntentsRequired():
            return Fault("intent", "4014")
        case discord.ConnectionClosed():
            return Fault(_BY_CODE.get(error.code, "unreachable"), f"closed with {error.code}")
        case discord.HTTPException():
            kind: Kind = "unreachable" if error.status >= 500 or error.status == 429 else "refused"
            said = " ".join(error.text.split())[:200]
            return Fault(
                "token" if error.status == 401 else kind, f"HTTP {error.status}{f': {said}' if said else ''}"
            )
        case discord.RateLimited():
            return Fault("unreachable", f"asked to wait for {error.retry_after:.0f} s")
        case aiohttp.ClientError() | OSError() | asyncio.TimeoutError() | discord.GatewayNotFound():
            return Fault("unreachable", str(error) or type(error).__name__)
        case _:
            return Fault("internal", f"{type(error).__name__}: {error}")
