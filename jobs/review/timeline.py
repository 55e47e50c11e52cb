"""From the log of a study to the reviews of it that wait: a pure function, the only place that decides.

The log is what has happened and never changes but by a correction: when and on which local day the note was
studied, by which ladder; which of its reviews were asked, answered or given up; the answers, their ratings
and local days. From it and the learner's rhythm follows what is still to come:

- A step of the ladder waits as long as it was neither asked nor given up. It comes its interval after the
  study, or after the answer with which the ladder goes on once steps had passed (`jobs.review.relay`).
- A repeat waits as long as the answer before it is rated *again* and it was neither asked nor given up
  itself. It comes the day after that rating; below a day, the ladder's first interval after it.
- The next review by FSRS waits once the last step that there was is answered (see `Pacing`). It comes
  `Memory.days` after the last answer, by all ratings so far.

Reviews of whole days are planned for a local day. The moment follows from the learner's hour, zone and
quiet hours, and moves with them and with the zone's rules; the day stays. A rating that comes late or is
corrected moves the review by FSRS that waits. An answer that isn't rated leaves the memory as it was, and
the time until the next review begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from jobs.review.ladder import Interval, Ladder, parse_interval
from jobs.review.memory import Memory, Recall
from jobs.review.pacing import Pacing
from jobs.review.schedule import TOMORROW, Rhythm, local_day, moment_on

_AGAIN = 1
Place = tuple[int, int]
"""(step, repeat): what a review is within its study."""


@dataclass(frozen=True, slots=True)
class Study:
    """A note was studied."""

    studied_at: datetime
    day: date
    """The learner's local day of that moment."""
    ladder: Ladder
    """As it was in force; empty: FSRS from the start."""
    resumed: date | None = None
    """The local day of the answer from which on the steps to come count, once some had passed unanswered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answered attempt that hangs on a review of the study."""

    step: int
    repeat: int
    interval: str
    """The review's own, canonical."""
    answered_at: datetime
    answered_day: date
    rating: int | None = None
    rated_at: datetime | None = None
    rated_day: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review that is to come."""

    step: int
    repeat: int
    interval: str
    day: date | None
    """The local day that it is planned for; None: below a day, at an exact moment."""
    due_at: datetime

    @property
    def place(self) -> Place:
        return self.step, self.repeat


Past = Mapping[Place, Literal["asked", "answered", "dropped"]]
"""The reviews that wait no more, and what became of them."""


def waiting(
    study: Study, past: Past, answers: Iterable[Answer], rhythm: Rhythm, pacing: Pacing
) -> tuple[Waiting, ...]:
    """The reviews of a study that isn't stopped which are to come, in the order of step and repeat."""
    answered = sorted(answers, key=lambda answer: (answer.answered_at, answer.step, answer.repeat))
    found = [
        _after(study.studied_at, study.resumed or study.day, interval, step, 0, rhythm, interval)
        for step, interval in enumerate(study.ladder)
    ]
    found += [_repeat(study.ladder, answer, rhythm) for answer in answered if answer.rating == _AGAIN]
    beyond = _beyond(study, past, answered, rhythm, pacing)
    found += [beyond] if beyond else []
    return tuple(sorted((one for one in found if one.place not in past), key=lambda one: one.place))


def memory(study: Study, answers: Iterable[Answer], pacing: Pacing) -> Memory:
    """What is remembered of a study by its answers, in any order."""
    ordered = sorted(answers, key=lambda answer: (answer.answered_at, answer.step, answer.repeat))
    recalls = [Recall(one.answered_day, one.rating) for one in ordered if one.rating is not None]
    return Memory(study.day, recalls, pacing)


def _repeat(ladder: Ladder, answer: Answer, rhythm: Rhythm) -> Waiting:
    """Tomorrow; on a ladder below a day, after its first interval."""
    interval = parse_interval(answer.interval)
    first = ladder.intervals[0] if ladder.intervals else interval
    rated_at = answer.rated_at or answer.answered_at
    rated_day = answer.rated_day or local_day(rated_at, rhythm.tz)
    wait = TOMORROW if interval.whole_days else first
    return _after(rated_at, rated_day, wait, answer.step, answer.repeat + 1, rhythm, interval)


def _beyond(
    study: Study, past: Past, answered: list[Answer], rhythm: Rhythm, pacing: Pacing
) -> Waiting | None:
    """The next review by FSRS."""
    last = max((step for step, repeat in past if step >= 0 and repeat == 0), default=-1)
    if not pacing.goes_on_after(study.ladder) or last < len(study.ladder) - 1:
        return None
    if last >= 0 and past[last, 0] != "answered":
        return None
    begins = answered[-1].answered_day if answered else study.day
    interval = Interval(memory(study, answered, pacing).days, "d")
    return _after(study.studied_at, begins, interval, last + 1, 0, rhythm, interval)


def _after(
    moment: datetime,
    day: date,
    wait: Interval,
    step: int,
    repeat: int,
    rhythm: Rhythm,
    interval: Interval,
) -> Waiting:
    """The review that comes `wait` after something that happened at `moment`, on that local day."""
    if not wait.whole_days:
        return Waiting(step, repeat, interval.key, None, wait.after(moment, rhythm.tz, rhythm.review_hour))
    planned = wait.later(day)
    return Waiting(step, repeat, interval.key, planned, moment_on(planned, rhythm))
