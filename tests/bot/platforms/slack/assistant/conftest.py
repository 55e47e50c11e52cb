from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.wiring import App
from tests.bot.platforms.slack.living import Living
from tests.doubles.slack.fixtures import slack_contract, slack_server
from tests.doubles.slack_server import SlackServer

__all__ = ["slack_contract", "slack_server"]


@pytest.fixture
def living(slack_server: SlackServer, app: App) -> Iterator[Living]:
    with Living(slack_server, app) as running:
        yield running
