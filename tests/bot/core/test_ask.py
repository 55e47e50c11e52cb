"""Questions."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import config
from bot.config import NOWHERE
from bot.core.turn import Person
from bot.wiring import App, wire
from jobs.engine.protocol import EngineState
from knowledge.tables import QuestionRow
from tests.bot.conftest import Chat
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine


def test_an_answer_quotes_the_note_and_says_where(chat: Chat) -> None:
    reply = chat.say("/ask What is a tokenizer?")
    assert reply.tone == "answer"
    assert "[1]" in reply.text
    assert reply.text.startswith("From the notes")
    citation = reply.citations[0]
    view = chat.app.core.passage(citation.note, citation.start, citation.end)
    assert view.first_line <= citation.start
    quoted = view.lines[citation.start - view.first_line]
    assert quoted.strip() in citation.quote or citation.quote in quoted


def test_plain_text_is_a_question(chat: Chat) -> None:
    assert chat.say("What is a tokenizer?").citations == chat.say("/ask What is a tokenizer?").citations


def test_the_frame_is_in_the_asker_s_language_and_the_quote_as_written(chat: Chat) -> None:
    bulgarian = chat.say("Какво е токенизация?")
    assert bulgarian.language == "bg"
    assert bulgarian.text.startswith("От записките")
    chinese = chat.say("什么是微调？")
    assert chinese.language == "zh"
    assert chinese.text.startswith(("根据笔记", "笔记里没有"))


def test_buttons_follow_the_language_last_heard_until_one_is_chosen(chat: Chat) -> None:
    chat.say("Какво е токенизация?")
    assert chat.say("/help").language == "bg"
    chat.say("/settings language zh")
    assert chat.say("Какво е токенизация?").language == "zh"
    assert chat.app.core.language("web", chat.person) == "zh"


def test_what_the_notes_lack_is_said_with_the_nearest_headings(chat: Chat) -> None:
    reply = chat.say("Who won the football world cup in 1994?")
    assert "not in the notes" in reply.text
    assert not reply.citations
    if reply.actions:
        opened = chat.press(reply.actions[0].id)
        assert opened.tone == "note"


def test_answers_lead_to_the_note_and_to_a_quiz(chat: Chat) -> None:
    reply = chat.say("What is a tokenizer?")
    assert chat.click(reply, "Open note").tone == "note"
    assert chat.click(reply, "Quiz me").tone == "question"


@pytest.fixture
def of_the_worker(
    indexed: Path, tmp_path: Path, clock: FrozenClock, engine: InProcessEngine
) -> Iterator[Chat]:
    """A conversation where an encoder that lives in the worker is configured."""
    shutil.copytree(indexed, tmp_path / "worker")
    environment = {
        "RECAP_DATA_PATH": str(tmp_path / "worker"),
        "RECAP_NOTES__PATH": str(tmp_path / "worker" / "notes"),
        "RECAP_RETRIEVAL__ENCODER": "minilm",
    }
    app = wire(config.load(environment, NOWHERE), clock, engine)
    app.prepare()
    app.course.refresh(app.engine)
    yield Chat(app)
    app.stop()


def test_while_an_encoder_loads_in_the_worker_the_answer_says_that_only_words_were_searched(
    of_the_worker: Chat, engine: InProcessEngine
) -> None:
    engine.state = "starting"
    assert "still loading" in of_the_worker.say("What is a tokenizer?").text
    engine.state = "ready"
    assert "still loading" in of_the_worker.say("What is a tokenizer?").text
    engine.encoders = {"encoder": ""}
    assert "can't be loaded" in of_the_worker.say("What is a tokenizer?").text
    engine.encoders, engine.state = {}, "failing"
    assert "can't be loaded" in of_the_worker.say("What is a tokenizer?").text
    assert "зарежда" not in of_the_worker.say("Какво е токенизация?").text
    engine.encoders, engine.state = {"encoder": "minilm@1"}, "ready"
    assert "searched by words" not in of_the_worker.say("What is a tokenizer?").text


@pytest.mark.usefixtures("bundled_encoder")
@pytest.mark.parametrize("state", ["starting", "failing", "stopped"])
def test_the_bundled_encoder_doesn_t_depend_on_the_worker(
    chat: Chat, engine: InProcessEngine, state: EngineState
) -> None:
    engine.state = state
    assert "by words only" not in chat.say("What is a tokenizer?").text


@pytest.mark.usefixtures("bundled_encoder")
def test_a_language_that_the_encoder_does_not_know_is_told(chat: Chat) -> None:
    reply = chat.say("Wie funktioniert die Aufmerksamkeit in diesem Modell und warum ist sie so wichtig?")
    assert "doesn't know this language" in reply.text
    assert "doesn't know" not in chat.say("What is a tokenizer?").text
    assert "не познава" not in chat.say("Какво е токенизатор и защо е нужен на модела?").text


def test_without_the_bundled_encoder_the_answer_says_so(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.encoder.bundled.bundled_folder", lambda: tmp_path / "none")
    reply = chat.say("What is a tokenizer?")
    assert "can't be loaded" in reply.text
    assert reply.citations


def test_every_question_is_kept_for_the_gaps(app: App, chat: Chat) -> None:
    chat.say("What is a tokenizer?")
    chat.say("Who won the football world cup in 1994?")
    with app.database.session() as session:
        rows = session.scalars(select(QuestionRow).order_by(QuestionRow.id)).all()
    assert [row.answered for row in rows] == [True, False]
    assert rows[0].citations[0]["note"]


def test_too_long_and_empty_questions_are_refused_with_a_sentence(chat: Chat) -> None:
    assert "8000" in chat.say("why " * 3000).text
    assert "For example" in chat.say("/ask").text


def test_the_locale_decides_where_nothing_else_does(chats: Callable[[Person], Chat]) -> None:
    assert chats(Person("ivan", "Ivan", "bg-BG")).say("/help").language == "bg"
    assert chats(Person("wei", "Wei", "zh-CN")).say("/nonsense").language == "zh"
