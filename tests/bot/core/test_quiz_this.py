"""*Quiz me on this* under an answer: a question at once, and its section among the reviews."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.reply import Action, Reply
from bot.wiring import App
from tests.bot.conftest import Chat

QUESTION = "/ask What is attention?"


def button_of(answer: Reply) -> Action:
    return next(one for one in answer.actions if one.id.startswith("quiz?"))


TITLE = "Key Concepts (Transformers)"
"""What is quizzed: the section that is cited first, without its number, and its note."""


def test_an_answer_leads_to_a_question_on_its_section_that_returns(chat: Chat) -> None:
    answer = chat.say(QUESTION)
    button = button_of(answer)
    assert button.label == "Quiz me on this"
    first = chat.press(button.id)
    assert f"*{TITLE}* is among your reviews now and comes back" in first.text
    again = chat.press(button.id)
    assert "is among your reviews already and comes back" in again.text
    # The same press twice puts one question.
    assert [one.id for one in again.actions] == [one.id for one in first.actions]


@pytest.mark.parametrize(
    ("question", "said"),
    [("Какво е токенизация?", "вече е сред преговорите ти"), ("什么是微调？", "已加入你的复习")],
)
def test_plain_questions_lead_there_in_their_own_language(chat: Chat, question: str, said: str) -> None:
    assert said in chat.press(button_of(chat.say(question)).id).text


def test_a_section_that_is_gone_is_asked_about_by_its_note(chat: Chat) -> None:
    gone = button_of(chat.say(QUESTION)).id.partition("section=")[0] + "section=0000000000000000"
    asked = chat.press(gone)
    assert asked.actions
    assert "among your reviews" not in asked.text


def test_a_section_stands_in_the_progress_beside_its_note_and_is_stopped_alone(chat: Chat) -> None:
    answer = chat.say(QUESTION)
    chat.press(button_of(answer).id)
    assert "*You:" not in chat.click(answer, "Open note").text, "the whole note is not studied"
    table = chat.say("/progress").table
    assert table is not None
    assert [row[0] for row in table.rows] == [TITLE]
    which = chat.press("stop")
    assert [one.label for one in which.actions] == [TITLE]
    assert TITLE in chat.press(which.actions[0].id).text
    assert chat.press(which.actions[0].id).tone == "error", "nothing is left to stop"


def test_whoever_reviews_the_whole_note_gets_the_question_and_no_second_ladder(chat: Chat) -> None:
    answer = chat.say(QUESTION)
    note = chat.app.library.note(chat.app.course.name, answer.citations[0].note)
    chat.press(f"studied?note={note.path}")
    asked = chat.press(button_of(answer).id)
    assert asked.tone == "question"
    assert f"*{note.title}* is among your reviews already" in asked.text
    table = chat.say("/progress").table
    assert table is not None
    assert len(table.rows) == 1


def test_what_is_gone_from_the_notes_is_said_and_can_be_let_go(app: App, chat: Chat) -> None:
    answer = chat.say(QUESTION)
    path = answer.citations[0].note
    title = app.library.note(app.course.name, path).title
    chat.press(f"studied?note={path}")
    (Path(app.services.notes_path()) / path).unlink()
    app.course.refresh(app.engine)
    table = chat.say("/progress").table
    assert table is not None
    assert [(row[0], row[2]) for row in table.rows] == [(title, "no longer in the notes")]
    assert "Nothing is due" not in chat.say("/review").text
    which = chat.press("stop")
    assert title in chat.press(which.actions[0].id).text
    assert chat.say("/progress").table is None
