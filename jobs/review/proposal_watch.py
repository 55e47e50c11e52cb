"""Has the language model asked about what is left: one job at a time, within the share of a day."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.engine.protocol import Progress
from jobs.queue import NOBODY, JobQueue
from jobs.review.proposal_claims import held_until
from jobs.review.proposing import DAY, Proposing, asked_since
from jobs.tables import JobRow
from knowledge.clock import Clock
from knowledge.store import Database

log = logging.getLogger(__name__)

KIND = "propose"
AFTER_FAILURE = timedelta(minutes=30)


class ProposeRunner:
    """Goes through what is left of a course. Request: `{"course": name}`; result: counts."""

    def __init__(
        self, database: Database, proposing: Mapping[str, Proposing], clock: Clock, per_day: int
    ) -> None:
        self._database = database
        self._proposing = proposing
        self._clock = clock
        self._per_day = per_day

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        one = self._proposing.get(str(request["course"]))
        with self._database.session() as session:
            asked, _ = asked_since(session, self._clock.now() - DAY)
        if one is None or asked >= self._per_day:
            return {}
        found = one.propose_left(self._per_day - asked)
        counts = {"sections": found.sections, "proposed": found.proposed, "accepted": len(found.accepted)}
        log.info("%(sections)d sections asked about, %(accepted)d of %(proposed)d accepted", counts)
        return {**counts, "held": found.held, "refused": dict(found.refused)}

    def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
        """Nothing: each section's cards were kept as they came."""


class ProposalWatch:
    """A `jobs.scheduler.Source` for the proposals of all courses."""

    def __init__(
        self,
        database: Database,
        proposing: Mapping[str, Proposing],
        queue: JobQueue,
        clock: Clock,
        per_day: int,
    ) -> None:
        self._database = database
        self._proposing = proposing
        self._queue = queue
        self._clock = clock
        self._per_day = per_day

    def run(self) -> None:
        """Puts a job for the first course where something is left, if it is time."""
        with self._database.session() as session:
            course, moment = self._next(session)
        if course is not None and moment is not None and moment <= self._clock.now():
            self._queue.put(KIND, {"course": course}, NOBODY)

    def next_due(self) -> datetime | None:
        """When `run` will put a job; None while one is at it, or nothing is left."""
        with self._database.session() as session:
            return self._next(session)[1]

    def _next(self, session: Session) -> tuple[str | None, datetime | None]:
        nothing = (None, None)
        at_it = select(JobRow.id).where(JobRow.kind == KIND, JobRow.state.in_(("queued", "running")))
        if not self._proposing or not self._per_day:
            return nothing
        if session.scalar(at_it.limit(1)) is not None:
            return nothing
        course = next((name for name, one in self._proposing.items() if one.left(session)), None)
        if course is None:
            return nothing
        now = self._clock.now()
        asked, first = asked_since(session, now - DAY)
        moment = first + DAY if first is not None and asked >= self._per_day else now
        jobs = select(JobRow).where(JobRow.kind == KIND).order_by(JobRow.id.desc())
        last = session.scalars(jobs.limit(1)).first()
        if last is not None and last.state == "failed" and last.finished_at is not None:
            moment = max(moment, last.finished_at + AFTER_FAILURE)
        if last is not None and last.result and last.result.get("held"):  # what is left may be theirs
            moment = max(moment, held_until(session, list(self._proposing), now) or moment)
        return course, moment
