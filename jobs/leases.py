"""Leases: which process is at which job, as the database has it.

Whoever claims a job holds it under a lease and has to renew that. Progress and outcome of a run are
written only while the job is still its holder's; a job taken over meanwhile is left alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from jobs.errors import EngineError
from jobs.outbox import Outbox
from jobs.owner import is_gone
from jobs.tables import JobRow
from knowledge.clock import Clock
from knowledge.errors import RecapError
from knowledge.store import Database

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
MOST_ATTEMPTS = 2

Store = Callable[[Session, JobRow, dict[str, Any]], None]
"""Keeps a job's result, in the transaction that marks the job done."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours to run, for the `attempt`th time."""

    id: int
    kind: str
    request: dict[str, Any]
    attempt: int


class Leases:
    """The jobs that `owner` holds, and those it could claim; safe to use from several threads."""

    def __init__(
        self, database: Database, outbox: Outbox, clock: Clock, owner: str, lease: timedelta = LEASE
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._lock = threading.Lock()
        self._held: dict[int, Claim] = {}

    def held(self) -> list[Claim]:
        """The claims neither given back nor finished."""
        with self._lock:
            return list(self._held.values())

    def claim(self, without: Collection[str] = ()) -> Claim | None:
        """Takes the oldest job that waits or was left behind; fails those that were left behind twice.

        `without`: kinds of jobs that are passed over.
        """
        now = self._clock.now()
        while True:
            with self._database.session() as session:
                row = session.scalars(
                    select(JobRow)
                    .where(self._free(session, now), JobRow.kind.not_in(without))
                    .order_by(JobRow.created_at, JobRow.id)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                ).first()
                if row is None:
                    return None
                if row.attempts >= MOST_ATTEMPTS:
                    log.warning("job %d ended its process %d times; it fails", row.id, row.attempts)
                    self._conclude(session, row, error=EngineError("error.job_interrupted"))
                    continue
                row.state, row.owner, row.lease_until = "running", self._owner, now + self._lease
                row.attempts += 1
                row.started_at = row.started_at or now
                claim = Claim(row.id, row.kind, row.request, row.attempts)
            with self._lock:
                self._held[claim.id] = claim
            return claim

    def claimable(self) -> bool:
        """Whether there is a job to claim."""
        with self._database.session() as session:
            free = self._free(session, self._clock.now())
            return session.scalar(select(JobRow.id).where(free).limit(1)) is not None

    def renew(self) -> None:
        """Lets the leases of all held jobs run from now."""
        numbers = [claim.id for claim in self.held()]
        if not numbers:
            return
        with self._database.session() as session:
            session.execute(
                update(JobRow)
                .where(JobRow.id.in_(numbers), JobRow.state == "running", JobRow.owner == self._owner)
                .values(lease_until=self._clock.now() + self._lease)
            )

    def give_back(self, claim: Claim, counted: bool) -> None:
        """Puts the job, if it is still ours, back into the queue; its attempt is `counted` or forgotten.

        The claim is held no longer, even if this raises: the lease then runs out.
        """
        attempts = claim.attempt if counted else claim.attempt - 1
        try:
            with self._database.session() as session:
                row = self._own(session, claim)
                if row is not None:
                    row.state, row.owner, row.lease_until, row.attempts = "queued", None, None, attempts
        finally:  # else its lease would be renewed for ever, with nobody at it
            self._forget(claim)

    def finish(
        self, claim: Claim, result: dict[str, Any], error: RecapError | None, store: Store | None
    ) -> None:
        """Ends the job as done, or with `error` as failed, and puts its one message, in one transaction.

        A result that `store` or the database refuses fails the job. The outcome of a job taken over
        meanwhile is dropped. The claim is held no longer, even if this raises.
        """
        try:
            self._finish(claim, result, error, store)
        finally:
            self._forget(claim)

    def tell(self, number: int, share: float, stage: str) -> None:
        """Puts the job's progress message in place of the one before, unless the job isn't ours any more."""
        with self._database.session() as session:
            row = _locked(session, number)
            if row is None or row.state != "running" or row.owner != self._owner or not row.platform:
                return
            payload = {"job": number, "share": round(share, 3), "stage": stage}
            self._outbox.put_latest(session, key=f"job:{number}:progress", payload=payload, **_address(row))

    def _free(self, session: Session, now: datetime) -> Any:
        """The condition of a job that may be claimed."""
        owners = session.scalars(
            select(JobRow.owner).where(JobRow.state == "running", JobRow.owner.is_not(None)).distinct()
        )
        gone = [owner for owner in owners if owner is not None and is_gone(owner, self._owner)]
        return or_(
            JobRow.state == "queued",
            and_(
                JobRow.state == "running",
                or_(JobRow.lease_until.is_(None), JobRow.lease_until <= now, JobRow.owner.in_(gone)),
            ),
        )

    def _forget(self, claim: Claim) -> None:
        with self._lock:
            if self._held.get(claim.id) is claim:
                del self._held[claim.id]

    def _finish(
        self, claim: Claim, result: dict[str, Any], error: RecapError | None, store: Store | None
    ) -> None:
        try:
            with self._database.session() as session:
                row = self._own(session, claim)
                if row is None:
                    log.warning("job %d was taken over meanwhile; its outcome is dropped", claim.id)
                    return
                if error is None and store is not None:
                    store(session, row, result)
                self._conclude(session, row, result, error)
        except Exception as problem:
            if error is not None:
                raise
            log.exception("the result of job %d could not be stored", claim.id)
            told = problem if isinstance(problem, RecapError) else EngineError("error.internal")
            self._finish(claim, {}, told, None)

    def _own(self, session: Session, claim: Claim) -> JobRow | None:
        """The job's row, locked; None if it isn't this claim's any more."""
        row = _locked(session, claim.id)
        if row is None or row.state != "running" or row.owner != self._owner or row.attempts != claim.attempt:
            return None
        return row

    def _conclude(
        self,
        session: Session,
        row: JobRow,
        result: dict[str, Any] | None = None,
        error: RecapError | None = None,
    ) -> None:
        row.state = "done" if error is None else "failed"
        row.result = result if error is None else None
        row.error = None if error is None else {"key": error.key, "params": dict(error.params)}
        row.finished_at = self._clock.now()
        row.owner = row.lease_until = None
        if row.platform:
            self._outbox.put(session, key=f"job:{row.id}:result", payload={"job": row.id}, **_address(row))


def _locked(session: Session, job_id: int) -> JobRow | None:
    return session.get(JobRow, job_id, with_for_update=True)


def _address(row: JobRow) -> dict[str, Any]:
    return {
        "platform": row.platform,
        "place": row.place,
        "kind": "job",
        "learner_id": row.learner_id,
        "edit_ref": row.reply_ref,
    }
