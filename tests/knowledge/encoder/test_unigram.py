"""Our segmentation is that of `tokenizers`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from knowledge.encoder.unigram import Unigram
from tests.doubles.static import course_lines

LETTERS = "abcдя中文▁ 🦊"
PIECES = st.text("abcдя中", min_size=1, max_size=4)


@pytest.fixture(scope="module")
def both(static_folder: Path) -> tuple[Unigram, Tokenizer]:
    serialized = (static_folder / "tokenizer.json").read_bytes()
    return Unigram(serialized), Tokenizer.from_str(serialized.decode())


def test_the_course_is_cut_as_the_library_cuts_it(both: tuple[Unigram, Tokenizer]) -> None:
    ours, theirs = both
    lines = course_lines()
    for line, expected in zip(lines, theirs.encode_batch(lines, add_special_tokens=False), strict=True):
        assert ours.ids(line) == expected.ids


@given(text=st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_so_is_any_text(both: tuple[Unigram, Tokenizer], text: str) -> None:
    ours, theirs = both
    assert ours.ids(text) == theirs.encode(text, add_special_tokens=False).ids


@given(
    pieces=st.lists(st.tuples(PIECES, st.integers(-12, 0)), max_size=12, unique_by=lambda piece: piece[0]),
    text=st.text(LETTERS, max_size=20),
    unknown=st.integers(0, 12),
)
@settings(max_examples=300, deadline=None)
def test_so_is_any_vocabulary_also_where_several_ways_are_as_good(
    pieces: list[tuple[str, int]], text: str, unknown: int
) -> None:
    vocabulary = [(piece, score / 2) for piece, score in pieces]
    vocabulary.insert(min(unknown, len(pieces)), ("[UNK]", 0.0))
    theirs = Tokenizer(models.Unigram(vocabulary, min(unknown, len(pieces))))
    ours = Unigram(theirs.to_str().encode())
    assert ours.ids(text) == theirs.encode(text, add_special_tokens=False).ids


def test_the_log_probability_is_the_sum_of_the_pieces(both: tuple[Unigram, Tokenizer]) -> None:
    ours, theirs = both
    vocabulary = json.loads(theirs.to_str())["model"]["vocab"]
    ids = ours.ids("the tokenizer")
    assert ours.log_probability(ids) == pytest.approx(sum(vocabulary[number][1] for number in ids))
    assert ours.log_probability([ours.unknown]) < min(score for _piece, score in vocabulary)


@pytest.mark.parametrize(
    "serialized", [b"", b"\xff", b"[]", b"{}", b'{"model": {}}', b'{"model": {"vocab": [], "unk_id": 0}}']
)
def test_what_is_no_unigram_tokenizer_is_refused(serialized: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Unigram(serialized)
