"""When an outbound row that could not be sent is tried again, and when never."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.destinations import follows
from jobs.people import learner_of
from jobs.review.hours import out_of_quiet
from jobs.tables import LearnerRow, OutboundRow

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""How long a claim holds; when its claimer dies, the message goes out that much later."""
MAX_ATTEMPTS = 42
"""Claims of one row before it fails for good; with the back-off that is more than a day of trying."""
IN_ORDER = 6
"""Attempts of a row that fails for a reason of its own during which later ones of its learner wait for it."""
STALE = timedelta(minutes=10)
"""So long after its moment a review no longer comes at a moment that was chosen for it."""
_FIRST_BACK_OFF = timedelta(seconds=2)
_LONGEST_BACK_OFF = timedelta(hours=1)
_EARLIER, _LATER = 0.25, 0.1
"""Shares of the jitter: a back-off is shortened by it, a time that the platform asked for lengthened."""

Jitter = Callable[[], float]
"""A random number, 0.0-1.0."""


def back_off(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts: 2 s, doubling up to an hour."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(_FIRST_BACK_OFF * (1 << doublings), _LONGEST_BACK_OFF)


def put_back(
    row: OutboundRow, error: str, now: datetime, retry_in: timedelta | None, patient: bool, jitter: Jitter
) -> None:
    """The attempt failed: the row waits for its next one, or fails for good.

    `retry_in` None: it will never work. `patient`: the platform is at fault, not the message, which therefore
    never fails for good. What waits is spread by `jitter`, so that not all comes back at one moment.
    """
    row.owner = row.claimed_until = None
    row.error = error
    if retry_in is None or (row.attempts >= MAX_ATTEMPTS and not patient):
        row.state = "failed"
        log.warning("gave up on message %s: %s", row.key, error)
        return
    share = jitter()
    pause = max(retry_in * (1 + _LATER * share), back_off(row.attempts) * (1 - _EARLIER * share))
    row.state, row.renewed, row.due_at = "waiting", False, now + pause
    row.holds_up = patient or row.attempts < IN_ORDER
    if patient:
        row.attempts = min(row.attempts, MAX_ATTEMPTS - 1)


def by_day(session: Session, rows: Iterable[OutboundRow], now: datetime) -> list[OutboundRow]:
    """Those of the rows that may go out now: a review that missed its moment waits until quiet hours end."""
    rows = list(rows)
    stale = {row.learner_id for row in rows if follows(row) and _stale(row, now)}
    if not stale:
        return rows
    found = session.scalars(select(LearnerRow).where(LearnerRow.id.in_(stale - {None})))
    learners = {row.id: learner_of(row) for row in found}
    allowed = []
    for row in rows:
        learner = learners.get(row.learner_id) if row.learner_id is not None and follows(row) else None
        until = out_of_quiet(now, learner.tz, learner.quiet) if learner else now
        if until > now:
            row.state, row.due_at = "waiting", until
            row.owner = row.claimed_until = None
        else:
            allowed.append(row)
    return allowed


def _stale(row: OutboundRow, now: datetime) -> bool:
    # Another try moves the due moment.
    return now - (row.created_at if row.holds_up else row.due_at) > STALE
