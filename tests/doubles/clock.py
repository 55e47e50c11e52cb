"""A clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """Implements `knowledge.clock.Clock`."""

    def __init__(self, at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> datetime:
        """Moves the clock forward and tells the new time."""
        self._now += by
        return self._now

    def set(self, at: datetime) -> None:
        self._now = at
