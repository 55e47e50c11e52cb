from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.stems import skeleton, stem_bulgarian, stem_english


@pytest.mark.parametrize(
    "forms",
    [
        "модел модела моделът модели моделите",
        "токенизация токенизацията токенизации токенизациите",
        "трансформър трансформъра трансформърът трансформъри трансформърите",
        "библиотека библиотеката библиотеки библиотеките",
        "обучение обучението обучения обучен обучени обучените",
        "език езика езикът езици езиците",
        "важен важна важно важни важните",
        "филтър филтърът филтри филтрите",
        "работа работата работи",
        "използва използват използване използването използвайте",
        "град градът градове градовете",
        "задача задачата задачи задачите",
        "нощ нощта нощи",
        "същност същността",
    ],
)
def test_forms_of_a_bulgarian_word_have_one_stem(forms: str) -> None:
    assert len({stem_bulgarian(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("pair", ["модел модул", "данни дани", "речник реч", "слой сълза"])
def test_different_bulgarian_words_keep_different_stems(pair: str) -> None:
    one, other = pair.split()
    assert stem_bulgarian(one) != stem_bulgarian(other)


def test_short_bulgarian_words_stay_as_they_are() -> None:
    assert [stem_bulgarian(word) for word in ("е", "ден", "код")] == ["е", "ден", "код"]


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъьюя", min_size=1, max_size=30))
def test_a_bulgarian_stem_is_never_empty_nor_longer_than_the_word(word: str) -> None:
    assert 1 <= len(stem_bulgarian(word)) <= len(word)


def test_english_words_are_stemmed() -> None:
    assert stem_english("tokenizers") == stem_english("tokenizer")
    assert stem_english("training") == stem_english("trained")
    assert stem_english("tokenizer") == stem_english("tokenization") != stem_english("tokens")
    assert stem_english("sizes") == stem_english("size")


@pytest.mark.parametrize(
    ("bulgarian", "english"),
    [
        ("токенизация", "tokenization"),
        ("токенизацията", "tokenization"),
        ("трансформърите", "transformers"),
        ("енкодер", "encoder"),
        ("датасети", "datasets"),
        ("логити", "logits"),
        ("модел", "models"),
    ],
)
def test_a_loanword_has_the_skeleton_of_its_english_spelling(bulgarian: str, english: str) -> None:
    assert skeleton(bulgarian) == skeleton(english) is not None


def test_a_short_word_has_no_skeleton() -> None:
    assert skeleton("the") is None
    assert skeleton("код") is None
