"""What is simulated: how many people, for how long, with which settings and mishaps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from jobs.errors import SimulationError
from jobs.review.ladder import Ladder, read_interval

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday before the clocks go forward, in America and then in Europe."""
_DOWNTIME = re.compile(r"^(?P<length>[^@]+)@(?P<day>\d{1,4})$")


@dataclass(frozen=True, slots=True)
class Downtime:
    """The server is off from `begins` to before `ends`."""

    begins: datetime
    ends: datetime

    def covers(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends

    @classmethod
    def parse(cls, text: str) -> Downtime:
        """From `7d@30`: off for seven days, from the 30th day on. SimulationError."""
        match = _DOWNTIME.match(text.strip())
        length = read_interval(match["length"]) if match else None
        if match is None or length is None:
            raise SimulationError("error.simulation_downtime", text=text)
        begins = START + timedelta(days=int(match["day"]))
        return cls(begins, begins + length.length)


@dataclass(frozen=True, slots=True)
class Plan:
    """A simulation. The same plan gives the same result."""

    learners: int
    days: int
    topics: int
    """Each learner studies that many notes."""
    ladder: Ladder
    daily_cap: int
    seed: int = 1
    downtimes: tuple[Downtime, ...] = ()

    def __post_init__(self) -> None:
        if not all(interval.whole_days for interval in self.ladder):
            raise SimulationError("error.simulation_intervals", intervals=str(self.ladder))

    @property
    def ends(self) -> datetime:
        return START + timedelta(days=self.days)

    def up_again(self, moment: datetime) -> datetime:
        """The first moment from `moment` on at which the server is up."""
        for downtime in sorted(self.downtimes, key=lambda one: one.begins):
            if downtime.covers(moment):
                moment = downtime.ends
        return moment
