"""Hears that Recap was taken out of a workspace, or that its token was taken back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.platforms.slack.installing.store import Store
from bot.platforms.slack.places import PLATFORM, Place
from bot.platforms.slack.seam import Clients

log = logging.getLogger(__name__)


class Removal:
    """Slack tells of both when it is taken out, in either order, and perhaps again."""

    def __init__(self, left: Callable[[str, str], None], clients: Clients, store: Store | None) -> None:
        """`left`: the core's; `store` None: there is one workspace, and its token stands in the settings."""
        self._left = left
        self._clients = clients
        self._store = store

    def listen(self, app: AsyncApp) -> None:
        app.event("app_uninstalled")(self._uninstalled)
        app.event("tokens_revoked")(self._revoked)

    async def _uninstalled(self, body: dict[str, Any]) -> None:
        await self._removed(body)

    async def _revoked(self, body: dict[str, Any]) -> None:
        if body["event"].get("tokens", {}).get("bot"):
            await self._removed(body)

    async def _removed(self, body: dict[str, Any]) -> None:
        team, at = body["team_id"], datetime.fromtimestamp(body["event_time"], UTC)
        await asyncio.to_thread(self._forget, team, at)
        await self._clients.forget(team)

    def _forget(self, team: str, at: datetime) -> None:
        """Unless it was installed again since."""
        was_there = self._store is None or self._store.remove(team, at)
        if not was_there and self._store is not None and self._store.find(team):
            return
        if was_there:
            log.warning("Recap was taken out of workspace %s", team)
        # Also where it was gone already: what forgot it may have been killed before it came to this.
        self._left(PLATFORM, str(Place("team", team)))
