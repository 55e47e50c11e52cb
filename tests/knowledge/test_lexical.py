from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.lexical import K1, B, Lexical, build_lexical
from knowledge.terms import Clue

WORDS = st.sampled_from(["model", "token", "layer", "loss", "data"])
FIELDS = st.tuples(st.sampled_from([1.0, 2.0]), st.lists(WORDS, max_size=8))
DOCUMENTS = st.lists(st.lists(FIELDS, min_size=1, max_size=3), min_size=1, max_size=8)


def naive_bm25(documents: list[list[tuple[float, list[str]]]], query: dict[str, float]) -> list[float]:
    """The formula of the paper, word by word."""
    lengths = [sum(weight * len(words) for weight, words in fields) for fields in documents]
    mean = sum(lengths) / len(lengths) or 1.0
    scores = []
    for fields, length in zip(documents, lengths, strict=True):
        score = 0.0
        for term, weight in query.items():
            holding = sum(any(term in words for _, words in other) for other in documents)
            frequency = sum(w * words.count(term) for w, words in fields)
            if frequency:
                idf = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
                norm = K1 * (1 - B + B * length / mean)
                score += weight * idf * frequency * (K1 + 1) / (frequency + norm)
        scores.append(score)
    return scores


@given(DOCUMENTS, st.dictionaries(WORDS, st.floats(0.1, 2.0), max_size=4))
def test_scores_are_those_of_the_formula(
    documents: list[list[tuple[float, list[str]]]], query: dict[str, float]
) -> None:
    scores = build_lexical(documents).scores(query)
    assert scores == pytest.approx(naive_bm25(documents, query), rel=1e-4, abs=1e-5)


@given(DOCUMENTS)
def test_coverage_is_a_share_and_whole_for_one_held_word(
    documents: list[list[tuple[float, list[str]]]],
) -> None:
    index = build_lexical(documents)
    clues = [Clue(("model",), 1.0), Clue(("nowhere",), 1.0)]
    assert ((index.coverage(clues) >= 0) & (index.coverage(clues) < 1)).all()
    whole = index.coverage(clues[:1])
    for number, fields in enumerate(documents):
        assert whole[number] == pytest.approx(float(any("model" in words for _, words in fields)))


@given(
    DOCUMENTS, st.lists(st.one_of(st.integers(0, 7), st.lists(FIELDS, min_size=1, max_size=3)), max_size=8)
)
def test_documents_counted_before_need_not_be_counted_again(
    documents: list[list[tuple[float, list[str]]]], wanted: list[int | list[tuple[float, list[str]]]]
) -> None:
    known = [one if isinstance(one, list) else one % len(documents) for one in wanted]
    index = build_lexical(known, build_lexical(documents)).postings
    anew = build_lexical([documents[one] if isinstance(one, int) else one for one in known]).postings
    assert (index.vocabulary, index.size) == (anew.vocabulary, anew.size)
    np.testing.assert_array_equal(index.starts, anew.starts)
    np.testing.assert_array_equal(index.documents, anew.documents)
    np.testing.assert_array_equal(index.frequencies, anew.frequencies)


def test_a_clue_counts_once_whatever_its_form() -> None:
    index = build_lexical([[(1.0, ["token", "~tkn"])], [(1.0, ["~tkn"])], [(1.0, ["other"])]])
    assert index.coverage([Clue(("token", "~tkn"), 1.0)]).tolist() == [1.0, 1.0, 0.0]


def test_an_index_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    index = build_lexical([[(1.0, ["модел", "模型"])], [(2.0, ["model"]), (1.0, ["модел"])]])
    index.save(tmp_path)
    loaded = Lexical.load(tmp_path)
    query = {"модел": 1.0, "model": 0.5, "none": 1.0}
    np.testing.assert_array_equal(loaded.scores(query), index.scores(query))
    assert len(loaded) == len(index) == 3
    assert loaded.idf("model") == index.idf("model")


def test_an_index_of_nothing_answers_with_nothing() -> None:
    index = build_lexical([])
    assert index.scores({"model": 1.0}).shape == (0,)
    assert index.coverage([Clue(("model",), 1.0)]).shape == (0,)
