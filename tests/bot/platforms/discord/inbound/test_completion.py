"""Completing options, through the unmodified library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.core import catalogue
from bot.core.complete import Choice
from bot.core.turn import Turn
from bot.wiring import App
from knowledge.notes import Language
from tests.bot.platforms.discord.inbound.conftest import Start, Town
from tests.bot.platforms.discord.inbound.cores import Wrapped


@pytest.mark.parametrize(("who", "language"), [("ada", "en"), ("boris", "bg"), ("chen", "zh")])
def test_a_task_is_completed_in_the_language_of_the_person(town: Town, who: str, language: Language) -> None:
    offered = town.server.autocomplete(getattr(town, who), town.channel, "try", "task", "tok").choices()
    assert offered[0]["value"] == "tokenize"
    assert offered[0]["name"] == f"tokenize – {catalogue.label(language, 'task.tokenize').replace('`', '')}"


@pytest.mark.parametrize(
    ("command", "option", "typed", "others", "first"),
    [
        ("try", "model", "minilm", {"task": "embed"}, "sentence-transformers/all-MiniLM-L6-v2"),
        ("learn", "topic", "token", {}, "Tokenization"),
        ("studied", "topic", "", {}, None),
        ("quiz", "topic", "фина", {}, None),
        ("settings", "value", "sof", {"setting": "zone"}, "Europe/Sofia"),
        ("settings", "value", "", {"setting": "language"}, "en"),
        ("settings", "value", "7", {"setting": "hour"}, "7"),
        ("help", "command", "st", {}, "studied"),
    ],
)
def test_every_option_that_can_be_completed_is(
    town: Town, command: str, option: str, typed: str, others: dict[str, Any], first: str | None
) -> None:
    offered = town.server.autocomplete(town.ada, town.channel, command, option, typed, **others).choices()
    assert len(offered) <= 25
    if first is not None:
        assert offered[0]["value"] == first


def test_a_completion_that_takes_too_long_offers_nothing(start: Start, app: App) -> None:
    class Slow(Wrapped):
        def choices(self, turn: Turn, parameter: str) -> Sequence[Choice]:
            self.hold.wait(20)
            return super().choices(turn, parameter)

    core = Slow(app)
    town = start(core, completion_patience=0.05)
    assert town.server.autocomplete(town.ada, town.channel, "try", "task", "tok").choices() == []
    core.hold.set()


def test_a_completion_that_fails_offers_nothing(start: Start, app: App) -> None:
    class Broken(Wrapped):
        def choices(self, turn: Turn, parameter: str) -> Sequence[Choice]:
            raise OSError("the database is away")

    town = start(Broken(app))
    assert town.server.autocomplete(town.ada, town.channel, "try", "task", "tok").choices() == []


def test_commands_for_admins_are_completed_for_admins(town: Town) -> None:
    assert town.server.autocomplete(town.ada, town.channel, "help", "command", "no").choices()
