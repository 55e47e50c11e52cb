"""Studying, being asked, answering, rating."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.core import Core
from bot.core.reply import Reply
from bot.core.turn import Line, Person, Turn
from bot.wiring import App
from tests.bot.conftest import ADMIN, LEARNER, Chat
from tests.doubles.clock import FrozenClock

NOTE = "02-tokenization.md"


def delivered(app: App) -> list[Reply]:
    app.delivery.run()
    deliveries = app.outbox.claim("web")
    replies = [app.core.present(delivery) for delivery in deliveries]
    for delivery in deliveries:
        app.outbox.sent(delivery.id, "m1")
    return replies


def test_learn_lists_notes_and_opens_one(chat: Chat) -> None:
    listed = chat.say("/learn")
    assert listed.table is not None
    assert len(listed.table.rows) == 9
    opened = chat.click(listed, "Tokenization")
    assert opened.tone == "note"
    assert NOTE in opened.text
    assert chat.say("/learn tokenization").text == opened.text


def test_an_unclear_topic_asks_which_note_is_meant(chat: Chat) -> None:
    reply = chat.say("/learn models")
    assert reply.tone in ("question", "note")
    assert "no note" in chat.say("/learn qqqqzzzz").text


def test_studying_tells_four_dates_in_the_learner_s_zone(chat: Chat, clock: FrozenClock) -> None:
    reply = chat.click(chat.say("/learn tokenization"), "I studied this")
    assert reply.tone == "success"
    assert reply.text.count("6:00") == 4
    assert "Europe/Sofia" in reply.text
    clock.move(timedelta(hours=1))
    assert "start anew" in chat.say("/studied tokenization").text


def test_a_due_review_arrives_is_answered_by_plain_text_and_rated(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    question = delivered(app)[0]
    assert question.tone == "question"
    assert "Review 1 of 4" in question.text
    assert [action.label for action in question.actions] == ["Answer", "Show answer", "Later"]
    answered = chat.say("It cuts text into tokens")
    assert "I took that as your answer" in answered.text
    assert "> It cuts text into tokens" in answered.text
    assert answered.citations[0].note == NOTE
    rated = chat.click(answered, "Good")
    assert "Noted: Good." in rated.text
    assert "The next review comes" in rated.text
    assert chat.say("What is a tokenizer?").text.startswith("From the notes"), "plain text asks again"


@pytest.mark.parametrize("question", ["What is a tokenizer?", "Какво е токенизация?", "什么是微调？"])
def test_what_ends_in_a_question_mark_is_a_question_although_a_review_is_open(
    app: App, chat: Chat, clock: FrozenClock, question: str
) -> None:
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    review = delivered(app)[0]
    asked = chat.say(question)
    assert asked.tone == "answer"
    assert asked.citations
    answered = chat.click(review, "Answer", response="It cuts text into tokens")
    assert "> It cuts text into tokens" in answered.text, "the review's button still works"


def test_an_answer_may_come_by_form_or_be_shown_or_put_off(app: App, chat: Chat, clock: FrozenClock) -> None:
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    question = delivered(app)[0]
    assert "again" in chat.click(question, "Later").text
    clock.move(timedelta(days=1))
    question = chat.say("/review")
    assert question.tone == "question"
    assert "empty" in chat.click(question, "Answer", response=" ").text
    shown = chat.click(question, "Show answer")
    assert "The notes say" in shown.text
    told = chat.click(shown, "Again").text
    assert "The next review comes tomorrow" in told, "the second step is due then too: one question comes"
    assert "once more" not in told


def test_any_other_turn_closes_the_open_question(app: App, chat: Chat, clock: FrozenClock) -> None:
    chat.say("/quiz tokenization")
    chat.say("/progress")
    assert "I took that" not in chat.say("What is a tokenizer?").text


def test_a_late_review_says_so(app: App, chat: Chat, clock: FrozenClock) -> None:
    chat.say("/studied tokenization")
    clock.move(timedelta(days=2, hours=9))
    assert "late" in delivered(app)[0].text


def test_reviews_are_presented_in_the_learner_s_language(app: App, chat: Chat, clock: FrozenClock) -> None:
    chat.say("/settings language bg")
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    assert delivered(app)[0].actions[0].label == "Отговори"


def test_after_a_restart_reviews_come_in_the_language_that_the_learner_writes(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    chat.say("Какво е токенизация?")
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    app.core = Core(app.services)
    assert delivered(app)[0].language == "bg"
    assert app.core.language("web", chat.person) == "bg"


def test_what_comes_back_after_later_is_answered_by_plain_text(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    chat.click(delivered(app)[0], "Later")
    clock.move(timedelta(hours=1))
    assert [question.tone for question in delivered(app)] == ["question"]
    assert "I took that as your answer" in chat.say("It cuts text into tokens").text


def test_plain_text_answers_no_question_that_has_not_arrived_yet(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    app.delivery.run()
    assert "I took that" not in chat.say("What is a tokenizer?").text
    assert [question.tone for question in delivered(app)] == ["question"]
    assert "I took that as your answer" in chat.say("It cuts text into tokens").text


def test_an_answer_that_is_too_long_can_be_given_again_shorter(app: App, chat: Chat) -> None:
    chat.say("/quiz tokenization")
    assert "shorter" in chat.say("word " * 2000).text
    assert "I took that as your answer" in chat.say("It cuts text into tokens").text


def test_what_was_put_off_does_not_come_back_once_its_reviews_are_stopped(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    studied = chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    chat.click(delivered(app)[0], "Later")
    chat.click(studied, "Stop")
    clock.move(timedelta(hours=2))
    assert delivered(app) == []


def test_a_question_that_was_answered_before_it_could_be_sent_is_not_sent(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    app.delivery.run()
    chat.click(chat.say("/review"), "Show answer")
    assert delivered(app) == []


def test_nothing_due_says_what_comes_next(chat: Chat) -> None:
    assert "no reviews yet" in chat.say("/review").text
    chat.say("/studied tokenization")
    assert "Nothing is due" in chat.say("/review").text


def test_quiz_asks_on_a_topic_or_on_anything(chat: Chat) -> None:
    assert chat.say("/quiz").tone == "question"
    assert "Tokenization" in chat.say("/quiz tokenization").text


def test_progress_shows_topics_and_the_week(app: App, chat: Chat) -> None:
    assert "Nothing studied" in chat.say("/progress").text
    chat.say("/studied tokenization")
    reply = chat.say("/progress")
    assert reply.table is not None
    assert "0/4" in reply.table.rows[0][1]
    assert "seven days" in reply.text
    assert reply.image is not None
    assert "Tokenization: step 0 of 4" in reply.image.alt


@pytest.mark.parametrize(
    ("language", "nothing", "unrated"),
    [
        ("en", "Nothing answered yet.", "1 answer so far, not rated yet."),
        ("bg", "Още няма отговори.", "1 отговор досега, още без оценка."),
        ("zh", "还没有作答。", "目前共作答 1 次，都还没有评分。"),
    ],
)
def test_progress_says_in_words_that_nothing_was_answered_or_rated(
    chat: Chat, language: str, nothing: str, unrated: str
) -> None:
    chat.say(f"/settings language {language}")
    chat.say("/studied tokenization")
    before = chat.say("/progress").text
    assert nothing in before
    assert "0%" not in before
    question = chat.say("/quiz tokenization")
    show = next(one for one in question.actions if one.id.startswith("show?"))
    shown = chat.press(show.id)
    after = chat.say("/progress").text
    assert unrated in after
    assert not re.search(r"\d[\s\xa0]?%", after)
    again = next(one for one in shown.actions if one.id.endswith("rating=1"))
    chat.press(again.id)
    assert re.search(r"0\\?[.,]0[\s\xa0]?%", chat.say("/progress").text), "one was rated, and missed"


def test_progress_draws_no_picture_where_none_can_be_shown(app: App, chat: Chat) -> None:
    chat.say("/studied tokenization")
    reply = app.core.dispatch(Turn("web", LEARNER, "page", "1", Line("/progress"), pictures=False))
    assert reply.image is None
    assert "seven days" in reply.text


def test_stopping_ends_the_reviews_of_a_note(app: App, chat: Chat, clock: FrozenClock) -> None:
    reply = chat.say("/studied tokenization")
    assert "won't ask" in chat.click(reply, "Stop").text
    clock.move(timedelta(days=1, hours=9))
    assert delivered(app) == []


def test_a_question_belongs_to_whom_it_was_put(chats: Callable[[Person], Chat], chat: Chat) -> None:
    question = chat.say("/quiz")
    other = chats(ADMIN)
    for action in question.actions[:2]:
        assert other.press(action.id, response="x").tone == "error"


@pytest.mark.parametrize(
    "action",
    [
        "rate?attempt=x&rating=3",
        "rate?attempt=99999&rating=3",
        "rate",
        "show?attempt=²",
        "nonsense?a=1",
        "",
        "learn?note=02-tokenization.md&line=x",
        "learn?note=../etc",
    ],
)
def test_a_button_from_elsewhere_gets_a_sentence(chat: Chat, action: str) -> None:
    reply = chat.press(action)
    assert reply.tone == "error"
    assert "log" not in reply.text


def test_after_the_ladder_the_learner_is_told_that_it_comes_before_they_forget(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    assert "whenever you are about to forget" in chat.say("/studied tokenization").text
    for _ in range(5):
        moment = app.delivery.next_due()
        assert moment is not None
        clock.set(max(moment, clock.now()))
        (question,) = delivered(app)
        rated = chat.click(chat.click(question, "Show answer"), "Good")
    assert question.text.startswith("Before you forget · **Tokenization**")
    assert "I come back when you are about to forget: next" in rated.text
    table = chat.say("/progress").table
    assert table is not None
    assert table.rows[0][1] == "████ 4/4 +1"
    assert "before you forget, next" in chat.say("/learn tokenization").text
    assert "Once more · **Tokenization**" in _missed(app, chat, clock).text


def _missed(app: App, chat: Chat, clock: FrozenClock) -> Reply:
    """The question that comes the day after a miss."""
    for rating in ("Again", ""):
        moment = app.delivery.next_due()
        assert moment is not None
        clock.set(moment)
        (question,) = delivered(app)
        if rating:
            chat.click(chat.click(question, "Show answer"), rating)
    return question
