"""The progress of a job, told no faster than a person can read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from knowledge.clock import Clock

log = logging.getLogger(__name__)

PROGRESS_EVERY = timedelta(seconds=0.5)


class ThrottledProgress:
    """A `Progress` that passes on at most two a second, and every new stage; it never raises."""

    def __init__(self, number: int, clock: Clock, tell: Callable[[int, float, str], None]) -> None:
        """`tell` gets the job's number, the share and the stage."""
        self._number = number
        self._clock = clock
        self._tell = tell
        self._stage: str | None = None
        self._told_at: datetime | None = None

    def __call__(self, share: float, stage: str) -> None:
        now = self._clock.now()
        if stage == self._stage and self._told_at is not None and now - self._told_at < PROGRESS_EVERY:
            return
        self._stage, self._told_at = stage, now
        try:
            self._tell(self._number, share, stage)
        except Exception:
            log.exception("progress of job %d could not be told", self._number)
