"""States of OAuth: each lets one browser finish, once, the installation that it began."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, func, select

from bot.platforms.slack.installing.tables import OAuthStateRow as Row
from knowledge.clock import Clock
from knowledge.store import Database

LASTS = timedelta(minutes=10)
MOST = 10_000
"""Open at a time; more are no people who install Recap."""


class States:
    """Plain functions, for worker threads."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def issue(self) -> str | None:
        """A new one; None while too many are open."""
        state = secrets.token_urlsafe(32)
        now = self._clock.now()
        with self._database.session() as session:
            session.execute(delete(Row).where(Row.expires_at <= now))
            if (session.scalar(select(func.count()).select_from(Row)) or 0) >= MOST:
                return None
            session.add(Row(digest=_digest(state), expires_at=now + LASTS))
        return state

    def consume(self, state: str) -> bool:
        """Whether it is one of ours and young enough: for one caller, once."""
        used = delete(Row).where(Row.digest == _digest(state)).returning(Row.expires_at)
        with self._database.session() as session:
            expires_at = session.scalar(used)
        return expires_at is not None and expires_at > self._clock.now()


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
