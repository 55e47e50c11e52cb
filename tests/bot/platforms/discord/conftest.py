"""The loopback Discord for the tests of its platform, and a bot on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from knowledge.store import Database
from tests.bot.platforms.discord.echo import Echo
from tests.doubles.clock import FrozenClock
from tests.doubles.discord.fixtures import discord_contract, discord_server
from tests.doubles.discord_server import DiscordServer

__all__ = ["discord_contract", "discord_server"]


@pytest.fixture
def echo(discord_server: DiscordServer, database: Database, clock: FrozenClock) -> Iterator[Echo]:
    with Echo(discord_server, database, clock) as echo:
        yield echo
