"""Files that come with a command, fetched from the thread in which the core works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout

import aiohttp
import discord

PATIENCE = 60.0
"""Seconds that fetching a file may take."""


def fetching(
    loop: asyncio.AbstractEventLoop, patience: float = PATIENCE
) -> Callable[..., Callable[[], bytes]]:
    """Attachment -> its `Upload.read`, which has the client fetch it on `loop`."""

    def fetch(attachment: discord.Attachment) -> Callable[[], bytes]:
        def read() -> bytes:
            running = asyncio.run_coroutine_threadsafe(attachment.read(), loop)
            try:
                return running.result(patience)
            except FutureTimeout as error:
                running.cancel()
                raise OSError(f"fetching the file took longer than {patience:.0f} s") from error
            except (discord.DiscordException, aiohttp.ClientError) as error:
                raise OSError(f"the file can't be fetched: {error}") from error

        return read

    return fetch
