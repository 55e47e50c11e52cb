"""Words with vectors: what is a word, what it counts, and what it is near."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.encoder.bundled import bundled
from knowledge.soft_words import nearness, read_words


def near(one: str, other: str) -> float:
    found = nearness(read_words(one, bundled()), read_words(other, bundled()))
    return float(found.max(initial=0.0))


def test_function_words_say_nothing_and_rare_words_count_more() -> None:
    read = read_words("The tokenizer is one of the things", bundled())
    counted = dict(zip([word.text for word in read.words], read.weights.tolist(), strict=True))
    assert "The" not in counted
    assert counted["tokenizer"] > counted["things"]


def test_chinese_is_cut_into_words() -> None:
    assert "分词器" in [word.text for word in read_words("先用分词器处理文本", bundled()).words]


def test_words_stand_where_they_are_said_to_stand() -> None:
    read = read_words("Токенът е `input_ids`，词元 1e-5", bundled())
    assert [read.text[word.start : word.end] for word in read.words] == [word.text for word in read.words]


@pytest.mark.parametrize(
    ("one", "other"), [("tokens", "token"), ("loss", "загуба"), ("random", "随机"), ("речникът", "речник")]
)
def test_the_same_in_another_form_or_language_is_near(one: str, other: str) -> None:
    assert near(one, other) > 0.9


@pytest.mark.parametrize(
    ("one", "other"), [("60%", "97%"), ("input_ids", "attention_mask"), ("task", "language")]
)
def test_numbers_names_and_other_things_are_far(one: str, other: str) -> None:
    assert near(one, other) == 0.0


def test_without_an_encoder_only_the_same_stem_is_near() -> None:
    one, other = read_words("tokens 词元", None), read_words("token 词元 words", None)
    assert nearness(one, other).tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


@given(st.text(max_size=60), st.text(max_size=60))
def test_nearness_is_a_share_and_a_text_is_near_itself(one: str, other: str) -> None:
    mine, theirs = read_words(one, bundled()), read_words(other, bundled())
    found = nearness(mine, theirs)
    assert found.shape == (len(mine.words), len(theirs.words))
    assert np.all((found >= 0) & (found <= 1))
    assert np.all(np.diag(nearness(mine, mine)) == 1.0)
