"""Suggestions while typing."""

from __future__ import annotations

import pytest

from bot.core import catalogue
from bot.core.turn import Call, Line, Person, Turn
from bot.wiring import App
from knowledge.encoder import BUNDLED
from tests.bot.conftest import ADMIN, LEARNER

CHINESE = Person("wei", "Wei", "zh-CN")


def inserts(app: App, line: str, person: Person = LEARNER) -> list[str]:
    return [suggestion.insert for suggestion in app.core.complete(person, line)]


def test_a_slash_shows_every_command_that_the_person_may_use(app: App) -> None:
    assert "/ask " in inserts(app, "/")
    assert "/notes " not in inserts(app, "/")
    assert "/notes " in inserts(app, "/", ADMIN)
    assert inserts(app, "/notes ") == []


def test_plain_text_is_not_completed(app: App) -> None:
    assert inserts(app, "What is") == []


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("/re", "/review"),
        ("/stdied", "/studied "),
        ("/try tok", "/try tokenize "),
        ("/try classify la", "/try classify labels:"),
        ("/try tokenize model:sent", "/try tokenize model:sentence-transformers/all-MiniLM-L6-v2 "),
        ("/try tokenize model:rec", f"/try tokenize model:{BUNDLED} "),
        ("/settings la", "/settings language "),
        ("/settings language b", "/settings language bg"),
        ("/settings zone sof", "/settings zone Europe/Sofia"),
        ("/learn token", "/learn Tokenization"),
        ("/learn fine-tuning w", "/learn Fine-tuning with Trainer"),
        ("/quiz микро", ""),
        ("/learn Първи ст", "/learn Първи стъпки с Hugging Face"),
        ("/help tr", "/help try "),
    ],
)
def test_the_first_suggestion_is_what_was_meant(app: App, line: str, first: str) -> None:
    assert next(iter(inserts(app, line)), "") == first


def test_a_task_offers_its_example_and_only_its_own_options(app: App) -> None:
    offered = inserts(app, "/try classify ")
    assert any(line.startswith('/try classify labels:"') for line in offered)
    assert "/try classify labels:" in offered
    assert "/try tokenize labels:" not in inserts(app, "/try tokenize ")


def test_text_being_written_is_left_alone(app: App) -> None:
    assert inserts(app, "/try tokenize some te") == []
    assert inserts(app, "/ask what is") == []


def test_details_are_in_the_person_s_language(app: App) -> None:
    assert "笔记" in app.core.complete(CHINESE, "/ask")[0].detail


def values(app: App, command: str, parameter: str, person: Person = LEARNER, **given: str) -> list[str]:
    turn = Turn("discord", person, "channel:1", "", Call(command, given))
    return [choice.value for choice in app.core.choices(turn, parameter)]


def test_one_parameter_is_completed_by_what_is_typed_of_it_and_of_the_others(app: App) -> None:
    assert values(app, "try", "task", task="tok") == ["tokenize"]
    assert values(app, "settings", "value", setting="zone", value="sofia") == ["Europe/Sofia"]
    assert len(values(app, "settings", "value", setting="zone")) == 25
    assert "Tokenization" in values(app, "quiz", "topic", topic="token")
    assert values(app, "settings", "setting") == [
        "language",
        "zone",
        "hour",
        "quiet",
        "where",
        "pause",
        "reviews",
    ]


def test_what_an_admin_may_choose_a_member_is_not_offered(app: App) -> None:
    assert "refresh" in values(app, "notes", "action", ADMIN)
    assert values(app, "notes", "action") == []


def test_what_is_no_parameter_has_no_choices(app: App) -> None:
    assert values(app, "nonsense", "task") == values(app, "try", "nonsense") == []
    line = Turn("discord", LEARNER, "channel:1", "", Line("/try tok"))
    assert app.core.choices(line, "task") == []


def test_details_are_in_the_language_of_the_person(app: App) -> None:
    turn = Turn("discord", CHINESE, "channel:1", "", Call("try", {"task": "tok"}))
    assert app.core.choices(turn, "task")[0].detail == catalogue.label("zh", "task.tokenize")
