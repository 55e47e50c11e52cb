"""The labelled set is what it says it is, and the judge is better on it than what it is held against."""

from __future__ import annotations

from collections import Counter

from tests.bench.judge import LABELS, LANGUAGES, agreement, answers, by_thresholds, judged, overlap, pooled


def test_the_set_has_two_hundred_answers_evenly_spread() -> None:
    rows = answers()
    assert len(rows) == 200
    assert len({(one.question, one.text) for one in rows}) == 200
    for counted, names in (
        (Counter(one.label for one in rows), LABELS),
        (Counter(one.language for one in rows), LANGUAGES),
    ):
        assert set(counted) == set(names)
        assert all(60 <= count <= 70 for count in counted.values())
    assert not {one.reference for one in rows if one.half == "dev"} & {
        one.reference for one in rows if one.half == "test"
    }


def test_the_judge_agrees_more_than_words_or_vectors_do() -> None:
    rows = answers()
    dev = [one for one in rows if one.half == "dev"]
    test = [one for one in rows if one.half == "test"]
    same, kappa = agreement([(one.label, judged(one)) for one in test])
    for score in (overlap, pooled):
        baseline = by_thresholds(score, dev)
        assert same > agreement([(one.label, baseline(one)) for one in test])[0] + 0.1
    assert kappa > 0.45
    wrong = [judged(one) for one in rows if one.label == "wrong"]
    assert wrong.count("right") / len(wrong) < 0.15
