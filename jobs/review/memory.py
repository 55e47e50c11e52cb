"""How well a topic is remembered, and for how long: FSRS-6, the only forgetting curve there is here.

A study is one card of FSRS (https://github.com/open-spaced-repetition/fsrs4anki/wiki/The-Algorithm). Its
reviews are the rated attempts that hang on the study, in the order of their answers: steps of the ladder,
repeats, what a group's round brought. Studying counts as the first exposure, rated *good*: the note has just
been read, and how long ago that was tells what a first answer is worth. Questions outside of the schedule
(`/quiz`) don't count.

Time is counted in the learner's local days, as they were when the answers were given: an answer at 18:10
the day after one at 18:30 comes a day later. There are no learning steps within a day and no fuzz, so that
the same log gives the same days for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from fsrs import Card, Rating, Scheduler
from fsrs.scheduler import FSRS_DEFAULT_DECAY

from jobs.review.pacing import Pacing

_FACTOR: Final = 0.9 ** (-1 / FSRS_DEFAULT_DECAY) - 1


@dataclass(frozen=True, slots=True)
class Recall:
    """An answer and how it was rated: 1 again, 2 hard, 3 good, 4 easy."""

    day: date
    """The learner's local day of the answer."""
    rating: int


class Memory:
    """What is left of a study after its recalls, which come in their order."""

    def __init__(self, studied: date, recalls: Iterable[Recall], pacing: Pacing) -> None:
        self._scheduler = _scheduler(pacing.retention, pacing.longest)
        card = Card(card_id=0)
        for recall in (Recall(studied, Rating.Good), *recalls):
            card, _ = self._scheduler.review_card(card, Rating(recall.rating), _noon(recall.day))
        self._card = card

    @property
    def days(self) -> int:
        """Whole days from the last recall until the share remembered has sunk to the one that is wanted.

        At least 1, at most `Pacing.longest`.
        """
        last = self._card.last_review
        assert last is not None  # noqa: S101 - there is one: the study
        return (self._card.due - last).days

    def remembered(self, day: date) -> float:
        """The estimated share (0-1) that is still remembered on a local day."""
        return float(self._scheduler.get_card_retrievability(self._card, _noon(day)))


def retention(elapsed: timedelta, stability: timedelta) -> float:
    """The share (0-1) that is still remembered; 0.9 once `stability` has passed.

    The same curve, for what is only known by how long it held.
    """
    if elapsed <= timedelta(0):
        return 1.0
    return float((1 + _FACTOR * (elapsed / stability)) ** -FSRS_DEFAULT_DECAY)


@lru_cache(maxsize=16)
def _scheduler(retention: float, longest: int) -> Scheduler:
    return Scheduler(
        desired_retention=retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=longest,
        enable_fuzzing=False,
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
