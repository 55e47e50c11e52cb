"""Forms, made from the id of an action alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core import forms
from bot.core.alternatives import group
from bot.core.turn import Person, Press, Turn
from bot.wiring import App
from knowledge.notes import Language
from tests.bot.conftest import LEARNER, Chat

CHINESE = Person("wei", "Wei", "zh-CN")


def form(app: App, action: str, person: Person = LEARNER) -> forms.Form | None:
    return app.core.form(Turn("web", person, "page", "1", Press(action)))


def test_the_form_of_an_answer_shows_what_is_being_answered(app: App, chat: Chat) -> None:
    question = chat.say("/quiz tokenizers")
    shown = form(app, question.actions[0].id)
    assert shown is not None
    assert shown.title == "Answer"
    assert shown.lead
    assert shown.lead.strip("*") in question.text
    assert [field.label for field in shown.fields] == ["Your answer"]


def test_the_form_of_the_settings_holds_what_is_set(app: App, chat: Chat) -> None:
    chat.say("/settings quiet 23-7")
    shown = form(app, "settings")
    assert shown is not None
    assert {field.name: field.value for field in shown.fields} == {
        "language": "auto",
        "zone": "Europe/Sofia",
        "hour": "18",
        "quiet": "23-7",
    }


def test_a_person_never_met_gets_the_form_in_their_own_language(app: App) -> None:
    shown = form(app, "settings", CHINESE)
    assert shown is not None
    assert shown.title == "设置"


def test_a_question_of_someone_else_has_no_form_and_the_press_says_why(
    app: App, chat: Chat, chats: Callable[[Person], Chat]
) -> None:
    question = chat.say("/quiz tokenizers")
    stranger = chats(CHINESE)
    answer = question.actions[0].id
    assert form(app, answer, CHINESE) is None
    refused = stranger.press(answer)
    assert refused.tone == "error"
    assert refused.private
    assert "另" in refused.text or "别人" in refused.text or "其他" in refused.text


def test_a_question_that_was_answered_has_no_form_any_more(app: App, chat: Chat) -> None:
    question = chat.say("/quiz tokenizers")
    chat.click(question, "Answer", response="They cut text into tokens.")
    assert form(app, question.actions[0].id) is None
    assert chat.press(question.actions[0].id).tone == "error"


@pytest.mark.parametrize(
    "action", ["answer?attempt=999", "answer", "answer?attempt=x", "help", "nonsense", ""]
)
def test_what_opens_no_form_is_only_pressed(app: App, action: str) -> None:
    assert form(app, action) is None


@pytest.mark.parametrize(("language", "title"), [("en", "Settings"), ("bg", "Настройки"), ("zh", "设置")])
def test_a_blank_form_needs_nothing_but_the_language(language: Language, title: str) -> None:
    blank = forms.blank("settings", language)
    assert blank is not None
    assert blank.title == title
    assert not any(field.value or field.required for field in blank.fields)
    assert forms.blank("rate?attempt=1&rating=2", language) is None


def test_a_blank_form_that_is_sent_empty_changes_nothing(app: App, chat: Chat) -> None:
    before = chat.say("/settings").table
    blank = forms.blank("settings", "en")
    assert blank is not None
    sent = chat.press("settings", **{field.name: "" for field in blank.fields})
    assert sent.table == before


def test_a_blank_form_has_the_fields_of_the_filled_one(app: App, chat: Chat) -> None:
    for action in ("settings", chat.say("/quiz tokenizers").actions[0].id):
        blank, filled = forms.blank(action, "en"), form(app, action)
        assert blank is not None
        assert filled is not None
        assert [replace(field, value="", required=False) for field in filled.fields] == [
            replace(field, value="", required=False) for field in blank.fields
        ]


def test_the_ways_to_go_on_from_a_question_settle_one_another() -> None:
    assert group("answer?attempt=7") == group("show?attempt=7") == group("later?attempt=7") != ""
    assert group("rate?attempt=7&rating=1") == group("rate?attempt=7&rating=4") != group("show?attempt=7")
    assert group("learn?note=a.md") == group("") == ""
