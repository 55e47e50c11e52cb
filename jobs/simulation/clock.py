"""A clock that jumps from event to event."""

from __future__ import annotations

from datetime import datetime


class VirtualClock:
    """Implements `knowledge.clock.Clock`. It never goes back."""

    def __init__(self, at: datetime) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def jump(self, to: datetime) -> datetime:
        """Goes on to that moment, or stays where it lies in the past; tells the time."""
        self._now = max(self._now, to)
        return self._now
