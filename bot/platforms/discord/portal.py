"""Asks Discord about the bot over REST alone, for the commands of the shell. Plain functions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import aiohttp
import discord

from bot.platforms.discord import permissions, sync
from bot.platforms.discord.client import client as unconnected
from bot.platforms.discord.endpoints import point_at
from bot.platforms.discord.errors import DiscordError
from bot.platforms.discord.faults import fault
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.discord.permissions import Permission
from bot.platforms.discord.sync import Changes

PATIENCE = 60.0
"""Seconds that one of these questions may take."""
_PAGE = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that the bot is in."""

    name: str
    missing: tuple[Permission, ...]
    """What it may not do there; channels may take away more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What Discord knows of the bot."""

    name: str
    message_content: bool
    """Whether the developer portal lets it read every message."""
    changes: Changes
    """What registering the commands would change."""
    servers: tuple[Server, ...]


def standing(options: DiscordOptions, commands: Sequence[Mapping[str, Any]]) -> Standing:
    """The bot as Discord has it. DiscordError."""

    async def ask(client: discord.Client) -> Standing:
        flags = client.application_flags
        return Standing(
            str(client.user),
            flags.gateway_message_content or flags.gateway_message_content_limited,
            sync.changes(await sync.registered(client), commands),
            tuple([server async for server in _servers(client)]),
        )

    return _asked(options, ask)


def register(options: DiscordOptions, commands: Sequence[Mapping[str, Any]]) -> Changes:
    """Registers the commands where they differ, and tells what did. DiscordError."""
    return _asked(options, lambda client: sync.synchronise(client, commands))


def invite_url(options: DiscordOptions) -> str:
    """The link that adds the bot to a server. DiscordError."""

    async def ask(client: discord.Client) -> str:
        return permissions.invite_url(client.application_id or "")

    return _asked(options, ask)


def _asked(options: DiscordOptions, ask: Callable[[discord.Client], Coroutine[Any, Any, T]]) -> T:
    async def asked() -> T:
        async with asyncio.timeout(PATIENCE), _logged_in(options) as client:
            return await ask(client)

    try:
        return asyncio.run(asked())
    except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
        found = fault(error)
        raise DiscordError(
            "error.discord_token" if found.kind == "token" else DiscordError.key,
            url=options.api_url,
            detail=found.detail,
        ) from error


@asynccontextmanager
async def _logged_in(options: DiscordOptions) -> AsyncIterator[discord.Client]:
    point_at(options.api_url, options.gateway_url)
    client = unconnected(replace(options, shards="off"))
    try:
        await client.login(options.token)
        yield client
    finally:
        await client.close()


async def _servers(client: discord.Client) -> AsyncIterator[Server]:
    after: int | None = None
    while True:
        page = await client.http.get_guilds(_PAGE, after=after, with_counts=False)
        for guild in page:
            granted = int(guild.get("permissions") or 0)
            yield Server(guild["name"], tuple(permissions.missing(granted)))
        if len(page) < _PAGE:
            return
        after = int(page[-1]["id"])
