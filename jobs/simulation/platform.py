"""A chat platform within the process: it keeps a record of its own of what reached whom, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jobs.outbox import Delivery
from knowledge.clock import Clock

PLATFORM: Final = "simulation"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that a learner has."""

    key: str
    learner_id: int
    place: str
    at: datetime
    payload: dict[str, Any]
    followed_at: datetime | None = None
    """When the question itself came, if the message announced it and another had to be answered first."""


class Loopback:
    """Takes every message that is sent to it, without looking whether it had it before.

    Its record is the judge of what was doubled or lost: it knows nothing of the database.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tell: Callable[[Arrived], None] = lambda arrived: None
        self.arrived: list[Arrived] = []

    def listen(self, tell: Callable[[Arrived], None]) -> None:
        """`tell` is called with every message that arrives."""
        self._tell = tell

    def send(self, delivery: Delivery) -> str:
        """Hands a message to its learner; gives the reference of the message."""
        message = Arrived(
            delivery.key, delivery.learner_id or 0, delivery.place, self._clock.now(), delivery.payload
        )
        self.arrived.append(message)
        self._tell(message)
        return f"m{len(self.arrived)}"

    def doubled(self) -> int:
        """How many messages came once more than they should."""
        return len(self.arrived) - len(Counter(one.key for one in self.arrived))
