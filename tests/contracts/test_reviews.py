"""Reviews come by themselves, are answered, rated, put off; the same wherever one is met."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core import catalogue
from knowledge.notes import Language
from tests.contracts.conftest import Meet
from tests.contracts.messenger import ZONE, Messenger, Shown

DUE = timedelta(days=1, hours=7)
"""From the frozen clock's morning to the review hour of the next day."""


def study(chat: Messenger) -> Shown:
    """Studies a note; its reviews come at the person's hour."""
    chat.say(f"/settings zone {ZONE}")  # not every platform knows where a person lives
    return chat.say("/studied tokenization")


def due(chat: Messenger) -> Shown:
    """Studies a note and lets its first review come."""
    study(chat)
    before = len(chat.shown())
    chat.advance(DUE)
    shown = chat.shown()
    assert len(shown) == before + 1, "one message came, by itself"
    return shown[-1]


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_review_comes_by_itself_and_asks(meet: Meet, language: Language) -> None:
    chat = meet(language)
    question = due(chat)
    head = catalogue.label(language, "question.review", step=1, steps=4, title="Tokenization")
    assert question.says(head.replace("**", ""))
    assert question.private
    assert question.buttons == tuple(
        catalogue.label(language, f"action.{name}") for name in ("answer", "show", "later")
    )


def test_it_comes_once_however_often_one_looks(chat: Messenger) -> None:
    due(chat)
    count = len(chat.shown())
    chat.advance(timedelta(minutes=5))
    chat.advance(timedelta(minutes=5))
    assert len(chat.shown()) == count


def test_plain_text_answers_it_and_a_rating_plans_the_next(chat: Messenger) -> None:
    due(chat)
    answered = chat.say("It cuts text into tokens")
    assert answered.says("It cuts text into tokens", "The notes say")
    assert [source.note for source in answered.sources] == ["02-tokenization.md"]
    assert answered.buttons[:4] == ("Again", "Hard", "Good", "Easy")
    rated = chat.press("Good")
    assert rated.says("Noted Good", "The next review comes")


def test_a_form_answers_it(chat: Messenger) -> None:
    due(chat)
    answered = chat.press("Answer", {"Your answer": "Into pieces\nof *words*"})
    assert answered.says("You wrote", "Into pieces", "of words")
    assert "Good" in answered.buttons


def test_the_answer_can_be_shown_instead(chat: Messenger) -> None:
    due(chat)
    shown = chat.press("Show answer")
    assert shown.says("The notes say")
    assert chat.press("Again tomorrow").says("I'll ask once more")


def test_later_brings_it_back(chat: Messenger) -> None:
    due(chat)
    assert chat.press("Later").says("All right")
    count = len(chat.shown())
    chat.advance(timedelta(hours=1))
    shown = chat.shown()
    assert len(shown) == count + 1
    assert "Show answer" in shown[-1].buttons


def test_what_ends_in_a_question_mark_asks_although_a_review_is_open(chat: Messenger) -> None:
    due(chat)
    asked = chat.say("What is a tokenizer?")
    assert asked.sources
    assert not asked.says("You wrote")


def test_one_that_fell_due_while_nothing_ran_comes_once_and_says_that_it_is_late(chat: Messenger) -> None:
    study(chat)
    chat.world.clock.move(timedelta(days=2, hours=9))
    count = len(chat.shown())
    chat.restart()
    chat.advance(timedelta(0))
    shown = chat.shown()
    assert len(shown) == count + 1
    assert shown[-1].says("late")


def test_the_ladder_is_climbed_to_its_end(chat: Messenger) -> None:
    study(chat)
    chat.advance(timedelta(hours=8))
    for days in (1, 2, 4, 24):
        chat.advance(timedelta(days=days))
        assert "Show answer" in chat.last().buttons
        chat.press("Show answer")
        chat.press("Good")
    assert chat.last().says("From here on I come back when you are about to forget")
    assert chat.say("/progress").says("4 4")


def test_stopping_ends_them(chat: Messenger) -> None:
    study(chat)
    assert chat.press("Stop these reviews").says("won't ask you about Tokenization")
    count = len(chat.shown())
    chat.advance(DUE)
    assert len(chat.shown()) == count
