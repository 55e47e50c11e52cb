"""*Quiz me on this* under an answer: a question on what it cites, which comes back; the same everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core import catalogue
from knowledge.notes import Language
from tests.contracts.conftest import Meet
from tests.contracts.messenger import ZONE, Messenger, Shown
from tests.contracts.test_reviews import DUE

QUESTION = "What is attention?"
TITLE = "Key Concepts (Transformers)"
"""Of the section that the answer cites first."""
QUIZ_THIS = "Quiz me on this"


def quizzed(chat: Messenger) -> Shown:
    """The question that a press under an answer brings."""
    chat.say(f"/settings zone {ZONE}")  # not every platform knows where a person lives
    answer = chat.say(QUESTION)
    assert answer.sources[0].note == "01-transformers.md"
    return chat.press(QUIZ_THIS, on=answer)


def test_a_press_under_an_answer_asks_about_its_section_and_says_when_it_returns(chat: Messenger) -> None:
    question = quizzed(chat)
    assert question.says("Quiz", f"{TITLE} is among your reviews now and comes back tomorrow")
    assert "Show answer" in question.buttons
    shown = chat.press("Show answer", on=question)
    assert [source.note for source in shown.sources] == ["01-transformers.md"]
    assert chat.press("Good").says("Noted Good")


def test_the_section_comes_back_by_itself_the_next_day(chat: Messenger) -> None:
    quizzed(chat)
    chat.press("Show answer")
    chat.press("Good")
    before = len(chat.shown())
    chat.advance(DUE)
    shown = chat.shown()
    assert len(shown) == before + 1
    assert shown[-1].says(f"Review 1 of 4 {TITLE}")


def test_asked_and_pressed_again_no_second_ladder_begins(chat: Messenger) -> None:
    quizzed(chat)
    again = chat.press(QUIZ_THIS, on=chat.say(QUESTION))
    assert again.says(f"{TITLE} is among your reviews already and comes back")
    assert "Show answer" in again.buttons
    assert chat.say("/progress").text.count(TITLE) == 1
    chat.advance(DUE + timedelta(minutes=1))
    assert chat.last().says("Review 1 of 4")


def test_it_works_after_a_restart(chat: Messenger) -> None:
    chat.needs("later")
    answer = chat.say(QUESTION)
    chat.restart()
    assert chat.press(QUIZ_THIS, on=answer).says("is among your reviews now")


def test_delivered_twice_it_puts_one_question(chat: Messenger) -> None:
    chat.needs("repeat")
    answer = chat.say(QUESTION)
    count = len(chat.shown())
    question = chat.press(QUIZ_THIS, on=answer, twice=True)
    assert question.says("is among your reviews now")
    assert len(chat.shown()) == count + 1


@pytest.mark.parametrize(("language", "question"), [("bg", "Какво е токенизация?"), ("zh", "什么是微调？")])
def test_it_speaks_the_person_s_language(meet: Meet, language: Language, question: str) -> None:
    chat = meet(language)
    answer = chat.say(question)
    asked = chat.press(catalogue.label(language, "action.quiz_this"), on=answer)
    said = catalogue.label(language, "quiz.begun", title="|", when="|")
    assert asked.says(max(said.replace("*", "").split("|"), key=len))
