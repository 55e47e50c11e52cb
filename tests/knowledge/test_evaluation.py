"""The measures over what became of questions."""

from __future__ import annotations

import pytest

from knowledge.evaluation import Outcome, failed, measure
from knowledge.question_set import SetQuestion
from knowledge.ranking import Ranking


def outcome(
    documents: str = "", gold: str = "", answered: bool = True, answerable: bool | None = None
) -> Outcome:
    known = True if gold else answerable
    question = SetQuestion(f"{documents}-{gold}", "What?", frozenset(gold), known)
    scores = tuple(1.0 for _ in documents)
    return Outcome(question, Ranking(tuple(documents), scores, 0.9, answered))


def test_the_measures_are_the_usual_ones() -> None:
    outcomes = [
        outcome("abc", "a"),
        outcome("abc", "bc", answered=False),
        outcome("abcdef", "f"),
        outcome("abc", "z"),
        outcome("abc", answered=False, answerable=False),
        outcome("abc", answerable=False),
        outcome("abc", answerable=True),
    ]
    found = measure(outcomes)
    assert (found.questions, found.with_gold, found.answerable, found.unanswerable) == (7, 4, 5, 2)
    assert found.recall_at_1 == 0.25
    assert found.recall_at_5 == 0.5
    assert found.mrr_at_10 == pytest.approx((1 + 1 / 2 + 1 / 6) / 4)
    assert found.answered == 0.8
    assert found.abstained == 0.5


def test_what_no_question_tells_is_not_measured() -> None:
    found = measure([outcome("a"), outcome("a", answered=False)])
    assert (found.recall_at_1, found.mrr_at_10, found.abstained) == (None, None, None)
    assert found.answered == 0.5
    only = measure([outcome("a", answerable=False)])
    assert (only.answered, only.abstained) == (None, 0.0)


def test_failures_come_worst_first() -> None:
    late, unanswered = outcome("ab", "b"), outcome("ab", "a", answered=False)
    missed, wrongly = outcome("ab", "z", answered=False), outcome("ab", answerable=False)
    right, unknown = outcome("ab", "a"), outcome("", answered=False)
    assert failed([late, right, unanswered, wrongly, unknown, missed]) == [missed, wrongly, unanswered, late]
    assert [one.failure for one in (right, unknown)] == [None, None]
