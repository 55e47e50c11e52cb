from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.scripts import count_scripts


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", (0, 0, 0, 0)),
        ("A model's 2 layers, input_ids.", (6, 0, 0, 0)),
        ("naïve модел", (1, 1, 0, 0)),
        ("токенизация на BERT模型训练", (1, 2, 4 / 1.6, 0)),
        ("نص", (0, 0, 0, 2)),
    ],
)
def test_words_are_counted_by_script(text: str, counts: tuple[float, ...]) -> None:
    found = count_scripts(text)
    assert (found["latin"], found["cyrillic"], found["cjk"], found["other"]) == counts


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_text_in_ascii_counts_as_it_does_beside_other_signs(text: str) -> None:
    assert count_scripts(text) == count_scripts(f"{text}…")
