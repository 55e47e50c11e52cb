"""The clock that wakes the review loop. The database's rows are the truth; APScheduler holds three jobs:

- *due*: runs at the next due moment, and is set anew after each run and at every `wake`;
- *safety*: sets it anew once a minute, for jumps of the clock and for what other processes planned;
- *housekeeping*: hourly.

Nothing is lost if a run is missed, late or fails: the next one finds the same rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from knowledge.clock import Clock

log = logging.getLogger(__name__)

SAFETY = timedelta(seconds=60)
HOUSEKEEPING = timedelta(hours=1)
_BREATH = timedelta(seconds=1)
"""Between two runs when something is still due after a run: another process is at it, or it failed."""
_DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 9}
"""A run is never skipped: not for being late, nor because the one before it has not ended."""


class Source(Protocol):
    """Something that has to be done at its moments."""

    def run(self) -> object:
        """Does what is due."""

    def next_due(self) -> datetime | None:
        """When there will be something to do; in the past if there is already, None if nothing is planned."""


class Scheduler:
    """Calls `deliver_due` when something is due. Every method may be called from any thread.

    A delivery may leave some of what is due for the next one, which follows at once if this one gave
    anything but 0. `others` are run at the same moments, between two of them: one that fails keeps none of
    the others from its work.
    """

    def __init__(
        self,
        deliver_due: Callable[[], object],
        next_due: Callable[[], datetime | None],
        housekeeping: Callable[[], object],
        clock: Clock,
        others: Sequence[Source] = (),
    ) -> None:
        self._deliver_due = deliver_due
        self._next_due = next_due
        self._others = others
        self._housekeeping = housekeeping
        self._clock = clock
        self._lock = RLock()
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Delivers what is overdue at once, then keeps watch until `stop`. Idempotent."""
        with self._lock:
            if self._scheduler is not None:
                return
            # One thread: a delivery, a safety run and housekeeping never run at once in this process.
            scheduler = BackgroundScheduler(
                timezone=UTC,
                executors={"default": ThreadPoolExecutor(1)},
                job_defaults=_DEFAULTS,
                daemon=True,
            )
            scheduler.add_job(self._due, "date", id="due")
            scheduler.add_job(self.wake, "interval", seconds=SAFETY.total_seconds(), id="safety")
            scheduler.add_job(self._keep_house, "interval", seconds=HOUSEKEEPING.total_seconds(), id="house")
            scheduler.start()
            self._scheduler = scheduler

    def stop(self) -> None:
        """Ends after the run in progress, if any; no thread is left. Idempotent."""
        with self._lock:
            scheduler, self._scheduler = self._scheduler, None
        # Outside of our lock, which the run in progress needs to see that there is nothing to set any more.
        if scheduler is not None:
            # A job that falls due within APScheduler's own shutdown would raise in its thread.
            scheduler.pause()
            scheduler.remove_all_jobs()
            scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Something was planned or moved, and committed: look again when the next moment is."""
        self._watch(timedelta(0))

    def _due(self) -> None:
        delivered: object = None
        try:
            delivered = self._deliver_due()
        except Exception:
            log.exception("due reviews could not be delivered")
        for other in self._others:
            try:
                other.run()
            except Exception:
                log.exception("what is due could not be done: %s", type(other).__name__)
        self._watch(timedelta(0) if delivered else _BREATH)

    def _keep_house(self) -> None:
        try:
            self._housekeeping()
        except Exception:
            log.exception("housekeeping failed")

    def _watch(self, least: timedelta) -> None:
        """Puts the job *due* at the next due moment, translated from our clock to the machine's."""
        # Reading the moment and setting the job are one step: else a run that has just read "nothing"
        # would take away what a wake set in between.
        with self._lock:
            scheduler = self._scheduler
            if scheduler is None:
                return
            try:
                moments = [self._next_due(), *(other.next_due() for other in self._others)]
            except Exception:
                log.exception("the next due moment could not be read")
                return
            moment = min((one for one in moments if one is not None), default=None)
            if moment is not None:
                at = datetime.now(UTC) + max(moment - self._clock.now(), least)
                scheduler.add_job(self._due, "date", run_date=at, id="due", replace_existing=True)
            elif scheduler.get_job("due"):
                scheduler.remove_job("due")
