"""How well questions with known answers are answered: the usual measures.

R@k is the share of questions with a gold document among the first k, MRR@10 the mean of 1/rank of the first
gold document, 0 beyond the tenth (E. M. Voorhees, "The TREC-8 Question Answering Track Report", 1999).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.question_set import SetQuestion
from knowledge.ranking import BEST, Ranking

Failure = Literal["not_found", "late", "unanswered", "answered"]
"""No gold document among the ten; one, but not first; not answered; answered though it can't be."""
_WORST_FIRST: tuple[Failure, ...] = ("not_found", "answered", "unanswered", "late")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    question: SetQuestion
    ranking: Ranking

    @property
    def answered(self) -> bool:
        return self.ranking.answered

    @property
    def rank(self) -> int | None:
        """Of the first gold document, from 1; None where none was found."""
        places = enumerate(self.ranking.documents, start=1)
        return next((place for place, one in places if one in self.question.gold), None)

    @property
    def failure(self) -> Failure | None:
        """What went wrong, the worst of it; None where nothing did, or nothing is known."""
        if self.question.gold and self.rank is None:
            return "not_found"
        if self.question.answerable is not None and self.answered != self.question.answerable:
            return "answered" if self.answered else "unanswered"
        return "late" if self.question.gold and self.rank != 1 else None


@dataclass(frozen=True, slots=True)
class Measures:
    """Over a question set; each share is 0.0-1.0, None where no question tells it."""

    questions: int
    with_gold: int
    answerable: int
    unanswerable: int
    recall_at_1: float | None
    recall_at_5: float | None
    mrr_at_10: float | None
    answered: float | None
    """Of the questions that are known to be answerable; of all where nothing is known."""
    abstained: float | None
    """Of the questions that are known not to be."""


def measure(outcomes: Sequence[Outcome]) -> Measures:
    """The measures over all outcomes."""
    ranks = [one.rank for one in outcomes if one.question.gold]
    answerable = [one.answered for one in outcomes if one.question.answerable]
    unanswerable = [not one.answered for one in outcomes if one.question.answerable is False]
    known = answerable or unanswerable
    return Measures(
        questions=len(outcomes),
        with_gold=len(ranks),
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        recall_at_1=_mean([rank == 1 for rank in ranks]),
        recall_at_5=_mean([rank is not None and rank <= 5 for rank in ranks]),
        mrr_at_10=_mean([1 / rank if rank is not None and rank <= BEST else 0.0 for rank in ranks]),
        answered=_mean(answerable if known else [one.answered for one in outcomes]),
        abstained=_mean(unanswerable),
    )


def failed(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those that failed, the worst kind first, else in the order asked."""
    wrong = [(one.failure, one) for one in outcomes]
    return [one for kind in _WORST_FIRST for failure, one in wrong if failure == kind]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
