"""*Quiz me on this* under an answer: a question at once, and its section among the reviews."""

from __future__ import annotations

from tests.bot.conftest import Chat

QUESTION = "/ask What is attention?"


def test_an_answer_leads_to_a_question_on_its_section_that_returns(chat: Chat) -> None:
    answer = chat.say(QUESTION)
    button = next(one for one in answer.actions if one.id.startswith("quiz?"))
    assert button.label == "Quiz me on this"
    first = chat.press(button.id)
    assert "is among your reviews now and comes back" in first.text
    again = chat.press(button.id)
    assert "is among your reviews already and comes back" in again.text
    # The same press twice puts one question.
    assert [one.id for one in again.actions] == [one.id for one in first.actions]


def test_a_section_that_is_gone_is_asked_about_by_its_note(chat: Chat) -> None:
    button = next(one for one in chat.say(QUESTION).actions if one.id.startswith("quiz?"))
    gone = button.id.partition("section=")[0] + "section=0000000000000000"
    asked = chat.press(gone)
    assert asked.actions
    assert "among your reviews" not in asked.text
