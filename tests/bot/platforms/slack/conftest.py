"""The loopback Slack for the tests of its platform, and a bot on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from knowledge.store import Database
from tests.bot.platforms.slack.echo import Echo
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.fixtures import slack_contract, slack_server
from tests.doubles.slack_server import SlackServer

__all__ = ["slack_contract", "slack_server"]


@pytest.fixture
def echo(slack_server: SlackServer, database: Database, clock: FrozenClock) -> Iterator[Echo]:
    with Echo(slack_server, database, clock) as echo:
        yield echo
