"""The requests under way: made, perhaps given to a worker, not yet answered."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from jobs.engine.process import WorkerProcess
from jobs.engine.protocol import Progress
from jobs.engine.wire import Message
from jobs.errors import EngineError, EngineTimeout, WorkerDied

log = logging.getLogger(__name__)


@dataclasses.dataclass(slots=True)
class Pending:
    """One request; `number` is its name on the wire."""

    number: int
    message: Message
    future: Future[Any]
    progress: Progress | None = None
    allowance: float | None = None
    """Seconds without a sign after which a started request counts as stuck."""
    deadline: float | None = None
    """When it does (`time.monotonic`); None: it hasn't started, or may take as long as it likes."""
    worker: WorkerProcess | None = None
    """To whom it was sent; None: it waits for the next."""


class PendingRequests:
    """Every request from its making to its answer; of several ends of one request the first counts.

    Safe from any thread. Its lock is the innermost: it is held to look and to note, never while a future
    is settled, a listener told or a message posted, so a caller may hold a lock of its own around any call
    that neither settles nor tells. Which worker a request goes to is the caller's to keep in step with
    the worker's life: `add`, `send`, `given_to` and `take_back` belong under the lock that guards it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._pending: dict[int, Pending] = {}

    def __len__(self) -> int:
        return len(self._pending)

    def add(
        self,
        kind: str,
        values: Iterable[Any],
        future: Future[Any],
        progress: Progress | None = None,
        allowance: float | None = None,
    ) -> Pending:
        """A new request in line; the message is (kind, number, *values)."""
        with self._lock:
            number = next(self._numbers)
            pending = Pending(number, (kind, number, *values), future, progress, allowance)
            self._pending[number] = pending
        return pending

    def all(self) -> list[Pending]:
        """The oldest first."""
        with self._lock:
            return list(self._pending.values())

    def send(self, pending: Pending, worker: WorkerProcess) -> None:
        """Gives the request to this worker."""
        with self._lock:
            pending.worker = worker
        worker.post(pending.message)

    def given_to(self, worker: WorkerProcess | None) -> list[Pending]:
        """What this worker was given; for None, what waits for the next."""
        with self._lock:
            return [pending for pending in self._pending.values() if pending.worker is worker]

    def take_back(self, requests: Iterable[Pending]) -> None:
        """They wait for the next worker."""
        with self._lock:
            for pending in requests:
                pending.worker = None

    def sign_of_life(self, kind: str, number: int, share: float = 0.0, stage: str = "") -> None:
        """A worker's word on a request: "started", or "progress", which its listener is told."""
        with self._lock:
            pending = self._pending.get(number)
            if pending is None:
                return
            # Time in line or in a download doesn't count: only a start begins it, progress renews it.
            if pending.allowance is not None and (kind == "started" or pending.deadline is not None):
                pending.deadline = time.monotonic() + pending.allowance
        if kind == "progress":
            tell(pending.progress, share, stage)

    def settle(self, number: int, settle: Callable[[Future[Any]], None]) -> None:
        """Takes the request out, then settles its future; nothing if it has been answered already."""
        with self._lock:
            pending = self._pending.pop(number, None)
        if pending is not None:
            settle(pending.future)

    def abandon(self, future: Future[Any]) -> None:
        """Nobody waits for it any more; what the worker still says about it is ignored."""
        with self._lock:
            for number, pending in list(self._pending.items()):
                if pending.future is future:
                    del self._pending[number]

    def fail(self, requests: Iterable[Pending], error: type[EngineError] = WorkerDied) -> None:
        for pending in requests:
            self.settle(pending.number, lambda future: future.set_exception(error()))

    def next_deadline(self) -> float | None:
        """When (`time.monotonic`) the first started request counts as stuck; None: there is none."""
        with self._lock:
            deadlines = (pending.deadline for pending in self._pending.values())
            return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def stuck(self) -> list[Pending]:
        """The requests past their deadline."""
        now = time.monotonic()
        with self._lock:
            return [
                pending
                for pending in self._pending.values()
                if pending.deadline is not None and pending.deadline <= now
            ]

    def give_up(self, stuck: Iterable[Pending]) -> None:
        """Fails them with `EngineTimeout`."""
        for pending in stuck:
            log.error("request %d was stuck; its worker is killed", pending.number)
            key = "error.refresh_timeout" if pending.message[0] == "refresh" else EngineTimeout.key
            error = EngineTimeout(key, seconds=pending.allowance or 0.0)
            self.settle(pending.number, functools.partial(Future.set_exception, exception=error))


def tell(progress: Progress | None, share: float, stage: str) -> None:
    """Tells a listener, if there is one; whatever it raises goes to the log."""
    if progress is None:
        return
    try:
        progress(share, stage)
    except Exception:
        log.exception("a progress listener failed")
