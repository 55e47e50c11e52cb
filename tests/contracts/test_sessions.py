"""Several due topics are one conversation, with pauses from all of it; the same wherever one is met."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core import catalogue
from knowledge.notes import Language
from tests.contracts.conftest import Meet
from tests.contracts.messenger import ZONE, Messenger, Shown
from tests.contracts.test_reviews import DUE


def session(chat: Messenger, language: Language = "en") -> Shown:
    """Studies three notes and lets their first reviews come."""
    chat.say(f"/settings zone {ZONE}")
    chat.say(f"/settings language {language}")  # the topics that follow are English
    for topic in ("tokenization", "pipelines and tasks", "embeddings"):
        chat.say(f"/studied {topic}")
    before = len(chat.shown())
    chat.advance(DUE)
    shown = chat.shown()
    assert len(shown) == before + 1, "one message came, by itself"
    return shown[-1]


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_one_message_names_the_topics_and_asks_the_first(meet: Meet, language: Language) -> None:
    first = session(meet(language), language)
    assert first.says(catalogue.label(language, "session.due", count=3, titles="").replace("*", ""))
    assert first.says("Tokenization", "Pipelines and Tasks", "Embeddings")
    assert catalogue.label(language, "action.later") in first.offered


def test_a_rating_brings_the_next_question_and_the_last_one_the_summary(chat: Messenger) -> None:
    first = session(chat)
    assert first.says("3 questions are due")
    assert first.says("1/3")
    chat.press("Show answer")
    second = chat.press("Good")
    assert second.says("Noted Good", "2/3")
    assert chat.say("Something about it").says("You wrote", "Something about it")
    third = chat.press("Again tomorrow")
    assert third.says("3/3")
    chat.press("Show answer")
    end = chat.press("Easy")
    assert end.says("That was all", "2 of 3 answers were right", "Again tomorrow")
    assert chat.say("/review").says("Nothing is due")


def test_putting_one_off_goes_on_and_offers_other_moments(chat: Messenger) -> None:
    session(chat)
    second = chat.press("Later")
    assert second.says("All right", "2/3")
    moved = next(label for label in second.offered if label.endswith(": tomorrow"))
    again = chat.press(moved)
    assert again.says("tomorrow at 6:00", "2/3")
    count = len(chat.shown())
    chat.advance(timedelta(hours=2))
    assert len(chat.shown()) == count


def test_who_stops_in_the_middle_goes_on_with_review_after_a_restart(chat: Messenger) -> None:
    chat.needs("later")
    session(chat)
    chat.press("Show answer")
    chat.press("Good")
    chat.restart()
    assert chat.say("/review").says("2/3")
    count = len(chat.shown())
    chat.advance(timedelta(hours=3))
    assert len(chat.shown()) == count, "nothing more the same day"
    chat.advance(timedelta(hours=21))
    assert chat.last().says("2 questions are due")


def test_a_rating_pressed_after_the_session_is_over_still_answers(chat: Messenger) -> None:
    session(chat)
    for _ in range(3):
        chat.press("Show answer")
        chat.press("Good")
    assert chat.last().says("That was all")
    assert chat.say("/progress").says("1 4")


def test_in_a_pause_nothing_comes_and_afterwards_it_does(chat: Messenger) -> None:
    chat.say(f"/settings zone {ZONE}")
    chat.say("/studied tokenization")
    assert chat.say("/settings pause 14d").says("paused")
    count = len(chat.shown())
    for _ in range(13):
        chat.advance(timedelta(days=1))
    assert len(chat.shown()) == count
    assert chat.say("/progress").says("Your reviews are paused")
    chat.advance(timedelta(days=1, hours=7))
    assert chat.last().says("Tokenization")
    assert not chat.last().says("late")


def test_reviews_are_turned_off_and_on_by_buttons(chat: Messenger) -> None:
    chat.say(f"/settings zone {ZONE}")
    chat.say("/studied tokenization")
    chat.say("/settings")
    assert chat.press("Turn reviews off").says("off until you turn them on")
    count = len(chat.shown())
    chat.advance(timedelta(days=40))
    assert len(chat.shown()) == count
    assert chat.press("Let reviews come again").says("Reviews")
    chat.advance(timedelta(hours=9))
    assert chat.last().says("Tokenization")


def test_a_topic_is_stopped_from_the_progress(chat: Messenger) -> None:
    chat.say("/studied tokenization")
    chat.say("/progress")
    chat.press("Stop a topic")
    assert chat.press("Tokenization").says("won't ask you about Tokenization")
    assert chat.say("/progress").says("Nothing studied yet") or not chat.last().says("Tokenization")
