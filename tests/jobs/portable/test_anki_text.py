"""Anki's text exports: read as Anki's manual describes them, and asked as they were written."""

from __future__ import annotations

import csv
import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import ImportRefused
from jobs.portable.anki_text import Pair, as_note, is_export, read_export
from jobs.review.authored import quiz
from knowledge.notes import Note, content_hash
from knowledge.sections import split_sections

HEAD = "#separator:tab\n#html:true\n"


def pairs(text: str) -> list[tuple[str, str]]:
    return [(pair.question, pair.answer) for pair in read_export(text.encode()).pairs]


def asked(text: str) -> list[tuple[str, str]]:
    """Question and answering lines of the note that an export becomes."""
    told = as_note(read_export(text.encode()), "Deck")
    note = Note("deck.md", "Deck", "en", told, content_hash(told), split_sections("deck.md", told))
    return [
        (prompt.text, "\n".join(note.text.split("\n")[prompt.start : prompt.end]).removeprefix("A: "))
        for prompt in quiz(note)
    ]


def test_the_first_field_asks_and_the_others_answer() -> None:
    assert pairs(f"{HEAD}What is softmax?\tIt makes weights.\tThey sum to one.\n") == [
        ("What is softmax?", "It makes weights.\nThey sum to one.")
    ]


def test_columns_of_deck_tags_type_and_id_are_no_answer() -> None:
    head = "#separator:tab\n#html:false\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:6\n"
    read = read_export(f"{head}x!1\tBasic\tBio::Cells\tWhat makes ATP?\tMitochondria\tcells\n".encode())
    assert read.pairs == (Pair("Bio::Cells", "What makes ATP?", "Mitochondria"),)
    assert "## Bio – Cells" in as_note(read, "Biology")


@pytest.mark.parametrize(
    ("name", "sign"),
    [("Comma", ","), ("Semicolon", ";"), ("Tab", "\t"), ("Pipe", "|"), ("Colon", ":"), ("|", "|")],
)
def test_every_separator_of_anki_is_understood(name: str, sign: str) -> None:
    assert pairs(f"#separator:{name}\nWhat is it?{sign}A cell\n") == [("What is it?", "A cell")]


def test_markup_becomes_markdown_and_its_blocks_lines() -> None:
    field = (
        '"What is a <b>token</b>&nbsp;&amp; a <code>pad</code>?"\t"<div>One:</div><ul><li>a part</li></ul>"'
    )
    assert pairs(f"{HEAD}{field}\n") == [("What is a **token** & a `pad`?", "One:\n- a part")]


def test_a_cloze_gives_a_question_for_each_of_its_numbers() -> None:
    text = f"{HEAD}{{{{c1::Sofia::city}}}} lies in {{{{c2::Bulgaria}}}}.\tOn the Balkans\n"
    assert pairs(text) == [
        ("_____ (city) lies in Bulgaria.", "Sofia\nOn the Balkans"),
        ("Sofia lies in _____.", "Bulgaria\nOn the Balkans"),
    ]


def test_pictures_and_sounds_alone_are_counted_as_left_out() -> None:
    read = read_export(f"{HEAD}What is it?\tA cell\n<img src=a.png>\t[sound:b.mp3]\n".encode())
    assert (len(read.pairs), read.skipped) == (1, 1)


def test_a_field_may_hold_newlines_and_the_separator_in_quotes() -> None:
    assert pairs('#separator:comma\n"Name, both?","one\n\ntwo"\n') == [("Name, both?", "one\ntwo")]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\xff\xfe\x00", "error.import_encoding"),
        (b"", "error.import_empty"),
        (b"#separator:tab\nquestion alone\n", "error.import_empty"),
    ],
    ids=["no utf-8", "empty", "no answers"],
)
def test_what_holds_no_cards_is_refused_by_its_reason(content: bytes, key: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_export(content)
    assert refused.value.key == key


def test_only_a_file_that_begins_with_ankis_head_is_taken_for_an_export() -> None:
    assert is_export(b"#separator:tab\n")
    assert is_export(b"\xef\xbb\xbf#html:true\r\nx")
    assert not is_export(b"# A note\n")
    assert not is_export(b"#deckhand: a story\n")


def test_a_question_or_answer_that_looks_like_a_label_stays_one_card() -> None:
    assert (
        len(asked(f"{HEAD}Which letter follows Q: in a quiz?\tfirst<br>A: the label<br>Q: no question\n"))
        == 1
    )


WORD = st.text(string.ascii_letters + "абвгд中文", min_size=1, max_size=8)
TEXT = st.lists(WORD, min_size=2, max_size=6).map(" ".join)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6, unique_by=lambda pair: pair[0].casefold()))
def test_every_card_is_asked_as_it_was_written(cards: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter="\t").writerows((f"{question}?", answer) for question, answer in cards)
    text = "#separator:tab\n#html:false\n" + out.getvalue()
    assert asked(text) == [(f"{question}?", answer) for question, answer in cards]
