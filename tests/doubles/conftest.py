"""The loopback Discord and Slack for the tests of themselves: with a bot on a real library, and bare."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.doubles.discord.fixtures import discord_contract, discord_server
from tests.doubles.discord.world import Channel
from tests.doubles.discord_bot import Bot, Running
from tests.doubles.discord_server import DiscordServer
from tests.doubles.slack.fixtures import slack_contract, slack_server
from tests.doubles.slack_bot import Bot as SlackBot
from tests.doubles.slack_running import Running as SlackRunning
from tests.doubles.slack_server import SlackServer
from tests.doubles.web_api import WebApi

__all__ = ["discord_contract", "discord_server", "slack_contract", "slack_server"]


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


@pytest.fixture(params=["socket", "http"])
def slack_bot(request: pytest.FixtureRequest, slack_server: SlackServer) -> Iterator[SlackBot]:
    """Reached by Slack, over each transport."""
    bot = SlackBot(slack_server)
    with SlackRunning(slack_server, bot, http=request.param == "http"):
        yield bot


@pytest.fixture
def api(slack_server: SlackServer) -> Iterator[WebApi]:
    """Speaks to Slack's Web API as the bot, without any library for it."""
    with WebApi(slack_server) as api:
        yield api
