"""The loopback Discord for the tests of itself, with a bot on discord.py and with a bare HTTP client."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.doubles.discord.fixtures import discord_contract, discord_server
from tests.doubles.discord.world import Channel
from tests.doubles.discord_bot import Bot, Running
from tests.doubles.discord_server import DiscordServer

__all__ = ["discord_contract", "discord_server"]


@pytest.fixture
def bot(discord_server: DiscordServer) -> Iterator[Running[Bot]]:
    """Connected, its commands registered."""
    with Running(discord_server, Bot()) as running:
        discord_server.connected()
        discord_server.synced()
        yield running


@pytest.fixture
def place(discord_server: DiscordServer) -> Channel:
    """#general of a server with the bot in it."""
    place = discord_server.guild("Study").system_channel
    assert place is not None
    return place


@pytest.fixture
def rest(discord_server: DiscordServer) -> Iterator[httpx.Client]:
    """Speaks to the API as the bot, without any library for it."""
    headers = {"Authorization": f"Bot {discord_server.token}"}
    with httpx.Client(base_url=discord_server.api_url, headers=headers, trust_env=False) as client:
        yield client
