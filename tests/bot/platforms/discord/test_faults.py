"""What each way to fail is taken for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.platforms.discord.faults import fault


def http(status: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    kind = discord.DiscordServerError if status >= 500 else discord.HTTPException
    return kind(response, "no")


def closed(code: int) -> discord.ConnectionClosed:
    socket: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(socket, shard_id=None, code=code)


@pytest.mark.parametrize(
    ("error", "kind", "again"),
    [
        (discord.LoginFailure("no"), "token", False),
        (http(401), "token", False),
        (closed(4004), "token", False),
        (discord.PrivilegedIntentsRequired(None), "intent", False),
        (closed(4014), "intent", False),
        (closed(4010), "shards", False),
        (closed(4011), "shards", False),
        (closed(4012), "protocol", False),
        (closed(4013), "protocol", False),
        (closed(4000), "unreachable", True),
        (http(403), "refused", True),
        (http(404), "refused", True),
        (http(429), "unreachable", True),
        (http(503), "unreachable", True),
        (discord.RateLimited(60.0), "unreachable", True),
        (aiohttp.ClientPayloadError("cut"), "unreachable", True),
        (ConnectionRefusedError("refused"), "unreachable", True),
        (TimeoutError(), "unreachable", True),
        (ZeroDivisionError("a fault of our own"), "internal", True),
    ],
)
def test_a_failure_is_known_for_what_it_is(error: BaseException, kind: str, again: bool) -> None:
    found = fault(error)
    assert (found.kind, found.again) == (kind, again)
    assert "\n" not in found.line
