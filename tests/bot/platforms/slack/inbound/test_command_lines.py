"""Slash commands: one line of text."""

from __future__ import annotations

import pytest

from bot.core.commands import COMMANDS
from bot.core.turn import Call, Line
from bot.platforms.slack.inbound.commands import is_private, read, read_line


@pytest.mark.parametrize("prefix", ["", "study-"])
def test_every_command_is_known_by_its_name_and_by_ours(prefix: str) -> None:
    for name, command in COMMANDS.items():
        for asked in (read(f"/{prefix}{name}", "", prefix), read("/recap", name, prefix)):
            assert asked.did == Call(name, {})
            assert asked.private is command.private


@pytest.mark.parametrize(
    ("command", "text", "did"),
    [
        ("/ask", "What is &lt;unk&gt;?", Call("ask", {"question": "What is <unk>?"})),
        ("/ask", "one\n\ntwo", Call("ask", {"question": "one\n\ntwo"})),
        ("/ASK", "Какво е BPE?", Call("ask", {"question": "Какво е BPE?"})),
        (
            "/try",
            "classify labels:“sports, politics” It’s <http://over.com|over.com>",
            Call("try", {"task": "classify", "labels": "sports, politics", "text": "It’s over.com"}),
        ),
        ("/recap", "", Call("help")),
        ("/recap", "help try", Call("help", {"command": "try"})),
        ("/recap", "/quiz tokenizers", Call("quiz", {"topic": "tokenizers"})),
        ("/recap", "ask What?", Call("ask", {"question": "What?"})),
        ("/recap", "What is a tokenizer?", Call("ask", {"question": "What is a tokenizer?"})),
        ("/recap", "如何微调模型 呢", Call("ask", {"question": "如何微调模型 呢"})),
        ("/recap", "help me with subwords?", Call("ask", {"question": "help me with subwords?"})),
        ("/recap", "help try?", Call("help", {"command": "try?"})),
        ("/recap", "quizz", Line("/quizz")),
        ("/recap", "quizz tokenizers", Line("/quizz tokenizers")),
        ("/recap", "xyzzy", Line("/xyzzy")),
        ("/aks", "What?", Line("/aks What?")),
    ],
)
def test_a_line_becomes_what_was_meant(command: str, text: str, did: Call | Line) -> None:
    assert read(command, text).did == did


def test_a_prefix_stands_before_every_name_but_ours() -> None:
    assert read("/study-quiz", "bpe", "study-").did == Call("quiz", {"topic": "bpe"})
    assert read("/study-recap", "quiz", "study-").did == Call("quiz")
    assert read_line("/study-ask What?", "study-").did == Call("ask", {"question": "What?"})
    assert read_line("/ask What\nelse?", "study-").did == Call("ask", {"question": "What\nelse?"})


def test_what_is_missing_is_told() -> None:
    assert read("/try", "").incomplete == Call("try")
    assert read("/try", "tokenize").incomplete == Call("try", {"task": "tokenize"})
    assert read("/ask", " ").incomplete == Call("ask")
    assert read("/ask", "What?").incomplete is None
    assert read("/quiz", "").incomplete is None
    assert read("/aks", "").incomplete is None


def test_an_upload_wants_its_files() -> None:
    assert read("/notes", "upload").wants_files
    assert read("/recap", "notes upload").wants_files
    assert not read("/notes", "undo").wants_files


def test_what_concerns_one_person_is_private() -> None:
    assert is_private("settings?setting=zone")
    assert not is_private("ask?question=x")
    assert not is_private("rate?attempt=1&rating=3")
    assert read("/asq", "x").private
