"""Every command, in every language, on every platform."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.core import catalogue, handlers
from bot.core.commands import COMMANDS
from knowledge.notes import Language
from tests.contracts.conftest import Meet
from tests.contracts.messenger import Messenger, Shown
from tests.contracts.terminal import TerminalMessenger


@dataclass(frozen=True)
class Case:
    """What is typed, and what a person must then be able to see."""

    lines: tuple[str, ...]
    """The last one is the command's; those before prepare it."""
    holds: Callable[[Shown, Language], bool]
    told: str = ""
    """A sentence of the catalogue (without inserts) that stands in it."""


def offers(*actions: str) -> Callable[[Shown, Language], bool]:
    """The labels of buttons, as keys of the catalogue, stand under the message."""
    return lambda shown, language: {catalogue.label(language, key) for key in actions} <= set(shown.buttons)


def quotes(key: str) -> Callable[[Shown, Language], bool]:
    """The words of a sentence stand in it, up to where something is inserted."""
    return lambda shown, language: shown.says(catalogue.load(language)[key].partition("{")[0])


QUESTIONS: dict[Language, str] = {
    "en": "What is a tokenizer?",
    "bg": "Какво е токенизация?",
    "zh": "如何微调模型？",
}
CASES: dict[str, Case] = {
    "ask": Case(("/ask {question}",), lambda shown, _: bool(shown.sources and shown.buttons)),
    "try": Case(("/try tokenize a b c",), lambda shown, _: shown.says("a", "b", "c", "test model")),
    "learn": Case(("/learn",), lambda shown, _: "Tokenization" in shown.buttons, "learn.note"),
    "studied": Case(("/studied tokenization",), offers("action.quiz_now", "action.stop")),
    "quiz": Case(("/quiz tokenization",), offers("action.answer", "action.show")),
    "review": Case(("/studied tokenization", "/review"), quotes("review.next")),
    "progress": Case(
        ("/studied tokenization", "/progress"),
        lambda shown, _: shown.says("Tokenization", "0 4"),
        "progress.step",
    ),
    "settings": Case(("/settings",), offers("action.change"), "settings.quiet"),
    "notes": Case(("/notes",), offers("action.notes_refresh", "action.notes_gaps"), "notes.counts"),
    "link": Case(("/link",), lambda shown, _: bool(re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", shown.text))),
    "export": Case(
        ("/studied tokenization", "/export anki"), lambda shown, _: set(shown.files) == {"recap.apkg"}
    ),
    "forget": Case(("/forget",), offers("action.forget")),
    "course": Case(("/course",), quotes("course.only")),
    "group": Case(("/group",), quotes("error.group_alone")),
    "help": Case(
        ("/help",),
        lambda shown, _: all(shown.says(one.name) for one in COMMANDS.values() if not one.admin),
        "command.quiz.summary",
    ),
}


def test_every_command_has_its_case() -> None:
    assert set(COMMANDS) == set(CASES)
    assert all(case.lines[-1].split()[0] == f"/{command}" for command, case in CASES.items())


@pytest.mark.parametrize("platform", [TerminalMessenger], ids=["terminal"])
def test_a_command_that_is_broken_is_noticed(chat: Messenger, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in COMMANDS:
        with monkeypatch.context() as broken:
            broken.setitem(
                handlers.COMMANDS, command, lambda context, arguments: context.reply("studied.which")
            )
            with pytest.raises(AssertionError):
                hold(chat, CASES[command], "en")


@pytest.mark.parametrize("platform", [TerminalMessenger], ids=["terminal"])
def test_no_command_s_reply_passes_for_another_s(chat: Messenger) -> None:
    shown = {command: said(chat, case, "en") for command, case in CASES.items()}
    passing = {
        (command, other)
        for command, case in CASES.items()
        for other, message in shown.items()
        if fulfils(case, message, "en")
    }
    assert passing == {(command, command) for command in CASES}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_means_the_same_everywhere(chat: Messenger, command: str) -> None:
    hold(chat, CASES[command], "en")


@pytest.mark.parametrize("language", ["bg", "zh"])
def test_every_command_speaks_the_person_s_language(meet: Meet, language: Language) -> None:
    chat = meet(language)
    for command in COMMANDS:
        hold(chat, CASES[command], language)


def hold(chat: Messenger, case: Case, language: Language) -> None:
    shown = said(chat, case, language)
    assert fulfils(case, shown, language), shown
    assert in_script(shown.text, language), shown


def said(chat: Messenger, case: Case, language: Language) -> Shown:
    for line in case.lines:
        shown = chat.say(line.format(question=QUESTIONS[language]))
    return shown


def fulfils(case: Case, shown: Shown, language: Language) -> bool:
    told = not case.told or shown.says(catalogue.label(language, case.told))
    return case.holds(shown, language) and told


def in_script(text: str, language: Language) -> bool:
    """Whether a text is in the person's language, quotes and names aside."""
    scripts = {"en": r"[A-Za-z]{3}", "bg": r"[а-яА-Я]{3}", "zh": r"[\u4e00-\u9fff]{2}"}
    return re.search(scripts[language], text) is not None
