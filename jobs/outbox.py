"""The outbox: every message that is not the immediate reply to a turn goes out through its rows.

A row is queued in the transaction of what it tells about, claimed by one drain under a lease, sent, and
marked. Where a crash falls decides what happens next:

| crash                         | outcome                                                            |
|-------------------------------|--------------------------------------------------------------------|
| before the commit             | neither the fact nor the message exists                            |
| after it                      | the row waits, any process sends it                                |
| claimed, not sent             | the lease runs out, the row is claimed again                       |
| sent, not marked              | claimed again with the same `key`: the platform's own idempotency  |
|                               | means (a nonce, a unique column, an edit) make it one message      |

Order: by due moment, then as queued. Reviews of one learner never overtake one another: while one is being
sent or waits for another try, those queued after it wait too (`jobs.outbox_retry` says for how long), and
one that missed its moment does not come in the learner's quiet hours. Messages that edit the same message
(`edit_ref`) go one at a time and never backwards: when several wait, the last one is sent and the ones
before it are dropped.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from jobs import destinations
from jobs.outbox_marks import mark_sent
from jobs.outbox_order import due_rows
from jobs.outbox_retry import LEASE, MAX_ATTEMPTS, Jitter, back_off, by_day, put_back
from jobs.outbox_statements import WITHDRAW, queueing
from jobs.tables import OutboundRow
from jobs.wakes import Wake, Wakes
from knowledge.clock import Clock
from knowledge.store import Database, dialect_of

__all__ = ["LEASE", "MAX_ATTEMPTS", "Delivery", "Outbox", "back_off"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed message: send it, then call `sent` or `failed` with its id."""

    id: int
    key: str
    """The same at every attempt: what a platform's nonce is made of."""
    platform: str
    place: str
    edit_ref: str | None
    """The message to replace; None: a new message."""
    kind: str
    payload: dict[str, Any]
    learner_id: int | None
    attempts: int
    """This one included."""


