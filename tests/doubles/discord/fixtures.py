"""Fixtures for tests that talk to the loopback Discord; a conftest imports them by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.doubles.clock import FrozenClock
from tests.doubles.discord.contract import Contract
from tests.doubles.discord_server import DiscordServer

__all__ = ["discord_contract", "discord_server"]


@pytest.fixture
def discord_server(clock: FrozenClock) -> Iterator[DiscordServer]:
    """A loopback Discord on the test's clock. The test fails if Discord's rules were violated."""
    with DiscordServer(clock) as server:
        yield server
    server.violations.check()


@pytest.fixture(scope="session")
def discord_contract() -> Contract:
    """Discord's published descriptions; skips the test where they are not beside the checkout."""
    contract = Contract.load()
    if contract is None:
        pytest.skip("Discord's descriptions (contracts/discord) are not beside this checkout")
    return contract
