"""The client of a language model, against an endpoint on a real socket."""

from __future__ import annotations

import logging
import socket
from typing import Any

import pytest

from jobs.errors import LlmAnswerUnusable, LlmBusy, LlmDenied, LlmRefused, LlmTimeout, LlmUnreachable
from jobs.llm import MOST_BYTES, TRIES, Endpoint, LanguageModel
from tests.doubles.language_model import MODEL, LanguageModelServer, Said, completion

SCHEMA = {"type": "object"}


class Line:
    """A server whose answers come in turn, the last one for ever; and a client that never waits."""

    def __init__(self, *said: Said, key: str | None = None, timeout: float = 5.0) -> None:
        self._said = list(said)
        self.pauses: list[float] = []
        self.server = LanguageModelServer(self._next)
        self.model = LanguageModel(
            Endpoint(self.server.url, MODEL, key, timeout), self.pauses.append, lambda: 0.5
        )

    def _next(self, _: dict[str, Any]) -> Said:
        return self._said.pop(0) if len(self._said) > 1 else self._said[0]

    def ask(self) -> str:
        with self.server:
            return self.model.ask("Write questions.", "{}", SCHEMA)


def test_it_gives_what_the_model_says_and_asks_for_json_of_the_schema() -> None:
    line = Line(completion("{}"), key="sk-1")
    assert line.ask() == "{}"
    (body,) = line.server.requests
    assert body["model"] == MODEL
    assert [one["role"] for one in body["messages"]] == ["system", "user"]
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert body["max_tokens"] > 0
    assert line.server.headers[0]["Authorization"] == "Bearer sk-1"


def test_without_a_key_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    line = Line(completion("{}"))
    line.ask()
    assert "Authorization" not in line.server.headers[0]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_waited_for_longer_each_time(status: int) -> None:
    line = Line(Said(status=status), Said(status=status), completion("now"))
    assert line.ask() == "now"
    assert line.pauses == [1.0, 2.0]


def test_it_waits_as_long_as_the_server_asks_but_not_for_ever() -> None:
    line = Line(
        Said(status=429, headers={"Retry-After": "7"}),
        Said(status=429, headers={"Retry-After": "86400"}),
        completion("now"),
    )
    assert line.ask() == "now"
    assert line.pauses == [7.0, 30.0]


def test_an_endpoint_that_goes_on_failing_is_given_up() -> None:
    line = Line(Said(status=500))
    with pytest.raises(LlmBusy) as told:
        line.ask()
    assert told.value.params["status"] == 500
    assert len(line.server.requests) == TRIES


def test_an_endpoint_that_is_not_there_is_tried_again_and_given_up() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pauses: list[float] = []
    model = LanguageModel(Endpoint(f"http://127.0.0.1:{port}/v1", MODEL), pauses.append, lambda: 0.5)
    with pytest.raises(LlmUnreachable) as told:
        model.models()
    assert told.value.params["host"] == f"127.0.0.1:{port}"
    assert len(pauses) == TRIES - 1


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_a_key_or_an_address_that_is_wrong_is_not_tried_again(status: int) -> None:
    line = Line(Said(status=status, headers={"Location": "http://127.0.0.1:9/"}), key="sk-1")
    with pytest.raises(LlmDenied):
        line.ask()
    assert len(line.server.requests) == 1


def test_an_endpoint_without_schemas_is_asked_without_from_then_on() -> None:
    def script(body: dict[str, Any]) -> Said:
        return Said(status=400) if "response_format" in body else completion("plain")

    with LanguageModelServer(script) as server:
        model = LanguageModel(Endpoint(server.url, MODEL))
        assert [model.ask("s", "u", SCHEMA) for _ in range(2)] == ["plain", "plain"]
        assert ["response_format" in body for body in server.requests] == [True, False, False]


def test_a_request_that_is_refused_either_way_is_said_to_be() -> None:
    with pytest.raises(LlmRefused):
        Line(Said(status=400)).ask()


def test_an_answer_that_never_ends_is_cut_off_in_time() -> None:
    with pytest.raises(LlmTimeout):
        Line(Said(slowly=True), timeout=0.2).ask()


@pytest.mark.parametrize("content", [b"x" * (MOST_BYTES + 1), b"<html>", b"[]", b"[" * 100_000, b"\xff"])
def test_what_is_no_answer_is_not_taken_for_one(content: bytes) -> None:
    with pytest.raises(LlmAnswerUnusable):
        Line(Said(content)).ask()


@pytest.mark.parametrize(
    "content", [b"{}", b'{"choices": []}', b'{"choices": [{"message": {"content": 1}}]}']
)
def test_a_completion_without_text_says_nothing(content: bytes) -> None:
    assert Line(Said(content)).ask() == ""


def test_it_names_its_models() -> None:
    line = Line(completion(""))
    with line.server:
        assert line.model.models() == [MODEL]


def test_no_key_reaches_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    line = Line(Said(status=500), key="sk-secret")
    with pytest.raises(LlmBusy) as told:
        line.ask()
    assert "sk-secret" not in f"{caplog.text} {told.value} {line.model.endpoint!r}"


def test_once_closed_it_does_not_try_again() -> None:
    line = Line(Said(status=500))
    line.model.close()
    with pytest.raises(LlmBusy):
        line.ask()
    assert len(line.server.requests) == 1
