"""*Show passage* shows the quoted lines, and says so where they have moved or changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.passages import mark, passage_action, whereabouts
from bot.core.reply import Reply
from bot.core.turn import Person
from bot.wiring import App
from knowledge.notes import Citation
from tests.bot.conftest import Chat

LINES = ("# Title", "", "A token is a piece", "of text.", "", "Something else.")


def answer(chat: Chat) -> Reply:
    reply = chat.say("What is a tokenizer?")
    assert reply.citations
    return reply


def note_file(app: App, note: str) -> Path:
    return app.settings.data_path / "notes" / note


def refresh(app: App) -> None:
    app.course.refresh(app.engine)


def test_it_shows_the_quoted_lines_to_their_asker_alone(app: App, chat: Chat) -> None:
    cited = answer(chat).citations[0]
    shown = chat.press(passage_action(cited))
    assert shown.private
    assert cited.note in shown.text
    lines = note_file(app, cited.note).read_text("utf-8").split("\n")[cited.start - 1 : cited.end]
    assert all(f"> {line}".rstrip() in shown.text for line in lines)
    assert "changed" not in shown.text


def test_moved_lines_are_shown_where_they_are_now(app: App, chat: Chat) -> None:
    cited = answer(chat).citations[0]
    file = note_file(app, cited.note)
    file.write_text("Two lines more.\n\n" + file.read_text("utf-8"), "utf-8")
    refresh(app)
    shown = chat.press(passage_action(cited))
    assert f"line {cited.start + 2}" in shown.text or f"lines {cited.start + 2}" in shown.text
    assert "before" in shown.text
    assert shown.text == chat.press(passage_action(cited)).text


def test_changed_lines_are_said_to_be_changed(app: App, chat: Chat) -> None:
    cited = answer(chat).citations[0]
    file = note_file(app, cited.note)
    lines = file.read_text("utf-8").split("\n")
    lines[cited.start - 1 : cited.end] = ["Quite different words."] * (cited.end - cited.start + 1)
    file.write_text("\n".join(lines), "utf-8")
    refresh(app)
    shown = chat.press(passage_action(cited))
    assert "no longer in it as it was" in shown.text
    assert "Quite different words." in shown.text


def test_a_note_or_lines_that_are_gone_are_said_to_be_gone(app: App, chat: Chat) -> None:
    cited = answer(chat).citations[0]
    assert chat.press("passage?note=none.md&at=1-2").tone == "error"
    assert "no longer" in chat.press(f"passage?note={cited.note}&at=9000-9001").text


@pytest.mark.parametrize(
    "action", ["passage", "passage?note=a.md", "passage?note=a.md&at=2-1", "passage?at=x-y"]
)
def test_what_is_no_passage_is_refused_politely(chat: Chat, action: str) -> None:
    assert chat.press(action).tone == "error"


def test_it_speaks_the_person_s_language(app: App) -> None:
    cited = answer(Chat(app)).citations[0]
    bulgarian = Chat(app, Person("iva", "Ива", "bg"), "page-iva")
    assert "ред" in bulgarian.press(passage_action(cited)).text


@given(st.text(max_size=80), st.integers(1, 10**7), st.integers(0, 500), st.text(max_size=2000))
def test_the_id_fits_a_button_whatever_it_names(note: str, start: int, length: int, quote: str) -> None:
    action = passage_action(Citation(note, (), start, start + length, quote, "0" * 16))
    assert 1 <= len(action) <= 100
    assert action.isascii()


@pytest.mark.parametrize(
    ("quote", "start", "end", "now"),
    [
        ("A token is a piece of text.", 3, 4, (3, 4)),
        ("**A token** is a piece\n> of text", 3, 4, (3, 4)),
        ("A token is a piece of text.", 5, 6, (3, 4)),
        ("Something else.", 3, 3, (6, 6)),
        ("Not in the note.", 3, 4, None),
        ("…", 3, 4, None),
    ],
)
def test_a_quotation_is_recognised_by_its_letters(
    quote: str, start: int, end: int, now: tuple[int, int] | None
) -> None:
    assert whereabouts(LINES, start, end, mark(quote)) == now


@pytest.mark.parametrize("recognised", ["", "x", "12", "zz.1", "12.0"])
def test_a_mark_that_is_none_finds_nothing(recognised: str) -> None:
    assert whereabouts(LINES, 1, 2, recognised) is None
