"""The token match: which passage has the nearest tokens for a question's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.soft_match import PassageTokens, SoftQuestion
from tests.doubles.tokens import WordVectors

WORDS = WordVectors(
    {
        "cat": (1.0, 0.0, 0.0),
        "котка": (0.9, 0.1, 0.0),
        "dog": (0.0, 1.0, 0.0),
        "куче": (0.0, 0.9, 0.2),
        "the": (0.05, 0.05, 0.05),
        "sun": (0.0, 0.0, 1.0),
    }
)
PASSAGES = ["the cat", "the dog", "the sun", "", "cat dog sun"]


def tokens(*passages: str) -> PassageTokens:
    return PassageTokens.of(WORDS.token_ids(passages))


def scores(question: str, *passages: str) -> list[float]:
    index = tokens(*passages)
    return [
        round(float(one), 3) for one in SoftQuestion(WORDS, question, index).passages(np.arange(len(index)))
    ]


def test_a_translation_meets_nearly_as_well_as_the_word_itself() -> None:
    found = scores("котка", *PASSAGES)
    assert found[0] > 0.9
    assert max(found[1:4]) < 0.3


def test_a_passage_with_all_the_words_meets_a_question_whole() -> None:
    assert scores("cat dog", *PASSAGES)[4] == pytest.approx(1.0)


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    found = scores("cat dog", "cat", "dog", "dog", "dog", "sun")
    assert found[0] > found[1]


def test_a_word_that_says_little_counts_little() -> None:
    found = scores("the cat", "the", "cat", "sun")
    assert found[1] > 0.7
    assert found[0] < 0.5


def test_nothing_meets_a_passage_or_a_question_without_tokens() -> None:
    assert scores("cat", *PASSAGES)[3] == 0.0
    assert scores("", *PASSAGES) == [0.0] * 5
    assert scores("unheard of", *PASSAGES) == [0.0] * 5


def test_any_text_is_met_as_if_it_were_a_passage() -> None:
    question = SoftQuestion(WORDS, "the котка", tokens(*PASSAGES))
    np.testing.assert_allclose(question.texts(PASSAGES), question.passages(np.arange(5)))


def test_tokens_come_back_as_they_were_saved(tmp_path: Path) -> None:
    stored = tokens(*PASSAGES)
    stored.save(tmp_path)
    read = PassageTokens.load(tmp_path, len(PASSAGES))
    assert read is not None
    assert [read.passage(number).tolist() for number in range(5)] == [
        stored.passage(number).tolist() for number in range(5)
    ]


def test_tokens_of_other_passages_are_refused(tmp_path: Path) -> None:
    tokens(*PASSAGES).save(tmp_path)
    with pytest.raises(ValueError, match="5 passages for 4"):
        PassageTokens.load(tmp_path, 4)
    assert PassageTokens.load(tmp_path / "nowhere", 4) is None


@given(st.lists(st.lists(st.integers(0, 6), max_size=6), max_size=8), st.lists(st.integers(0, 6), max_size=5))
def test_a_score_is_a_share_and_the_order_of_passages_makes_no_difference(
    passages: list[list[int]], asked: list[int]
) -> None:
    names = ["unknown", "cat", "котка", "dog", "куче", "the", "sun"]
    texts = [" ".join(names[number] for number in passage) for passage in passages]
    question = SoftQuestion(WORDS, " ".join(names[number] for number in asked), tokens(*texts))
    met = question.passages(np.arange(len(texts)))
    assert met.shape == (len(texts),)
    assert ((met >= 0) & (met <= 1 + 1e-5)).all()
    backwards = np.arange(len(texts))[::-1]
    np.testing.assert_allclose(question.passages(backwards), met[::-1], atol=1e-6)


@given(st.lists(st.lists(st.integers(0, 6), max_size=6), max_size=8))
def test_a_token_is_as_rare_as_the_passages_that_hold_it_are_few(passages: list[list[int]]) -> None:
    index = PassageTokens.of([np.array(passage, dtype=np.int32) for passage in passages])
    held = [sum(number in passage for passage in passages) for number in range(9)]
    expected = [np.log1p((len(passages) - count + 0.5) / (count + 0.5)) for count in held]
    np.testing.assert_allclose(index.rarity(np.arange(9, dtype=np.int32)), expected, rtol=1e-5)
