"""Servers that the bot is added to."""

from __future__ import annotations

import queue
from collections.abc import Collection
from datetime import timedelta

import discord
import pytest

from bot.platforms.discord.inbound.guilds import greeting_place
from bot.wiring import App
from tests.bot.platforms.discord.inbound.conftest import Start, Town
from tests.doubles.clock import FrozenClock
from tests.doubles.discord import rights
from tests.doubles.discord.world import Guild


class Core:
    """Gives what it is told of servers."""

    def __init__(self) -> None:
        self.told: queue.Queue[tuple[object, ...]] = queue.Queue()

    def joined(self, platform: str, space: str, title: str, place: str | None, locale: str) -> None:
        self.told.put(("joined", platform, space, place, locale))

    def remain(self, platform: str, spaces: Collection[str]) -> None:
        """Told at every start."""

    def left(self, platform: str, space: str) -> None:
        self.told.put(("left", platform, space))

    def next(self) -> tuple[object, ...]:
        return self.told.get(timeout=10)


def heard(town: Town) -> None:
    """Waits until the bot has heard of everything so far: a command is answered after it."""
    town.server.command(town.ada, town.dm(town.ada), "help").answered()


def known(town: Town, guild: Guild) -> discord.Guild | None:
    found = town.client.get_guild(guild.id)
    return found if found and found.me and not found.unavailable else None


@pytest.mark.parametrize("locale", ["en-US", "bg", "zh-CN"])
def test_a_new_server_is_greeted_in_its_system_channel(start: Start, locale: str) -> None:
    core = Core()
    town = start(core)
    assert core.next()[2] == f"guild:{town.guild.id}"
    guild = town.server.guild("New", town.ada, locale=locale)
    assert guild.system_channel is not None
    channel = f"channel:{guild.system_channel.id}"
    assert core.next() == ("joined", "discord", f"guild:{guild.id}", channel, locale)


def test_leaving_a_server_is_told(start: Start) -> None:
    core = Core()
    town = start(core)
    town.server.remove_from_guild(town.guild)
    assert core.next()[0] == "joined"
    assert core.next() == ("left", "discord", f"guild:{town.guild.id}")


def test_the_greeting_goes_where_it_may_be_written(town: Town, clock: FrozenClock, app: App) -> None:
    second = town.server.text_channel(town.guild, "second")
    third = town.server.text_channel(town.guild, "third")
    town.server.deny(town.channel, town.guild.everyone, rights.SEND_MESSAGES)
    town.server.deny(second, town.guild.everyone, rights.ALL)

    def place() -> str | None:
        guild = known(town, town.guild)
        return greeting_place(guild, clock.now()) if guild else None

    heard(town)
    assert place() == f"channel:{third.id}"
    town.server.deny(third, town.guild.everyone, rights.SEND_MESSAGES)
    heard(town)
    assert place() is None


def test_a_server_that_says_nothing_of_us_is_not_greeted(
    town: Town, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    guild = known(town, town.guild)
    assert guild is not None
    monkeypatch.setattr(guild, "_members", {})
    assert guild.me is None
    assert greeting_place(guild, clock.now()) is None


def test_who_has_long_been_there_does_not_greet_again(town: Town, clock: FrozenClock) -> None:
    guild = known(town, town.guild)
    assert guild is not None
    assert greeting_place(guild, clock.now()) == f"channel:{town.channel.id}"
    assert greeting_place(guild, clock.now() + timedelta(days=8)) is None
