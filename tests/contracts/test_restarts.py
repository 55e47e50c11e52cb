"""What happens twice happens once, and what was offered before a restart still works after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contracts.messenger import Messenger
from tests.contracts.test_reviews import due


@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=31)], ids=["at once", "a month later"])
def test_a_button_works_after_a_restart(chat: Messenger, away: timedelta) -> None:
    chat.needs("later")
    chat.say("/learn tokenization")
    chat.restart()
    chat.world.clock.move(away)
    assert chat.press("I studied this").says("I'll ask you about Tokenization")


def test_a_question_is_answered_shown_and_rated_across_restarts(chat: Messenger) -> None:
    chat.needs("later")
    question = due(chat)
    chat.restart()
    assert chat.press("Answer", {"Your answer": "Into tokens"}, on=question).says("You wrote", "Into tokens")
    chat.restart()
    chat.restart()
    assert chat.press("Good").says("Noted Good")


def test_plain_text_answers_after_a_restart(chat: Messenger) -> None:
    due(chat)
    chat.restart()
    assert chat.say("It cuts text into tokens").says("The notes say")


def test_what_stood_there_stands_there_after_a_restart(chat: Messenger) -> None:
    chat.needs("later")
    chat.say("What is a tokenizer?")
    chat.say("/studied tokenization")
    chat.say("/progress")
    before = chat.shown()
    chat.restart()
    assert chat.shown() == before


def test_a_line_delivered_twice_is_one_turn(chat: Messenger) -> None:
    chat.needs("repeat")
    chat.say("/studied tokenization", twice=True)
    assert len(chat.shown()) == 1
    assert len(chat.world.heard) == 1


def test_a_press_delivered_twice_is_one_press(chat: Messenger) -> None:
    chat.needs("repeat")
    chat.say("/quiz tokenization")
    chat.press("Show answer", twice=True)
    assert len(chat.shown()) == 2
    assert len(chat.world.pressed()) == 1


def test_a_form_delivered_twice_is_one_answer(chat: Messenger) -> None:
    chat.needs("repeat")
    chat.say("/quiz tokenization")
    chat.press("Answer", {"Your answer": "Into tokens"}, twice=True)
    assert len(chat.shown()) == 2
    assert len(chat.world.pressed()) == 1


def test_a_task_s_result_takes_the_place_of_its_progress(chat: Messenger) -> None:
    result = chat.say("/try tokenize one two three")
    assert result.says("3 tokens")
    chat.restart()
    assert chat.say("/try tokenize four five").says("2 tokens")


def test_a_settled_question_takes_no_second_answer(chat: Messenger) -> None:
    question = chat.say("/quiz tokenization")
    chat.press("Show answer")
    settled = next(one for one in chat.shown() if one.offered == question.offered)
    assert "Answer" not in settled.buttons
    chat.needs("stale")
    refused = chat.press("Answer", {"Your answer": "Too late"}, on=question)
    assert refused.says("You have answered this one already")
