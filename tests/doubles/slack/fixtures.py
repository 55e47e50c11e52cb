"""Fixtures for tests that talk to the loopback Slack; a conftest imports them by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.doubles.clock import FrozenClock
from tests.doubles.slack.contract import Contract
from tests.doubles.slack_server import SlackServer

__all__ = ["slack_contract", "slack_server"]


@pytest.fixture
def slack_server(clock: FrozenClock) -> Iterator[SlackServer]:
    """A loopback Slack on the test's clock. The test fails if Slack's rules were violated."""
    with SlackServer(clock) as server:
        yield server
    server.violations.check()


@pytest.fixture(scope="session")
def slack_contract() -> Contract:
    """Slack's published descriptions; skips the test where they are not beside the checkout."""
    contract = Contract.load()
    if contract is None:
        pytest.skip("Slack's descriptions (contracts/slack) are not beside this checkout")
    return contract
