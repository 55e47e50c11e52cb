"""The Web API of each workspace, whichever way Recap came into it. Lives on Slack's loop.

Every client is made here, so that all of them go where the settings say, and none through a proxy that
the environment happens to name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.failures import NotInstalled, translated
from bot.platforms.slack.limits import ShortLimit
from bot.platforms.slack.options import SlackOptions

Pause = Callable[[float], Awaitable[object]]

TIMEOUT = 20
"""Seconds that one call takes at most."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in a workspace."""

    team: str
    title: str
    """The workspace's name."""
    bot_user: str
    bot: str = ""
    """Its bot id, by which Slack marks its messages."""
    name: str = ""
    """The bot's name there."""
    enterprise: str | None = None
    """The organization that the workspace belongs to."""


def web_client(
    options: SlackOptions,
    token: str | None = None,
    session: aiohttp.ClientSession | None = None,
    pause: Pause = asyncio.sleep,
) -> AsyncWebClient:
    """A client that waits out short limits by itself, and tries nothing else again."""
    client = AsyncWebClient(
        token,
        base_url=options.api_url,
        timeout=TIMEOUT,
        session=session,
        retry_handlers=[ShortLimit(pause)],
    )
    client.proxy = None
    return client


class Connections:
    """The connections that all clients share, opened with the first call."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class OneWorkspace:
    """Implements `seam.Clients` with the one token of the settings."""

    def __init__(self, options: SlackOptions, pause: Pause = asyncio.sleep) -> None:
        self._options = options
        self._pause = pause
        self._connections = Connections()
        self._client: AsyncWebClient | None = None
        self._identity: Identity | None = None
        self._asking = asyncio.Lock()

    async def of(self, team: str) -> AsyncWebClient:
        await self.identity(team)
        return self._unchecked()

    async def bot_user(self, team: str) -> str:
        return (await self.identity(team)).bot_user

    async def identity(self, team: str) -> Identity:
        """Who the bot is there. `failures.NotInstalled` for another workspace; `Later`: can't be asked."""
        known = await self.own()
        if known.team != team:
            raise NotInstalled(f"the token is of workspace {known.team}, not of {team}")
        return known

    async def own(self) -> Identity:
        """Who the bot is in the workspace of its token: Slack is asked once."""
        async with self._asking:
            if self._identity is None:
                self._identity = await identified(self._unchecked())
            return self._identity

    async def teams(self) -> list[str]:
        """The workspaces that the app is installed in."""
        return [(await self.own()).team]

    async def forget(self, team: str) -> None:
        """What is known of that workspace may hold no longer: it is asked for anew."""
        if self._identity is not None and self._identity.team == team:
            self._identity = None

    async def close(self) -> None:
        """Closes the connections."""
        await self._connections.close()

    def _unchecked(self) -> AsyncWebClient:
        if self._client is None:
            session = self._connections.session()
            self._client = web_client(self._options, self._options.bot_token, session, self._pause)
        return self._client


async def identified(client: AsyncWebClient) -> Identity:
    """Asks Slack whose token a client has. A `Failure` where it doesn't tell."""
    with translated():
        told: dict[str, Any] = dict((await client.auth_test()).data)  # type: ignore[arg-type]
    return Identity(
        team=told["team_id"],
        title=told.get("team", ""),
        bot_user=told["user_id"],
        bot=told.get("bot_id", ""),
        name=told.get("user", ""),
        enterprise=told.get("enterprise_id"),
    )
