"""Jobs: work slower than a blink, durable from the moment it is asked for.

A job is claimed under a lease (`jobs.leases`) that a heartbeat renews. What its end can be:

| what happens | outcome |
|---|---|
| the runner gives a result, or fails | `done` or `failed`, and one message, in one transaction |
| the worker process dies | run once more at once; the second time `failed` with `error.worker_died` |
| the owner of the job dies | taken up by another process, or by the next start, and run once more |
| the owner dies again with it | `failed` with `error.job_interrupted` |
| the queue is stopped in mid-run | given back unharmed: the next start runs it, no attempt counted |

Progress and result are messages to `reply_ref`: `job:{id}:progress`, at most two a second, then
`job:{id}:result`, both with `{"job": id}` in their payload, progress with `share` and `stage` too. A job
of `NOBODY` sends none.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.engine.protocol import Progress
from jobs.errors import EngineError, WorkerDied
from jobs.leases import LEASE, MOST_ATTEMPTS, Claim, Leases
from jobs.outbox import Outbox
from jobs.progress import ThrottledProgress
from jobs.tables import JobRow
from knowledge.clock import Clock
from knowledge.errors import RecapError
from knowledge.store import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """To whom a job answers, and where."""

    platform: str
    place: str
    reply_ref: str
    learner_id: int | None
    language: str


NOBODY = Address("", "", "", None, "en")
"""Of a job that nobody asked for: nobody is told of it."""
ASIDE = frozenset({"propose"})
"""Kinds of jobs that nobody waits for: one at a time in a process, so that the other runners stay free."""


class Runner(Protocol):
    """Does the jobs of one kind."""

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        """The result as JSON types; a RecapError fails the job and is told."""

    def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
        """Called in the transaction that marks the job done."""


class JobQueue:
    """The jobs of one database; any number of processes may share them.

    `owner` names this process (`jobs.owner.process_owner`): with such a name, what a dead predecessor on
    this machine left behind is taken up at once; otherwise when its lease has run out.
    """

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        runners: Mapping[str, Runner],
        owner: str,
        threads: int = 3,
        poll: float = 2.0,
        lease: timedelta = LEASE,
    ) -> None:
        """`threads` jobs run at a time; `poll`: seconds between looks for what other processes left."""
        self._database = database
        self._clock = clock
        self._runners = runners
        self._count = threads
        self._poll = poll
        self._leases = Leases(database, outbox, clock, owner, lease)
        self._wake = threading.Condition()
        self._aside = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._news = 0

    def put(self, kind: str, request: dict[str, Any], address: Address) -> int:
        """Makes the job durable, then wakes a runner. Gives its id."""
        if kind not in self._runners:
            raise ValueError(f"no runner for {kind} jobs")
        row = JobRow(
            kind=kind, state="queued", request=request, created_at=self._clock.now(), **asdict(address)
        )
        with self._database.session() as session:
            session.add(row)
            session.flush()
            number = row.id
        self._announce()
        return number

    def waiting(self) -> int:
        """How many jobs are not finished."""
        with self._database.session() as session:
            count = select(func.count()).where(JobRow.state.in_(("queued", "running")))
            return session.scalar(count) or 0

    def start(self) -> None:
        """Starts the runners; what a dead owner left is taken up. Idempotent."""
        if self._threads:
            return
        self._stopping.clear()
        runners = [
            threading.Thread(target=self._work, name=f"job-runner-{number}", daemon=True)
            for number in range(self._count)
        ]
        keeper = threading.Thread(target=self._keep, name="job-keeper", daemon=True)
        self._threads = [*runners, keeper]
        for thread in self._threads:
            thread.start()

    def halt(self) -> None:
        """From now on no job is begun, and one whose worker ends is given back; `stop` is to follow.

        Call it before the engine stops: else what the engine then fails would count as its worker's death.
        """
        self._stopping.set()
        self._announce()

    def stop(self, grace: float = 3.0) -> None:
        """Ends the runners; what is still running after `grace` s is given back to the queue. Idempotent."""
        self.halt()
        deadline = time.monotonic() + grace
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._threads = []
        for claim in self._leases.held():
            self._leases.give_back(claim, counted=False)

    def _announce(self) -> None:
        with self._wake:
            self._news += 1
            self._wake.notify_all()

    def _work(self) -> None:
        seen = -1
        while not self._stopping.is_set():
            with self._wake:
                self._wake.wait_for(lambda: self._news != seen or self._stopping.is_set())  # noqa: B023
                seen = self._news
            try:
                while not self._stopping.is_set() and self._run_next():
                    pass
            except Exception:
                # The database may be away for a while; the keeper's next announcement tries again.
                log.exception("a job could not be handled")

    def _run_next(self) -> bool:
        """Whether there was a job to run."""
        aside = self._aside.acquire(blocking=False)
        try:
            claim = self._leases.claim(without=() if aside else ASIDE)
            if aside and (claim is None or claim.kind not in ASIDE):
                self._aside.release()
                aside = False
            if claim is None:
                return False
            if self._stopping.is_set():
                self._leases.give_back(claim, counted=False)
            else:
                self._run(claim)
            return True
        finally:
            if aside:
                self._aside.release()

    def _keep(self) -> None:
        """Renews leases, and looks for jobs that other processes put or left."""
        while not self._stopping.is_set():
            try:
                self._leases.renew()
                if self._leases.claimable():
                    self._announce()
            except Exception:
                log.exception("leases could not be renewed")
            self._stopping.wait(self._poll)

    def _run(self, claim: Claim) -> None:
        runner = self._runners.get(claim.kind)
        progress = ThrottledProgress(claim.id, self._clock, self._leases.tell)
        error: RecapError | None = None
        result: dict[str, Any] = {}
        try:
            if runner is None:
                raise EngineError("error.internal")
            result = runner.run(claim.request, progress)
        except WorkerDied as death:
            if self._again_after_death(claim):
                return
            error = death
        except RecapError as expected:
            error = expected
        except Exception:
            log.exception("job %d failed", claim.id)
            error = EngineError("error.internal")
        self._leases.finish(claim, result, error, None if runner is None else runner.done)

    def _again_after_death(self, claim: Claim) -> bool:
        """Puts the job back for its second attempt, or for the next start when we are stopping."""
        if self._stopping.is_set():
            self._leases.give_back(claim, counted=False)
            return True
        if claim.attempt >= MOST_ATTEMPTS:
            return False
        log.warning("the worker died during job %d; it is run once more", claim.id)
        self._leases.give_back(claim, counted=True)
        self._announce()
        return True
