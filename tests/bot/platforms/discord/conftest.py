"""The loopback Discord for the tests of its platform."""

from __future__ import annotations

from tests.doubles.discord.fixtures import discord_contract, discord_server

__all__ = ["discord_contract", "discord_server"]
