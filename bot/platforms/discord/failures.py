"""What Discord answers when it doesn't do what is asked, by what follows from it.

Failure
├── Later            come back after a while: an outage, a limit, a broken connection
└── Refused          never, in this way
    ├── MessageGone  the message was deleted (10008)
    ├── TokenExpired the interaction's token works no longer (10015, 10062, 50027)
    ├── NoChannel    the channel is gone (10003)
    ├── NotAllowed   without permission there (50001, 50013), or a closed thread (50083)
    ├── Closed       the person takes no direct messages (50007)
    └── Full         no more messages under this interaction (40094)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import aiohttp
import discord

from bot.platforms.hosted.failures import (
    REVOKED,
    Closed,
    Failure,
    Later,
    MessageGone,
    NoChannel,
    NotAllowed,
    Refused,
)

__all__ = [
    "REVOKED",
    "Closed",
    "Failure",
    "Full",
    "Later",
    "MessageGone",
    "NoChannel",
    "NotAllowed",
    "Refused",
    "TokenExpired",
    "translated",
]


class TokenExpired(Refused):
    pass


class Full(Refused):
    pass


CODES: dict[int, type[Refused]] = {
    10003: NoChannel,
    10008: MessageGone,
    10013: Closed,
    10015: TokenExpired,
    10062: TokenExpired,
    40094: Full,
    50001: NotAllowed,
    50007: Closed,
    50013: NotAllowed,
    50027: TokenExpired,
    50033: Closed,
    50083: NotAllowed,
    50278: Closed,
    160002: NotAllowed,
}
"""Discord's error codes (docs topics/opcodes-and-status-codes)."""


@contextmanager
def translated() -> Iterator[None]:
    """The library's exceptions as ours."""
    try:
        yield
    except discord.RateLimited as limited:
        raise Later("a rate limit", timedelta(seconds=limited.retry_after)) from limited
    except discord.HTTPException as error:
        raise _failure(error) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Later(f"the connection to Discord broke: {error or type(error).__name__}") from error


def _failure(error: discord.HTTPException) -> Failure:
    said = f"{error.status} {error.code} {error.text}".strip()
    if error.code in CODES:
        return CODES[error.code](said)
    if error.status == 401:
        return Later(f"the bot's token is refused: {said}", REVOKED)
    if error.status == 429 or error.status >= 500:
        return Later(said)
    return Refused(said)