class Outbox:
    """The messages that wait in one database. Thread-safe; any number of processes may share them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        lease: timedelta = LEASE,
        jitter: Jitter = random.random,
    ) -> None:
        self._database = database
        self._jitter = jitter
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._wakes = Wakes()

    def put(
        self,
        session: Session,
        *,
        key: str,
        platform: str,
        place: str,
        kind: str,
        payload: dict[str, Any],
        learner_id: int | None = None,
        due_at: datetime | None = None,
        edit_ref: str | None = None,
    ) -> bool:
        """Queues a message within the caller's transaction. False: that key was queued before."""
        values = self._values(key, platform, place, kind, payload, learner_id, due_at, edit_ref)
        if self._insert(session, values) is None:
            return False
        self._wakes.after_commit(session, platform)
        return True

    def put_latest(
        self,
        session: Session,
        *,
        key: str,
        platform: str,
        place: str,
        kind: str,
        payload: dict[str, Any],
        learner_id: int | None = None,
        due_at: datetime | None = None,
        edit_ref: str | None = None,
    ) -> None:
        """Queues news that make older news of the same key void (progress).

        An unsent row of that key is replaced, a row just being sent is sent again afterwards. Does
        nothing once another message on the same subject (the key up to its last colon: `job:4`) is
        queued, so that progress never follows the result. Call it within a transaction that excludes
        the one that queues the result (both lock the job's row).
        """
        subject = key.rpartition(":")[0]
        others = select(OutboundRow.id).where(
            OutboundRow.key.startswith(f"{subject}:", autoescape=True), OutboundRow.key != key
        )
        if subject and session.scalar(others.limit(1)) is not None:
            return
        values = self._values(key, platform, place, kind, payload, learner_id, due_at, edit_ref)
        if self._insert(session, values) is None:
            row = session.scalars(
                select(OutboundRow)
                .where(OutboundRow.key == key)
                .with_for_update()
                .execution_options(populate_existing=True)
            ).one()
            sending = row.state == "sending"
            for name, value in values.items():
                if not (sending and name in {"state", "attempts"}):
                    setattr(row, name, value)
            row.renewed = sending
            session.flush()
        self._wakes.after_commit(session, platform)

    def withdraw(self, session: Session, *keys: str) -> bool:
        """Drops messages that are no longer true, within the caller's transaction. False: all are out.

        Rows that the session has loaded already are not refreshed.
        """
        result = session.execute(WITHDRAW, {"keys": keys})
        return bool(cast(CursorResult[Any], result).rowcount)

    def claim(self, platform: str, limit: int = 20, without: Collection[str] = ()) -> list[Delivery]:
        """Takes up to `limit` messages that are due, under a lease; nobody else gets them meanwhile.

        None for the places `without`, where the caller is still at an earlier one.
        """
        now = self._clock.now()
        with self._database.session() as session:
            due = by_day(session, due_rows(session, platform, now, limit, without), now)
            return [self._take(row, now) for row in due if not self._spent(row)]

    def sent(self, delivery_id: int, ref: str | None) -> None:
        """The platform has the message, under `ref` there. True whoever holds the claim by now."""
        self.sent_all({delivery_id: ref})

    def sent_all(self, references: Mapping[int, str | None]) -> None:
        """The platform has the messages of these ids, each under its reference there; in one transaction."""
        with self._database.session() as session:
            marked = mark_sent(session, references, self._clock.now())
            for platform in marked.renewed:
                self._wakes.after_commit(session, platform)
        for learner_id, platform, place in marked.reopened:
            with self._database.session() as session:
                destinations.arrived(session, learner_id, platform, place)

    def unreachable(self, delivery_id: int, error: str) -> None:
        """The learner can't be reached there: a review goes elsewhere or is held, all else fails for good."""
        with self._database.session() as session:
            if destinations.turn_away(session, delivery_id, self._owner, error, self._clock.now()):
                return
        self.failed(delivery_id, error, None)

    def failed(self, delivery_id: int, error: str, retry_in: timedelta | None, patient: bool = False) -> None:
        """The attempt failed.

        `retry_in` None: it will never work (a closed conversation); the row fails for good. Otherwise it
        waits for the longer of `retry_in` and the back-off, and fails for good after `MAX_ATTEMPTS`, unless
        `patient`: the platform is at fault, and the message can wait for as long as that takes.
        Ignored when the lease has run out and someone else holds the claim.
        """
        with self._database.session() as session:
            row = _locked(session, delivery_id)
            if row is not None and row.state == "sending" and row.owner == self._owner:
                put_back(row, error, self._clock.now(), retry_in, patient, self._jitter)

    def release(self, delivery_ids: Iterable[int]) -> None:
        """Gives claimed messages back unsent, as a drain does when it stops."""
        with self._database.session() as session:
            session.execute(
                update(OutboundRow)
                .where(
                    OutboundRow.id.in_(list(delivery_ids)),
                    OutboundRow.state == "sending",
                    OutboundRow.owner == self._owner,
                )
                .values(state="waiting", owner=None, claimed_until=None, attempts=OutboundRow.attempts - 1)
            )

    def next_due(self, platform: str) -> datetime | None:
        """When there will be something to claim: now or in the past if there is already."""
        of_state = select(func.min(OutboundRow.due_at)).where(OutboundRow.platform == platform)
        with self._database.session() as session:
            waiting = session.scalar(of_state.where(OutboundRow.state == "waiting"))
            sending = session.scalar(
                of_state.with_only_columns(
                    func.min(func.coalesce(OutboundRow.claimed_until, OutboundRow.due_at))
                ).where(OutboundRow.state == "sending")
            )
        return min((one for one in (waiting, sending) if one is not None), default=None)

    def prune(self, before: datetime) -> int:
        """Deletes what was sent, dropped or failed and queued before that moment; tells how many rows."""
        with self._database.session() as session:
            result = session.execute(
                delete(OutboundRow).where(
                    OutboundRow.state.in_(("sent", "dropped", "failed")), OutboundRow.created_at < before
                )
            )
            return cast(CursorResult[Any], result).rowcount

    def subscribe(self, platform: str, wake: Wake) -> Wake:
        """`wake` is called after each commit of this process that queued something; what it gives ends that.

        It runs in the committing thread and must only signal. Drains poll for all else.
        """
        return self._wakes.subscribe(platform, wake)

    def _values(
        self,
        key: str,
        platform: str,
        place: str,
        kind: str,
        payload: dict[str, Any],
        learner_id: int | None,
        due_at: datetime | None,
        edit_ref: str | None,
    ) -> dict[str, Any]:
        now = self._clock.now()
        return {
            "key": key,
            "platform": platform,
            "place": place,
            "kind": kind,
            "payload": payload,
            "learner_id": learner_id,
            "due_at": due_at or now,
            "edit_ref": edit_ref,
            "state": "waiting",
            "attempts": 0,
            "created_at": now,
        }

    def _insert(self, session: Session, values: dict[str, Any]) -> int | None:
        """The new row's id; None when the key is there already, in any state."""
        session.flush()
        return session.scalar(queueing(dialect_of(session)), {**values, "renewed": False})

    def _spent(self, row: OutboundRow) -> bool:
        """Fails a row that took its last attempt down with it, so that it can't stop the others for ever."""
        if row.attempts < MAX_ATTEMPTS:
            return False
        row.state, row.owner, row.claimed_until = "failed", None, None
        row.error = row.error or "every attempt ended without a result"
        log.warning("gave up on message %s: %s", row.key, row.error)
        return True

    def _take(self, row: OutboundRow, now: datetime) -> Delivery:
        row.state, row.owner, row.claimed_until = "sending", self._owner, now + self._lease
        row.attempts += 1
        row.renewed = False
        return Delivery(**{name: getattr(row, name) for name in Delivery.__slots__})


def _locked(session: Session, delivery_id: int) -> OutboundRow | None:
    return session.get(OutboundRow, delivery_id, with_for_update=True)
