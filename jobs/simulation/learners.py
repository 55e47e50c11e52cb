"""Who the simulated learners are: where they live, when they study and answer, how well they remember.

The shares are assumptions, stated here; everything is drawn from the plan's seed and the learner's number,
so that the same people meet every ladder that is compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from jobs.review.hours import Quiet, at_hour
from jobs.simulation.plan import START, Plan

Kind = TypeVar("Kind")

ZONES: Final = {
    "Europe/Sofia": 30,
    "Europe/London": 15,
    "America/New_York": 15,
    "America/Los_Angeles": 10,
    "Asia/Shanghai": 15,
    "Asia/Kolkata": 10,
    "Australia/Sydney": 5,
}
"""Zones, half of them with two changes of the clocks a year, and how many in a hundred live there."""
HOURS: Final = {18: 50, 8: 10, 12: 10, 20: 20, 23: 5, 7: 5}
"""Hours of reviews: most keep the default, some choose one that lies in their quiet hours."""
QUIET: Final = {(22, 8): 80, (0, 7): 10, None: 10}
ANSWERS: Final = 0.88
"""The mean share of questions that are answered at all; people differ (a beta distribution)."""
DELAY: Final = timedelta(minutes=40)
"""The median time until a question is answered; lognormal, a tenth take more than five hours."""
_DELAY_SPREAD: Final = 1.6
SNOOZES: Final = 0.03
"""The share of questions that are put off first, for an hour."""
HOLIDAY: Final = 0.4
"""The share of learners who are away once, for three to fourteen days."""
RETURNS: Final = 0.5
"""The share of the questions of a holiday that are answered after it."""
PAUSES: Final = 0.25
"""The share of the holidays for which the reviews are paused until its last day."""
_AWAKE: Final = (7, 23)
"""Local hours in which people study and answer."""


@dataclass(frozen=True, slots=True)
class Habits:
    """One person."""

    number: int
    zone: str
    hour: int
    quiet: Quiet | None
    studies: tuple[datetime, ...]
    """When the first, second, … topic is studied."""
    away: tuple[datetime, datetime] | None
    answers: float
    """The share of questions that are answered."""
    strength: float
    growth: float
    """See `jobs.simulation.memory`."""
    pauses: bool = False
    """Whether the reviews are paused while they are away."""

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def answers_at(self, arrived: datetime, random: Random) -> datetime | None:
        """When a question that came then is answered; None: never."""
        if random.random() > self.answers:
            return None
        delay = DELAY * math.exp(random.gauss(0, _DELAY_SPREAD))
        return self.awake(self.back(arrived + min(delay, timedelta(days=3)), random), random)

    def back(self, moment: datetime | None, random: Random) -> datetime | None:
        """The moment, or after the holiday in which it lies: then it is done later or left."""
        if moment is None or self.away is None or not self.away[0] <= moment < self.away[1]:
            return moment
        if random.random() > RETURNS:
            return None
        return self.away[1] + timedelta(minutes=random.uniform(0, 24 * 60))

    def awake(self, moment: datetime | None, random: Random) -> datetime | None:
        """The moment, or after the night in which it lies."""
        if moment is None:
            return None
        local = moment.astimezone(self.tz)
        if _AWAKE[0] <= local.hour < _AWAKE[1]:
            return moment
        day = local.date() if local.hour < _AWAKE[0] else local.date() + timedelta(days=1)
        return at_hour(day, _AWAKE[0], self.tz) + timedelta(minutes=random.uniform(0, 120))


def chance(plan: Plan, number: int, of: str = "habits") -> Random:
    """What is drawn for one learner; the same for every ladder that is compared."""
    return Random(f"{plan.seed}/{number}/{of}")  # noqa: S311  nothing here is secret


def habits(plan: Plan, number: int) -> Habits:
    """The learner of that number."""
    random = chance(plan, number)
    zone = _drawn(random, ZONES)
    quiet = _drawn(random, QUIET)
    away = None
    if random.random() < HOLIDAY:
        begins = START + timedelta(days=random.uniform(0, plan.days))
        away = begins, begins + timedelta(days=random.uniform(3, 14))
    return Habits(
        number=number,
        zone=zone,
        hour=_drawn(random, HOURS),
        quiet=Quiet(*quiet) if quiet else None,
        studies=_studies(plan, ZoneInfo(zone), random),
        away=away,
        answers=random.betavariate(ANSWERS * 10, (1 - ANSWERS) * 10),
        strength=math.exp(random.gauss(0, 0.5)),
        growth=math.exp(random.gauss(0, 0.25)),
        pauses=random.random() < PAUSES and away is not None,
    )


def _studies(plan: Plan, zone: ZoneInfo, random: Random) -> tuple[datetime, ...]:
    """Over the first two thirds of the time, more of them in the evening; often several on one day."""
    days = sorted(int(random.uniform(0, plan.days * 2 / 3)) for _ in range(plan.topics))
    hours = random.choices(range(*_AWAKE), weights=[1] * 9 + [3] * 7, k=plan.topics)
    moments = (
        at_hour((START + timedelta(days=day)).date(), hour, zone) + timedelta(minutes=random.uniform(0, 60))
        for day, hour in zip(days, hours, strict=True)
    )
    return tuple(sorted(max(moment, START) for moment in moments))


def _drawn(random: Random, shares: Mapping[Kind, int]) -> Kind:
    return random.choices(list(shares), weights=list(shares.values()))[0]
