"""The Unigram model: its numbers are those of the definitions, and its pieces those that the words show."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.encoder.training.lattice import NONE, Lattice, substrings
from knowledge.encoder.training.pieces import learn_pieces

WORDS = st.lists(st.text("ab", min_size=1, max_size=6), min_size=1, max_size=5, unique=True)


def lattice_of(words: list[str], pieces: list[str]) -> Lattice:
    found = substrings(words, max(map(len, pieces)))
    spelled = found.spelled(np.arange(len(found.lengths)))
    numbers = [pieces.index(one) if one in pieces else NONE for one in spelled]
    return found.lattice.renamed(np.array([*numbers, NONE], dtype=np.int32))


def cuts(word: str, pieces: list[str]) -> list[list[int]]:
    """All of them, one by one."""
    found = []
    for places in itertools.product((False, True), repeat=len(word) - 1):
        borders = [0, *(number + 1 for number, cut in enumerate(places) if cut), len(word)]
        parts = [word[start:end] for start, end in itertools.pairwise(borders)]
        if all(part in pieces for part in parts):
            found.append([pieces.index(part) for part in parts])
    return found


@given(words=WORDS, seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_expectations_and_best_cuts_are_those_of_going_through_all_cuts(words: list[str], seed: int) -> None:
    words = sorted(words, key=lambda word: (-len(word), word))
    pieces = ["a", "b", "ab", "aa", "bab", "abba"]
    chance = np.random.default_rng(seed)
    scores, counts = np.log(chance.uniform(0.01, 1, len(pieces))), chance.uniform(1, 9, len(words))
    lattice, padded = lattice_of(words, pieces), np.append(scores, -np.inf)

    expected = np.zeros(len(pieces))
    for word, count in zip(words, counts, strict=True):
        chances = [math.exp(sum(scores[number] for number in cut)) for cut in cuts(word, pieces)]
        for cut, each in zip(cuts(word, pieces), chances, strict=True):
            for number in cut:
                expected[number] += count * each / sum(chances)
    np.testing.assert_allclose(lattice.expected(padded, counts)[:-1], expected, rtol=1e-9)

    for whole in (True, False):
        totals, steps = lattice.best(padded, whole)
        parts: dict[int, list[int]] = {}
        for rows, numbers in steps:
            for row, number in zip(rows.tolist(), numbers.tolist(), strict=True):
                parts.setdefault(row, []).insert(0, number)
        for row, word in enumerate(words):
            possible = [cut for cut in cuts(word, pieces) if whole or len(cut) > 1]
            best = max((float(scores[cut].sum()) for cut in possible), default=-math.inf)
            assert totals[row] == pytest.approx(best)
            if possible:
                assert parts[row] in possible
                assert float(scores[parts[row]].sum()) == pytest.approx(best)
            else:
                assert row not in parts


@given(words=WORDS)
@settings(max_examples=40, deadline=None)
def test_substrings_are_all_there_with_the_places_where_they_stand(words: list[str]) -> None:
    words = sorted(words, key=lambda word: (-len(word), word))
    found = substrings(words, 3)
    spelled = found.spelled(np.arange(len(found.lengths)))
    every = [
        word[start : start + length]
        for word in words
        for length in (1, 2, 3)
        for start in range(len(word) - length + 1)
    ]
    assert sorted(spelled) == sorted(set(every))
    assert {one: int(count) for one, count in zip(spelled, found.frequencies, strict=True)} == {
        one: every.count(one) for one in set(every)
    }


def test_parts_that_words_share_become_pieces_and_every_character_is_one() -> None:
    stems, ends = ("▁token", "▁model", "▁train", "▁vector"), ("s", "ing", "ed", "er", "")
    counts = {stem + end: 20 + len(end) for stem in stems for end in ends} | {"分词": 3, "🦊": 1}
    pieces = dict(learn_pieces(counts, 26, 12))
    assert set(stems) <= set(pieces)
    assert "ing" in pieces
    assert set("".join(counts)) <= set(pieces)
    assert len(pieces) == 26
    assert all(score < 0 for score in pieces.values())
    assert list(pieces.values()) == sorted(pieces.values(), reverse=True)
    assert pieces["▁"] < pieces["▁token"]


def test_the_order_in_which_words_come_makes_no_difference() -> None:
    counts = {
        f"{a}{b}": 1 + number for number, (a, b) in enumerate(itertools.product(("ba", "ko", "mi"), repeat=2))
    }
    assert learn_pieces(counts, 20, 6) == learn_pieces(dict(reversed(counts.items())), 20, 6)
    assert learn_pieces({}, 20, 6) == []
