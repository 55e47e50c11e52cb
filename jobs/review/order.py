"""Which of the due reviews come first, and which fit into a day.

One measure covers both *oldest* and *weakest*: the share of the topic that is probably still remembered.
What was passed last time is taken to hold about as long again as the interval it was asked after, what was
missed about a day; so a topic is pressing when it is long overdue for its interval, or was missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.review.memory import retention

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A due review, as far as its turn depends on it."""

    review_id: int
    due_at: datetime
    interval: timedelta
    """After which it is asked; a day for one that was missed and is asked again."""
    missed: bool = False
    """Whether the topic's last answer was rated *again*."""
    asked: bool = False
    """It was put to the learner before and not answered."""

    def remembered(self, now: datetime) -> float:
        """The share that is probably still remembered, 0.0-1.0."""
        stability = min(self.interval, DAY) if self.missed else self.interval
        return retention(now - self.due_at + self.interval, stability)


def pressing_first(due: Iterable[Due], now: datetime) -> list[Due]:
    """The oldest and weakest first; the same for the same reviews, however they come in."""
    return sorted(due, key=lambda one: (one.remembered(now), one.due_at, one.review_id))


def day_share(due: Iterable[Due], free: int, now: datetime) -> list[Due]:
    """What is asked today, at most `free` reviews, in the order of asking; the rest waits for another day.

    What was never put to the learner goes before what was and found no answer: whoever leaves a question
    standing is asked the others all the same.
    """
    order = pressing_first(due, now)
    chosen = sorted(order, key=lambda one: one.asked)[: max(free, 0)]
    return pressing_first(chosen, now)
