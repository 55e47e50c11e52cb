"""A workspace that installed Recap, and the clients over it."""

from __future__ import annotations

from datetime import timedelta

from cryptography.fernet import Fernet

from bot.platforms.slack.clients import Identity
from bot.platforms.slack.installing.store import Installation, Store, Tokens
from bot.platforms.slack.installing.vault import Vault
from bot.platforms.slack.installing.workspaces import Workspaces
from bot.platforms.slack.options import SlackOptions
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

KEY = Fernet.generate_key().decode()
LASTS = timedelta(hours=12)


def installation(
    clock: FrozenClock | None = None, team: str = "T1", access: str = "xoxe.xoxb-1", refresh: str = "xoxe-1-1"
) -> Installation:
    """With tokens that expire where a clock is given."""
    tokens = Tokens(access, refresh, clock.now() + LASTS) if clock else Tokens(access)
    return Installation(Identity(team, "Study group", "UBOT", "B1"), tokens, "A1", "chat:write", "U1")


def store(database: Database, clock: FrozenClock, *keys: str) -> Store:
    return Store(database, Vault(keys or [KEY]), clock)


def workspaces(url: str, store: Store, clock: FrozenClock) -> Workspaces:
    async def pause(seconds: float) -> None:
        clock.move(timedelta(seconds=seconds))

    options = SlackOptions(client_id="1.2", client_secret="shh", api_url=url)  # noqa: S106
    return Workspaces(options, store, clock, pause)
