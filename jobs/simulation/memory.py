"""The forgetting model of simulated learners: FSRS-6, with continuous time.

A memory has a stability S (days until recall has fallen to 90 %) and a difficulty D (1-10). After t days it
is recalled with the probability

    R(t) = (1 + F * t / S) ** -w20,    F = 0.9 ** (-1 / w20) - 1

a power law, flatter than an exponential. A success lets S grow, the more the less likely it was; a failure
shrinks it. Formulas and parameters (the means of 700 million reviews of 10,000 people) are those of
https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm, FSRS-6, and of the library `fsrs`.

Where this differs: a person has a `strength`, by which a first study lasts longer or shorter than the mean,
and a `growth`, by which a success adds more or less to the stability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4

W: Final[tuple[float, ...]] = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
    1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
)  # fmt: skip
FACTOR: Final = math.pow(0.9, -1 / W[20]) - 1
_LEAST: Final = 0.001
_DAY: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What one person still knows of one topic."""

    stability: float
    """Days until it is recalled with a probability of 0.9."""
    difficulty: float
    """1.0-10.0"""
    seen_at: datetime
    growth: float = 1.0

    @classmethod
    def of_study(cls, at: datetime, strength: float = 1.0, growth: float = 1.0) -> Memory:
        """After reading a note: as after a first answer rated *good*, times `strength`."""
        return cls(W[GOOD - 1] * strength, _first_difficulty(GOOD), at, growth)

    def recall(self, at: datetime) -> float:
        """The probability, 0.0-1.0, of recalling it then."""
        return math.pow(1 + FACTOR * max(self._days(at), 0.0) / self.stability, -W[20])

    def after(self, rating: int, at: datetime) -> Memory:
        """The memory after an answer, rated 1-4, whose passage was shown."""
        stability = self._again_today(rating) if self._days(at) < 1 else self._on_a_later_day(rating, at)
        return Memory(max(stability, _LEAST), self._harder(rating), at, self.growth)

    def _days(self, at: datetime) -> float:
        return (at - self.seen_at).total_seconds() / _DAY

    def _on_a_later_day(self, rating: int, at: datetime) -> float:
        s, d, r = self.stability, self.difficulty, self.recall(at)
        if rating == AGAIN:
            lasting = W[11] * math.pow(d, -W[12]) * (math.pow(s + 1, W[13]) - 1) * math.exp(W[14] * (1 - r))
            return min(lasting, s / math.exp(W[17] * W[18]))
        bonus = W[15] if rating == HARD else W[16] if rating == EASY else 1.0
        gain = math.exp(W[8]) * (11 - d) * math.pow(s, -W[9]) * (math.exp(W[10] * (1 - r)) - 1) * bonus
        return s * (1 + gain * self.growth)

    def _again_today(self, rating: int) -> float:
        gain = math.exp(W[17] * (rating - 3 + W[18])) * math.pow(self.stability, -W[19])
        return self.stability * (gain if rating == AGAIN else max(gain, 1.0))

    def _harder(self, rating: int) -> float:
        step = -W[6] * (rating - 3) * (10 - self.difficulty) / 9
        drawn = W[7] * _difficulty(EASY) + (1 - W[7]) * (self.difficulty + step)
        return min(max(drawn, 1.0), 10.0)


def _difficulty(rating: int) -> float:
    return W[4] - math.exp(W[5] * (rating - 1)) + 1


def _first_difficulty(rating: int) -> float:
    return min(max(_difficulty(rating), 1.0), 10.0)
