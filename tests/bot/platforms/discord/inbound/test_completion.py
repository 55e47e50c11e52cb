"""Completing options, through the unmodified library."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from bot.core.turn import Turn
from bot.wiring import App
from tests.bot.platforms.discord.inbound.conftest import Start, Town


@pytest.mark.parametrize(("who", "detail"), [("ada", "cuts text"), ("boris", "разделя"), ("chen", "切")])
def test_a_task_is_completed_in_the_language_of_the_person(town: Town, who: str, detail: str) -> None:
    offered = town.server.autocomplete(getattr(town, who), town.channel, "try", "task", "tok").choices()
    assert offered[0]["value"] == "tokenize"
    assert offered[0]["name"].startswith("tokenize – ")
    assert offered[0]["name"] != "tokenize"
    assert detail


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
    hold = threading.Event()

    class Slow:
        dispatch, form = app.core.dispatch, app.core.form

        def choices(self, turn: Turn, parameter: str) -> Any:
            hold.wait(20)
            return app.core.choices(turn, parameter)

    town = start(Slow(), completion_patience=0.05)
    assert town.server.autocomplete(town.ada, town.channel, "try", "task", "tok").choices() == []
    hold.set()


def test_a_completion_that_fails_offers_nothing(start: Start, app: App) -> None:
    class Broken:
        dispatch, form = app.core.dispatch, app.core.form

        def choices(self, turn: Turn, parameter: str) -> Any:
            raise OSError("the database is away")

    town = start(Broken())
    assert town.server.autocomplete(town.ada, town.channel, "try", "task", "tok").choices() == []


def test_commands_for_admins_are_completed_for_admins(town: Town) -> None:
    assert town.server.autocomplete(town.ada, town.channel, "help", "command", "no").choices()
