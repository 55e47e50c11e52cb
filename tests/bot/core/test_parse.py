"""Typed lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import parse
from bot.core.commands import COMMANDS
from bot.core.errors import CommandError


def test_options_quotes_and_the_rest_are_taken_apart() -> None:
    call = parse.parse('/try classify labels:"sports, politics" The match ended 2-1')
    assert call.command == "try"
    assert call.arguments == {
        "task": "classify",
        "labels": "sports, politics",
        "text": "The match ended 2-1",
    }


def test_the_rest_keeps_its_lines_and_code() -> None:
    text = 'def f():\n    return {"a": 1}\n\n  # labels:none'
    assert parse.parse(f"/try tokenize model:bert-base-cased\n{text}").arguments["text"] == text


def test_a_colon_in_the_text_is_no_option() -> None:
    assert parse.parse("/try tokenize model: a thing").arguments == {
        "task": "tokenize",
        "text": "model: a thing",
    }
    assert parse.parse("/ask model:x?").arguments == {"question": "model:x?"}
    assert parse.parse("/try tokenize http://x.y").arguments["text"] == "http://x.y"


def test_any_case_and_the_wide_slash_are_fine() -> None:
    assert parse.parse("／ASK 如何微调模型？").arguments == {"question": "如何微调模型？"}


@pytest.mark.parametrize(
    ("typed", "near"), [("/quizz", "/quiz"), ("/stdied", "/studied"), ("/progres", "/progress")]
)
def test_a_mistyped_command_is_guessed(typed: str, near: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse.parse(typed)
    assert caught.value.params["near"] == near


def test_a_missing_argument_comes_with_an_example() -> None:
    with pytest.raises(CommandError) as caught:
        parse.check(COMMANDS["try"], {"text": "tokenize"})
    assert caught.value.key == "error.argument_missing"
    assert str(caught.value.params["example"]).startswith("/try ")


@given(st.text())
def test_any_line_parses_or_is_a_command_error(text: str) -> None:
    try:
        call = parse.parse("/" + text)
    except CommandError:
        return
    assert call.command in COMMANDS


@given(st.text(min_size=1).map(str.strip).filter(bool))
def test_a_question_arrives_as_it_was_written(text: str) -> None:
    assert parse.parse(f"/ask {text}").arguments == {"question": text}


@pytest.mark.parametrize(
    "quoted", ["“a, b”", "”a, b”", "„a, b“", "„a, b”", "‘a, b’", "’a, b’", "«a, b»", '"a, b"']
)
def test_quotes_that_a_messenger_put_there_hold_words_together(quoted: str) -> None:
    call = parse.parse(f"/try classify labels:{quoted} What’s “new”?")
    assert call.arguments == {"task": "classify", "labels": "a, b", "text": "What’s “new”?"}
