"""After a miss: the notes explain, a question on the section, its task to be tried, and the repeat."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import config
from bot.config import NOWHERE
from bot.core.core import Core
from bot.core.reply import Reply
from bot.core.turn import Person
from bot.wiring import App, wire
from jobs.tables import AttemptRow, CardRow, JobRow
from tests.bot.conftest import ADMIN, LEARNER, Chat
from tests.bot.core.test_choices import wrong
from tests.bot.core.test_reviews import delivered
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine

NOTE = "02-tokenization.md"


def labels(reply: Reply) -> list[str]:
    return [action.label for action in reply.actions]


def missed(app: App, chat: Chat, clock: FrozenClock) -> Reply:
    """A review's answer, shown without an answer."""
    chat.say("/studied tokenization")
    clock.move(timedelta(days=1, hours=8))
    return chat.click(delivered(app)[0], "Show answer")


def test_showing_the_answer_offers_ways_on_beside_the_ratings(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    shown = missed(app, chat, clock)
    assert labels(shown)[:4] == ["Again tomorrow", "Hard", "Good", "Easy"]
    assert labels(shown)[5:7] == ["Explain", "Ask about this"]


def test_what_was_known_offers_none_of_them(chat: Chat) -> None:
    question = chat.say("/quiz transformers")
    right = next(label for label in labels(question) if "far back had faded" in label)
    assert "Explain" not in labels(chat.click(question, right))


def test_a_wrong_choice_outside_of_a_ladder_names_the_rating_again(chat: Chat) -> None:
    question = chat.say("/quiz transformers")
    verdict = chat.click(question, wrong(question))
    assert labels(verdict)[0] == "Again", "nothing would bring it back tomorrow"
    assert "Explain" in labels(verdict)


def test_explain_quotes_what_the_passage_does_not(app: App, chat: Chat, clock: FrozenClock) -> None:
    shown = missed(app, chat, clock)
    passage = shown.citations[0]
    told = chat.click(shown, "Explain")
    assert told.tone == "answer"
    assert told.citations
    assert all(f"[{number}]" in told.text for number in range(1, len(told.citations) + 1))
    for one in told.citations:
        apart = one.note != passage.note or one.end < passage.start or one.start > passage.end
        assert apart, "the passage was shown already"
        lines = app.services.library.note(app.services.course, one.note).lines
        assert "".join(one.quote.split()) in "".join("".join(lines).split())
    assert chat.click(shown, "Explain") == told, "pressed again, it says the same"


def test_explain_tells_what_the_mistaken_term_is(chat: Chat, app: App) -> None:
    for _ in range(30):
        question = chat.say("/quiz tokenization")
        offered = [one for one in question.actions if one.id.startswith("choose?")]
        if not offered:
            chat.click(question, "Show answer")
            continue
        attempt = int(offered[0].id.split("attempt=")[1].split("&")[0])
        choices = app.services.reviews.asked(attempt).choices
        at = next(at for at, choice in enumerate(choices) if not choice.correct)
        told = chat.click(chat.press(offered[at].id), "Explain")
        if f"On **{choices[at].text}**" in told.text:
            assert "On **" in told.text
            return
    pytest.fail("no term that was mistaken was explained")


def test_again_tomorrow_is_one_press_and_keeps_the_ladder(app: App, chat: Chat, clock: FrozenClock) -> None:
    shown = missed(app, chat, clock)
    before = app.reviews.upcoming(1)
    for _ in range(2):
        told = chat.click(shown, "Again tomorrow").text
        assert "I'll ask once more tomorrow" in told
        assert "The next review comes" in told
    after = app.reviews.upcoming(1)
    assert {one.review_id for one in before} < {one.review_id for one in after}
    assert len(after) == len(before) + 1
    clock.move(timedelta(days=1))
    assert "Once more" in delivered(app)[0].text


@pytest.fixture
def scheduled(
    indexed: Path, tmp_path: Path, clock: FrozenClock, engine: InProcessEngine, request: pytest.FixtureRequest
) -> Iterator[App]:
    """An application whose `RECAP_REVIEW__SCHEDULE` is the parameter."""
    shutil.copytree(indexed, tmp_path / "data")
    environment = {
        "RECAP_DATA_PATH": str(tmp_path / "data"),
        "RECAP_NOTES__PATH": str(tmp_path / "data" / "notes"),
        "RECAP_REVIEW__SCHEDULE": request.param,
    }
    app = wire(config.load(environment, NOWHERE), clock, engine)
    app.prepare()
    yield app
    app.stop()


def next_question(app: App, clock: FrozenClock) -> Reply:
    """What comes by itself next, at its moment."""
    moment = app.delivery.next_due()
    assert moment is not None
    clock.set(max(moment, clock.now()))
    (question,) = delivered(app)
    return question


@pytest.mark.parametrize("scheduled", ["ladder+fsrs", "fsrs"], indirect=True)
def test_again_tomorrow_brings_the_question_back_where_no_ladder_is_left_too(
    scheduled: App, clock: FrozenClock
) -> None:
    chat = Chat(scheduled)
    chat.say("/studied tokenization")
    for _ in range(5):
        question = next_question(scheduled, clock)
        chat.click(chat.click(question, "Show answer"), "Good")
    for _ in range(3):
        question = next_question(scheduled, clock)
        assert question.text.startswith("Before you forget")
        shown = chat.click(question, "Show answer")
        assert "I'll ask once more tomorrow" in chat.click(shown, "Again tomorrow").text
        clock.move(timedelta(days=1))
        (back,) = delivered(scheduled)
        assert shown.text.splitlines()[0] in back.text
        rated = chat.click(chat.click(back, "Show answer"), "Good").text
        assert "I come back when you are about to forget: next" in rated


@pytest.mark.parametrize(
    ("scheduled", "same"),
    [("fsrs", "falls on that day too, so it is the same question"), ("ladder", "The next review comes")],
    indirect=["scheduled"],
)
def test_a_miss_whose_next_review_is_tomorrow_anyway_promises_one_question(
    scheduled: App, clock: FrozenClock, same: str
) -> None:
    chat = Chat(scheduled)
    chat.say("/studied tokenization")
    for _ in range(2):
        shown = chat.click(next_question(scheduled, clock), "Show answer")
        told = chat.click(shown, "Again tomorrow").text
    assert same in told
    assert told.count("tomorrow") == 1
    assert next_question(scheduled, clock).tone == "question"
    assert delivered(scheduled) == []


def test_what_is_written_after_ask_about_this_is_a_question_on_that_section(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    shown = missed(app, chat, clock)
    asked = chat.click(shown, "Ask about this")
    assert "What you write here next" in asked.text
    assert asked.tone == "question"
    app.core = Core(app.services)
    answered = chat.say("Why does it give no text back with the capital T")
    assert answered.tone == "answer"
    assert "I took that" not in answered.text
    assert answered.citations[0].note == NOTE
    assert app.services.misses.topic("web", "page", 1) is None


def test_a_question_that_leans_on_the_topic_is_read_with_it(app: App, chat: Chat, clock: FrozenClock) -> None:
    shown = missed(app, chat, clock)
    chat.click(shown, "Ask about this")
    assert "Text to Numbers and Back" in chat.say("And what is it without the capital T?").text


def test_the_topic_stands_although_a_question_of_ours_arrives(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    shown = missed(app, chat, clock)
    chat.say("/studied embeddings")
    clock.move(timedelta(days=1, hours=2))
    chat.click(shown, "Ask about this")
    assert [one.tone for one in delivered(app)] == ["question"]
    assert "I took that" not in chat.say("tell me more on the vocabulary").text
    assert "I took that" in chat.say("It turns text into vectors").text


@pytest.mark.parametrize("turn", ["/progress", "/quiz tokenization"])
def test_any_other_turn_closes_the_topic(app: App, chat: Chat, clock: FrozenClock, turn: str) -> None:
    chat.click(missed(app, chat, clock), "Ask about this")
    chat.say(turn)
    assert app.services.misses.topic("web", "page", 1) is None


def test_the_question_may_come_by_form(app: App, chat: Chat, clock: FrozenClock) -> None:
    asked = chat.click(missed(app, chat, clock), "Ask about this")
    assert chat.click(asked, "Ask", question="What is a tokenizer?").citations
    assert "empty" in chat.click(asked, "Ask", question=" ").text


def pipelines(chat: Chat) -> Reply:
    """A miss in a section whose code calls a task."""
    for _ in range(60):
        shown = chat.click(chat.say("/quiz pipelines"), "Show answer")
        if any(label.startswith("Try it: /try") for label in labels(shown)):
            return shown
    raise AssertionError("no section taught a task")


def test_try_it_is_filled_with_the_section_s_own_task_and_runs_it(app: App, chat: Chat) -> None:
    shown = pipelines(chat)
    button = next(one for one in shown.actions if one.label.startswith("Try it"))
    task = button.label.rpartition(" ")[2]
    assert button.fields[0].value
    given = {one.name: one.value for one in button.fields}
    assert chat.press(button.id, **{**given, "text": "Something else"}).tone == "progress"
    assert chat.press(button.id).tone == "progress", "without a form, on the example"
    with app.database.session() as session:
        first, second = (session.get_one(JobRow, number).request for number in (1, 2))
    assert (first["task"], first["text"]) == (task, "Something else")
    assert (second["task"], second["text"]) == (task, given["text"])


def test_a_miss_told_by_its_rating_alone_offers_the_ways_with_it(chat: Chat) -> None:
    question = chat.say("/quiz transformers")
    right = next(label for label in labels(question) if "far back had faded" in label)
    rated = chat.click(chat.click(question, right), "Again")
    assert labels(rated)[-2:] == ["Explain", "Ask about this"]
    assert chat.click(rated, "Explain").tone == "answer"


def test_a_miss_that_was_shown_as_one_offers_nothing_twice(chat: Chat) -> None:
    question = chat.say("/quiz transformers")
    assert "Explain" not in labels(chat.click(chat.click(question, wrong(question)), "Again"))


def test_beside_a_session_s_next_question_the_ways_name_their_topic(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    chat.say("/studied tokenization")
    chat.say("/studied embeddings")
    clock.move(timedelta(days=1, hours=8))
    first = delivered(app)[0]
    attempt = int(first.actions[0].id.split("attempt=")[1].split("&")[0])
    with app.database.session() as session:
        told = session.get_one(CardRow, session.get_one(AttemptRow, attempt).card_id).answer
    answered = chat.say(told)
    assert "Explain" not in labels(answered), "it was judged right"
    title = app.services.reviews.asked(attempt).title
    following = chat.click(answered, "Again")
    assert following.tone == "question"
    assert f"Explain: {title}" in labels(following)
    explained = chat.click(following, "Explain")
    assert explained.actions[0].id == f"ask_about?attempt={attempt}"
    assert following.actions[0].id != first.actions[0].id, "the session goes on"


@pytest.mark.parametrize("action", ["explain", "ask_about", "ask_on", "try_taught"])
def test_an_open_question_is_not_told_nor_anyone_else_s(
    app: App, chat: Chat, chats: Callable[[Person], Chat], action: str
) -> None:
    question = chat.say("/quiz tokenization")
    attempt = question.actions[0].id.split("attempt=")[1].split("&")[0]
    fields = {"question": "What is it?"}
    assert "still open" in chat.press(f"{action}?attempt={attempt}", **fields).text
    other = chats(ADMIN)
    assert other.person != LEARNER
    assert other.press(f"{action}?attempt={attempt}", **fields).tone == "error"
