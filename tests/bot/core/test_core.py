"""The boundary: whatever happens, a sentence comes back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import config
from bot.core.commands import COMMANDS
from bot.core.core import Core
from bot.core.handlers import ACTIONS
from bot.core.handlers import COMMANDS as HANDLERS
from bot.core.turn import Call, Person, Turn
from bot.wiring import App, wire
from jobs.errors import WorkerDied
from knowledge.errors import NotesError, RecapError
from tests.bot.conftest import LEARNER, Chat
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine


@pytest.fixture
def database_app(tmp_path: Path, clock: FrozenClock, database_url: str) -> Iterator[App]:
    """An application without an index, on either database."""
    environment = {"RECAP_DATA_PATH": str(tmp_path), "RECAP_DATABASE__URL": database_url}
    app = wire(config.load(environment, config.NOWHERE), clock, InProcessEngine(clock))
    app.prepare()
    yield app
    app.stop()


class Unheard(WorkerDied):
    key = "error.nobody_wrote_this"


def failing(app: App, error: Exception) -> Chat:
    """A chat whose every reading of progress fails."""

    class Broken:
        def __getattr__(self, name: str) -> object:
            if name in ("open_prompt", "close_prompt"):
                return lambda *_: None
            raise error

    app.core = Core(replace(app.services, reviews=Broken()))  # type: ignore[arg-type]
    return Chat(app)


def test_every_command_has_a_handler_and_no_button_hides_one() -> None:
    assert set(HANDLERS) == set(COMMANDS)
    assert not set(ACTIONS) & set(COMMANDS)


def test_a_surprise_becomes_a_sentence_with_a_reference_that_the_log_has(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    reply = failing(app, ZeroDivisionError("secret detail")).say("/progress")
    assert reply.tone == "error"
    assert "secret detail" not in reply.text
    reference = reply.text.split("`")[1]
    assert reference in caplog.text
    assert "secret detail" in caplog.text


def test_an_expected_error_is_told_and_not_logged_as_a_failure(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    reply = failing(app, NotesError("error.notes_missing", path="/x_y")).say("/progress")
    assert "`/x_y`" in reply.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_an_error_without_a_sentence_gets_that_of_its_nearest_class(app: App) -> None:
    assert "worker process" in failing(app, Unheard()).say("/progress").text


def test_an_error_that_lacks_a_parameter_still_gets_a_sentence(app: App) -> None:
    assert failing(app, NotesError("error.notes_missing")).say("/progress").text == (
        "The notes could not be read."
    )


def test_a_bare_error_counts_as_a_surprise(app: App) -> None:
    assert "log" in failing(app, RecapError()).say("/progress").text


def test_a_call_with_an_unknown_command_is_told(app: App) -> None:
    reply = app.core.dispatch(Turn("web", LEARNER, "p", "r", Call("quizz")))
    assert "`/quiz`" in reply.text


@pytest.mark.parametrize("attempt", [2**31, 2**63, 10**40])
@pytest.mark.parametrize(
    "action", ["show?attempt={}", "group_join?group={}", "group_rate?round={}", "retry?job={}"]
)
def test_a_number_that_no_row_can_have_is_no_surprise(
    database_app: App, action: str, attempt: int, caplog: pytest.LogCaptureFixture
) -> None:
    chat = Chat(database_app)
    assert chat.press(action.format(attempt)).tone == "error"
    assert "a turn failed" not in caplog.text


def test_help_explains_one_command_and_hides_what_is_not_for_the_person(chat: Chat) -> None:
    assert "/notes" not in chat.say("/help").text
    text = chat.say("/help /try").text
    assert '/try classify labels:"' in text
    assert "`tokenize`" in text


def test_a_newcomer_is_welcomed(app: App) -> None:
    reply = app.core.welcome(Person("x", "X", "bg"))
    assert "9 записки" in reply.text
    assert reply.actions


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=60),
    st.sampled_from(["", "/", "/ask ", "/try ", "/try tokenize ", "/learn ", "/settings "]),
)
def test_no_line_ends_in_a_surprise(app: App, text: str, start: str) -> None:
    reply = Chat(app).say(start + text)
    assert reply.text
    assert "in the log under" not in reply.text
