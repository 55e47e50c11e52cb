"""Every answer of Discord's has a decided outcome."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from bot.platforms.discord import failures
from bot.platforms.discord.failures import CODES, REVOKED, Failure, Later, Refused, translated


def answer(status: int, code: int = 0) -> discord.HTTPException:
    response = cast(Any, SimpleNamespace(status=status, reason="reason"))
    return discord.HTTPException(response, {"code": code, "message": "said"})


def outcome(error: Exception) -> Failure:
    with pytest.raises(Failure) as raised, translated():
        raise error
    assert raised.value.__cause__ is error
    return raised.value


@pytest.mark.parametrize("code", CODES)
def test_a_code_that_is_known(code: int) -> None:
    assert type(outcome(answer(403, code))) is CODES[code]


@pytest.mark.parametrize(
    "error",
    [
        answer(429),
        answer(500),
        answer(503),
        TimeoutError(),
        OSError("x"),
        aiohttp.ServerDisconnectedError(),
    ],
)
def test_what_passes_is_waited_for(error: Exception) -> None:
    assert isinstance(outcome(error), Later)


def test_how_long_to_wait_is_kept() -> None:
    limited = outcome(discord.RateLimited(42.0))
    refused = outcome(answer(401))
    assert isinstance(limited, Later)
    assert isinstance(refused, Later)
    assert (limited.retry_in, refused.retry_in) == (timedelta(seconds=42), REVOKED)


def test_anything_else_is_refused_for_good() -> None:
    assert type(outcome(answer(400, 50035))) is Refused


def test_the_tree_in_the_docstring_is_complete() -> None:
    kinds = {
        name for name, kind in vars(failures).items() if isinstance(kind, type) and issubclass(kind, Failure)
    }
    assert failures.__doc__ is not None
    assert all(f" {kind} " in f"{failures.__doc__} ".replace("\n", " ") for kind in kinds)
