"""The workspaces that installed Recap, with their tokens sealed. Plain functions, for worker threads."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.platforms.slack.clients import Identity
from bot.platforms.slack.installing.tables import InstallationRow as Row
from bot.platforms.slack.installing.vault import Vault
from knowledge.clock import Clock
from knowledge.store import Database, insert

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""How long one process alone renews tokens; longer than a call to Slack may take."""
_APART = timedelta(seconds=1)
"""Slack tells when something happened in whole seconds."""

State = Literal["works", "refused", "unreadable"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What opens a workspace."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    """Gets the next ones; empty: these don't expire."""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """Recap in one workspace."""

    identity: Identity
    tokens: Tokens
    app: str = ""
    scopes: str = ""
    installer: str = ""
    """Who installed it."""
    version: int = 1

    @property
    def team(self) -> str:
        return self.identity.team


class Store:
    """Any number of processes share it."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._told: set[str] = set()

    def save(self, installation: Installation) -> None:
        """A workspace installed Recap, for the first time or again."""
        identity = installation.identity
        values = {
            "title": identity.title[:200],
            "enterprise": identity.enterprise,
            "app": installation.app,
            "bot_user": identity.bot_user,
            "bot": identity.bot,
            "scopes": installation.scopes,
            "installer": installation.installer,
            "installed_at": self._clock.now(),
            "refused": None,
            "leased_until": None,
            **self._sealed(installation.tokens),
        }
        with self._database.session() as session:
            statement = insert(session, Row).values(team=identity.team, version=1, **values)
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=["team"], set_={**values, "version": Row.version + 1}
                )
            )
        self._told.discard(identity.team)

    def find(self, team: str) -> Installation | None:
        """None: Recap isn't there, or has to be installed anew."""
        with self._database.session() as session:
            row = session.get(Row, team)
            if row is None or row.refused is not None:
                return None
            opened = self._opened(session, row)
        if opened is None:
            if team not in self._told:
                self._told.add(team)
                log.error(
                    "Slack: the tokens of workspace %s were sealed with another key than slack.store_key; "
                    "give that key, or install Recap there anew",
                    team,
                )
            return None
        return Installation(
            Identity(row.team, row.title, row.bot_user, row.bot, enterprise=row.enterprise),
            Tokens(opened["access"], opened.get("refresh", ""), row.expires_at),
            row.app,
            row.scopes,
            row.installer,
            row.version,
        )

    def teams(self) -> list[str]:
        """The workspaces that Recap is in, as far as it was told."""
        with self._database.session() as session:
            return list(session.scalars(select(Row.team).where(Row.refused.is_(None)).order_by(Row.team)))

    def states(self) -> list[tuple[str, State]]:
        """Every workspace by name, and whether Recap can work there."""
        with self._database.session() as session:
            rows = session.scalars(select(Row).order_by(Row.title, Row.team)).all()
        return [
            (
                row.title or row.team,
                "refused"
                if row.refused is not None
                else "unreadable"
                if self._vault.open(row.tokens) is None
                else "works",
            )
            for row in rows
        ]

    def remove(self, team: str, at: datetime | None = None) -> bool:
        """Recap was taken out of a workspace, at that time; what was installed later stays. False: nothing
        was there."""
        gone = delete(Row).where(Row.team == team)
        if at is not None:
            gone = gone.where(Row.installed_at < at + _APART)
        with self._database.session() as session:
            return session.scalar(gone.returning(Row.team)) is not None

    def lease(self, installation: Installation) -> bool:
        """Whether the caller is the one who renews these tokens now."""
        now = self._clock.now()
        mine = (
            update(Row)
            .where(Row.team == installation.team, Row.version == installation.version, Row.refused.is_(None))
            .where(or_(Row.leased_until.is_(None), Row.leased_until <= now))
            .values(leased_until=now + LEASE)
        )
        with self._database.session() as session:
            return session.scalar(mine.returning(Row.team)) is not None

    def renew(self, installation: Installation, tokens: Tokens) -> None:
        """The tokens that come after those of `installation`, unless others came in between."""
        values = {"version": Row.version + 1, "leased_until": None, **self._sealed(tokens)}
        with self._database.session() as session:
            session.execute(
                update(Row)
                .where(Row.team == installation.team, Row.version == installation.version)
                .values(**values)
            )

    def refuse(self, installation: Installation, reason: str) -> bool:
        """Slack takes these tokens no more. False where others came in between."""
        refused = (
            update(Row)
            .where(Row.team == installation.team, Row.version == installation.version)
            .values(refused=reason[:100], leased_until=None)
        )
        with self._database.session() as session:
            return session.scalar(refused.returning(Row.team)) is not None

    def _sealed(self, tokens: Tokens) -> dict[str, object]:
        secret = {"access": tokens.access, "refresh": tokens.refresh}
        return {"tokens": self._vault.seal(secret), "expires_at": tokens.expires_at}

    def _opened(self, session: Session, row: Row) -> dict[str, str] | None:
        """With the key before the last one a secret is read once more, then it is sealed with the last."""
        opened = self._vault.open(row.tokens)
        if opened is not None and not self._vault.is_current(row.tokens):
            # Unless they were renewed since they were read: that the old ones come back must not be.
            session.execute(
                update(Row)
                .where(Row.team == row.team, Row.tokens == row.tokens)
                .values(tokens=self._vault.seal(opened))
                .execution_options(synchronize_session=False)
            )
        return opened
