"""Codes as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.linking import codes


def test_a_code_has_eight_signs_that_are_not_mistaken_for_each_other() -> None:
    made = {codes.new() for _ in range(200)}
    assert len(made) == 200
    assert all(len(code) == 8 and set(code) <= set(codes.ALPHABET) for code in made)
    assert not set("0O1IL5SU") & set(codes.ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        "ABCD-EFGH",
        "abcdefgh",
        " abcd efgh ",
        "`ABCD-EFGH`",
        "**ABCD-EFGH**",
        "ＡＢＣＤ－ＥＦＧＨ",
        "ABCD–EFGH",
        "АВСD-ЕFGН",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert codes.read(typed) == "ABCDEFGH"


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-J", "ABCD-EFG0", "код код1", "\x00" * 8])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read(typed) is None


@given(st.text(alphabet=codes.ALPHABET, min_size=8, max_size=8))
def test_what_is_shown_reads_as_the_same_code(code: str) -> None:
    assert codes.read(codes.shown(code)) == code


def test_a_digest_finds_the_code_and_does_not_show_it() -> None:
    assert codes.digest("ABCDEFGH") == codes.digest("ABCDEFGH") != codes.digest("ABCDEFGJ")
    assert "ABCDEFGH" not in codes.digest("ABCDEFGH")
    assert len(codes.digest("ABCDEFGH")) == 64
