"""What follows a miss, and what a model is run for once it was guessed; the same wherever one is met."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from jobs.tables import CardRow, JobRow
from tests.contracts.messenger import Messenger, Shown
from tests.contracts.test_reviews import due

WAYS = {"Explain", "Ask about this"}


def missed(chat: Messenger) -> Shown:
    """A review's answer that was shown without one of the person's own."""
    due(chat)
    return chat.press("Show answer")


def only(chat: Messenger, origin: str) -> None:
    """Leaves the note that was studied no cards but those of one kind."""
    with chat.world.app.database.session() as session:
        for row in session.scalars(select(CardRow).where(CardRow.origin != origin)):
            row.state = "retired"


def test_a_miss_offers_its_ways_on_and_one_press_brings_it_back_tomorrow(chat: Messenger) -> None:
    shown = missed(chat)
    assert shown.buttons[0] == "Again tomorrow"
    assert set(shown.buttons) >= WAYS
    assert chat.press("Again tomorrow").says("I'll ask once more tomorrow")
    count = len(chat.shown())
    chat.advance(timedelta(days=1))
    assert len(chat.shown()) == count + 1
    assert chat.last().says("Once more")


def test_explain_quotes_what_the_notes_say_besides(chat: Messenger) -> None:
    shown = missed(chat)
    explained = chat.press("Explain")
    assert explained.says("what the notes say beyond the passage")
    assert explained.sources
    assert not set(explained.sources) & set(shown.sources)


def test_what_is_typed_after_ask_about_this_is_a_question_on_it(chat: Messenger) -> None:
    missed(chat)
    assert chat.press("Ask about this").says("What you write here next, I take as a question about it")
    answered = chat.say("what is it for")
    assert answered.says("I read that as going on from")
    assert not answered.says("I took that as your answer")


def test_asking_about_it_goes_on_after_a_restart(chat: Messenger) -> None:
    missed(chat)
    chat.press("Ask about this")
    chat.restart()
    assert chat.say("what is it for").says("I read that as going on from")


def test_the_section_s_task_is_tried_on_what_the_form_holds(chat: Messenger) -> None:
    missed(chat)
    chat.press("Try it: /try tokenize", {"Text": "one two three"})
    done = chat.last()
    assert done.says("3 tokens", "one two three")


def test_a_guess_is_followed_by_the_run_in_the_same_message(chat: Messenger) -> None:
    chat.say("/quiz tokenization")
    only(chat, "predict")
    question = chat.say("/quiz tokenization")
    assert question.says("Predict, then run")
    count = len(chat.shown())
    chat.press("Answer", {"Your answer": "5"})
    done = chat.last()
    if "later" in chat.can:  # a terminal writes beneath what it wrote
        assert len(chat.shown()) == count + 1, "the result stands where the answer stood"
    assert done.says("You predicted 5", "Right the model says 5", "Run just now")
    assert chat.press("Good").says("Noted Good")


def test_the_run_is_one_although_the_answer_came_twice(chat: Messenger) -> None:
    chat.needs("repeat")
    chat.say("/quiz tokenization")
    only(chat, "predict")
    chat.say("/quiz tokenization")
    chat.press("Answer", {"Your answer": "5"}, twice=True)
    with chat.world.app.database.session() as session:
        assert len(session.scalars(select(JobRow)).all()) == 1
