"""What counts as the same answer, and what is another one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jobs.review.exact import distance, levelled, same_answer
from knowledge.notes import Language

LANGUAGES = st.sampled_from(("en", "bg", "zh"))
WORDS = st.text(
    st.sampled_from("abcdeghiknoprstuабвгдежзийклмнопрстуя分词器模型 -_"), min_size=1, max_size=20
)


@pytest.mark.parametrize(
    ("given", "expected", "language"),
    [
        ("TOKENIZER", "tokenizer", "en"),
        ("a tokenizer", "tokenizer", "en"),
        ("tokenizers", "tokenizer", "en"),
        ("tokeniser", "tokenizer", "en"),
        ("tokenzier", "tokenizer", "en"),
        ("`input_ids`", "input_ids", "en"),
        ("input ids", "`input_ids`", "en"),
        ("fine tuning", "fine-tuning", "en"),
        ("finetuning", "fine-tuning", "en"),
        ("naïve", "naive", "en"),
        ("“hidden states”", "hidden state", "en"),
        ("ＢＥＲＴ", "BERT", "en"),
        ("ВЕRТ", "BERT", "en"),
        ("токенизаторът", "токенизатор", "bg"),
        ("токенизатори", "токенизатор", "bg"),
        ("Речникът", "речник", "bg"),
        ("токенизтор", "токенизатор", "bg"),
        ("分 词 器", "分词器", "zh"),
        ("“分词器”。", "分词器", "zh"),
        ("2", "２", "zh"),
    ],
)
def test_what_differs_in_nothing_that_counts_is_the_same(
    given: str, expected: str, language: Language
) -> None:
    assert same_answer(given, expected, language)
    assert same_answer(expected, given, language)


@pytest.mark.parametrize(
    ("given", "expected", "language"),
    [
        ("decoder", "encoder", "en"),
        ("encoding", "encoder", "en"),
        ("retraining", "pretraining", "en"),
        ("supervised", "unsupervised", "en"),
        ("lose", "loss", "en"),
        ("logic", "logit", "en"),
        ("output_ids", "input_ids", "en"),
        ("GPT-3", "GPT-2", "en"),
        ("0.5", "0.6", "en"),
        ("1000", "10000", "en"),
        ("C", "C++", "en"),
        ("", "token", "en"),
        ("...", "token", "en"),
        ("модел на езика", "модел", "bg"),
        ("декодер", "енкодер", "bg"),
        ("мой", "мои", "bg"),
        ("验证集", "训练集", "zh"),
        ("分词", "分词器", "zh"),
    ],
)
def test_another_term_is_not_the_same(given: str, expected: str, language: Language) -> None:
    assert not same_answer(given, expected, language)
    assert not same_answer(expected, given, language)


def test_any_of_several_accepted_answers_counts() -> None:
    assert same_answer("tokeniser", ("vocabulary", "tokenizer"), "en")
    assert not same_answer("tokeniser", (), "en")


@given(WORDS, LANGUAGES)
def test_a_text_is_the_same_as_itself(text: str, language: Language) -> None:
    assume(text.strip())
    assert same_answer(text, text, language)


@given(WORDS, WORDS, LANGUAGES)
def test_the_same_in_both_directions(one: str, other: str, language: Language) -> None:
    assert same_answer(one, other, language) == same_answer(other, one, language)


@given(WORDS, LANGUAGES)
def test_case_spaces_and_quotes_make_no_difference(text: str, language: Language) -> None:
    assume(levelled(text, language))
    assert same_answer(f"  “{text.upper()}” ", text, language)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_symmetric_and_zero_for_the_same_alone(one: str, other: str, third: str) -> None:
    far = distance(one, other, 9)
    assert far == distance(other, one, 9)
    assert (far == 0) == (one == other)
    assert distance(one + third, other + third, 9) <= far


@pytest.mark.parametrize(
    ("one", "other", "slips"), [("abcd", "abdc", 1), ("abcd", "abxd", 1), ("abcd", "acd", 1), ("ab", "cd", 2)]
)
def test_an_exchange_of_neighbours_is_one_slip(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 5) == slips
    assert distance(one, other, slips - 1) == slips
