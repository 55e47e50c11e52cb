"""The clients of all workspaces that installed Recap; their tokens are renewed before they expire."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.clients import TIMEOUT, Connections, Identity, Pause, web_client
from bot.platforms.slack.failures import Later, NotInstalled
from bot.platforms.slack.installing.exchange import TROUBLE, exchange
from bot.platforms.slack.installing.store import LEASE, Installation, Store
from bot.platforms.slack.options import SlackOptions
from knowledge.clock import Clock

log = logging.getLogger(__name__)

AHEAD = timedelta(hours=2)
"""How long before they expire tokens are renewed; Slack's last twelve hours."""
FRESH = timedelta(minutes=1)
"""How long what the database says of a workspace is taken as true: another process may change it."""
PROMPT = 0.05
"""Seconds that the database has to tell whether what is known still holds; Slack waits for three in all."""
PATIENCE = 25
"""How often it is looked whether another process has renewed tokens that expired."""
STEP = 0.2

_DEAD = {"account_inactive", "invalid_auth", "invalid_refresh_token", "token_expired", "token_revoked"}


@dataclass(slots=True)
class _Known:
    installation: Installation
    client: AsyncWebClient
    until: datetime


class Workspaces:
    """Implements `seam.Clients` with what is in the store."""

    def __init__(
        self, options: SlackOptions, store: Store, clock: Clock, pause: Pause = asyncio.sleep
    ) -> None:
        self._options = options
        self._store = store
        self._clock = clock
        self._pause = pause
        self._connections = Connections()
        self._known: dict[str, _Known] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._renewals: dict[str, asyncio.Task[None]] = {}
        self._not_before: dict[str, datetime] = {}
        self._looking: dict[str, asyncio.Task[_Known]] = {}

    async def of(self, team: str) -> AsyncWebClient:
        known = await self._fetched(team)
        if self._due(known.installation):
            renewal = self._renewal(known.installation)
            if renewal is not None and not self._works(known.installation):
                await asyncio.shield(renewal)
        return known.client

    async def bot_user(self, team: str) -> str:
        return (await self.identity(team)).bot_user

    async def identity(self, team: str) -> Identity:
        """Asked before anything is acknowledged: where the database is slow or away, what was known last."""
        known = self._known.get(team)
        if known is None:
            return (await self._fetched(team)).installation.identity
        if self._clock.now() >= known.until:
            looking = self._look(team)
            await asyncio.wait((looking,), timeout=PROMPT)
            if looking.done() and isinstance(looking.exception(), NotInstalled):
                looking.result()
        return known.installation.identity

    async def teams(self) -> list[str]:
        return await asyncio.to_thread(self._store.teams)

    async def forget(self, team: str) -> None:
        self._known.pop(team, None)

    async def close(self) -> None:
        """Waits for the tokens that are being renewed: what Slack gives is given once."""
        if self._renewals:
            await asyncio.wait(self._renewals.values(), timeout=TIMEOUT)
        for looking in self._looking.values():
            looking.cancel()
        await self._connections.close()

    def _look(self, team: str) -> asyncio.Task[_Known]:
        """What asks the database for a workspace, beside whatever else goes on."""

        def done(task: asyncio.Task[_Known]) -> None:
            del self._looking[team]
            error = None if task.cancelled() else task.exception()
            if error is not None and not isinstance(error, NotInstalled):
                log.warning("Slack: workspace %s can't be looked up now: %s", team, type(error).__name__)

        if team not in self._looking:
            task = asyncio.create_task(self._fetched(team), name=f"slack-workspace-{team}")
            self._looking[team] = task
            task.add_done_callback(done)
        return self._looking[team]

    async def _fetched(self, team: str) -> _Known:
        async with self._turns[team]:
            known = self._known.get(team)
            if known is not None and self._clock.now() < known.until:
                return known
            return self._remembered(await self._installed(team))

    def _remembered(self, installation: Installation) -> _Known:
        until = self._clock.now() + FRESH
        known = self._known.get(installation.team)
        if known is None:
            session = self._connections.session()
            client = web_client(self._options, installation.tokens.access, session, self._pause)
            known = self._known[installation.team] = _Known(installation, client, until)
        # Who holds the client goes on with it, under the token that works now.
        known.client.token = installation.tokens.access
        known.installation, known.until = installation, until
        return known

    async def _installed(self, team: str) -> Installation:
        installation = await asyncio.to_thread(self._store.find, team)
        if installation is None:
            self._known.pop(team, None)
            raise NotInstalled(f"Recap is not installed in workspace {team}")
        return installation

    def _due(self, installation: Installation) -> bool:
        expires_at = installation.tokens.expires_at
        return expires_at is not None and expires_at - self._clock.now() <= AHEAD

    def _works(self, installation: Installation) -> bool:
        expires_at = installation.tokens.expires_at
        return expires_at is None or self._clock.now() < expires_at

    def _renewal(self, old: Installation) -> asyncio.Task[None] | None:
        """What renews the tokens; None while they work and it was tried just now."""
        running = self._renewals.get(old.team)
        if running is not None:
            return running
        now = self._clock.now()
        if self._works(old) and now < self._not_before.get(old.team, now):
            return None
        self._not_before[old.team] = now + LEASE

        async def renew() -> None:
            self._remembered(await self._renewed(old))

        def done(task: asyncio.Task[None]) -> None:
            del self._renewals[old.team]
            if not task.cancelled() and (error := task.exception()):
                log.info("Slack: workspace %s goes on without a new token: %s", old.team, error)

        task = self._renewals[old.team] = asyncio.create_task(renew(), name=f"slack-token-{old.team}")
        task.add_done_callback(done)
        return task

    async def _renewed(self, old: Installation) -> Installation:
        """With new tokens, whoever gets them; with the old ones while they work and can't be renewed."""
        for _ in range(PATIENCE):
            if await asyncio.to_thread(self._store.lease, old):
                return await self._exchanged(old)
            current = await self._installed(old.team)
            if current.version != old.version or self._works(current):
                return current
            await self._pause(STEP)
        raise Later("another process is renewing the token", LEASE)

    async def _exchanged(self, old: Installation) -> Installation:
        asking = web_client(self._options, None, self._connections.session(), self._pause)
        given = {"grant_type": "refresh_token", "refresh_token": old.tokens.refresh}
        try:
            _, tokens = await exchange(asking, self._options, self._clock, **given)
        except TROUBLE as error:
            return await self._not_exchanged(old, error)
        # Stored before it is used: with its first use Slack takes the old one no more.
        await asyncio.to_thread(self._store.renew, old, tokens)
        return await self._installed(old.team)

    async def _not_exchanged(self, old: Installation, error: Exception) -> Installation:
        reason = error.response.get("error") if isinstance(error, SlackApiError) else None
        if reason in _DEAD:
            if await asyncio.to_thread(self._store.refuse, old, reason):
                log.error(
                    "Slack: the token of workspace %s can't be renewed (%s); install Recap there anew",
                    old.team,
                    reason,
                )
            return await self._installed(old.team)
        # The lease is left to run out, so that nobody asks again at once.
        log.warning("Slack: the token of workspace %s can't be renewed now (%s)", old.team, reason or error)
        if self._works(old):
            return old
        raise Later(f"the token can't be renewed now: {reason or error}", LEASE) from error
