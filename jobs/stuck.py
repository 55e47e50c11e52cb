"""What is stuck on its way to learners, why, and how it gets on: for whoever runs Recap.

| state       | what it is                                                                    |
|-------------|-------------------------------------------------------------------------------|
| failed      | a message that was given up: refused for good, or tried too often              |
| held        | a message whose learner can't be reached anywhere (`jobs.destinations`)        |
| retrying    | a message that is tried again and again, for longer than `PATIENCE`            |
| abandoned   | a message whose sender ended without a word; the next claim takes it           |
| unreachable | reviews that are due to a learner who can't be reached, not asked therefore    |

A message whose question is answered by now, or that made way for a later one, is not stuck.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from jobs import destinations
from jobs.errors import StuckError
from jobs.people import lock_learner
from jobs.tables import AttemptRow, LearnerRow, OutboundRow, ReviewRow, StudyRow
from knowledge.clock import Clock
from knowledge.store import Database

State = Literal["failed", "held", "retrying", "abandoned", "unreachable"]

PATIENCE: Final = timedelta(minutes=10)
"""So long a message may be late or tried again without being called stuck."""
_LEARNER: Final = "learner-"


@dataclass(frozen=True, slots=True)
class Stuck:
    """One thing that is stuck."""

    id: str
    """Of the message, a number; for reviews that were not asked, `learner-7`."""
    state: State
    kind: str
    """review | job | group_question | …"""
    learner: str
    """Name; empty for what goes to a whole channel."""
    platform: str
    place: str
    count: int
    """How many reviews wait; 1 for a message."""
    reason: str
    """What the platform said last; empty where it said nothing."""
    since: datetime
    attempts: int
    next_try: datetime | None
    """None: never, unless somebody does something."""


class Mail:
    """The stuck messages of one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def stuck(self) -> list[Stuck]:
        """All that is stuck now, the oldest first."""
        now = self._clock.now()
        with self._database.session() as session:
            found = [*_messages(session, now), *_unreachable(session, now)]
        return sorted(found, key=lambda one: (one.since, one.id))

    def retry(self, name: str) -> int:
        """Sends one that is stuck, or `all`, again as soon as possible; tells how many.

        A learner who could not be reached is tried once more in every place that refused.
        StuckError where nothing of that id is stuck.
        """
        chosen = self._chosen(name)
        for one in chosen:
            with self._database.session() as session:
                if one.state == "unreachable":
                    learner_id = int(one.id.removeprefix(_LEARNER))
                    lock_learner(session, learner_id)
                    destinations.reopen(session, learner_id)
                else:
                    self._again(session, int(one.id))
        return len(chosen)

    def drop(self, name: str) -> None:
        """Gives a message up; its question can still be answered with `/review`. StuckError."""
        (one,) = self._chosen(name, only_one=True)
        if one.state == "unreachable":
            raise StuckError("error.stuck_learner", id=name)
        with self._database.session() as session:
            row = session.get(OutboundRow, int(one.id), with_for_update=True)
            if row is not None and row.state in ("failed", "held", "waiting"):
                row.state, row.owner, row.claimed_until, row.holds_up = "dropped", None, None, False

    def _chosen(self, name: str, only_one: bool = False) -> list[Stuck]:
        found = self.stuck()
        if name == "all" and not only_one:
            return found
        chosen = [one for one in found if one.id == name]
        if not chosen:
            raise StuckError(id=name)
        return chosen

    def _again(self, session: Session, number: int) -> None:
        row = session.get(OutboundRow, number)
        if row is None:
            return
        if row.learner_id is not None:  # the learner first, as everyone locks them
            lock_learner(session, row.learner_id)
        session.refresh(row, with_for_update=True)
        now = self._clock.now()
        if row.state == "sending":
            if row.claimed_until is not None and row.claimed_until <= now:
                row.state, row.owner, row.claimed_until = "waiting", None, None
            return
        if row.state not in ("failed", "held", "waiting"):
            return
        row.state, row.attempts, row.due_at = "waiting", 0, now
        if row.learner_id is not None and destinations.follows(row):
            destinations.reopen(session, row.learner_id)


def _messages(session: Session, now: datetime) -> Iterable[Stuck]:
    late = now - PATIENCE
    rows = session.scalars(
        select(OutboundRow)
        .where(
            or_(
                OutboundRow.state.in_(("failed", "held")),
                and_(
                    OutboundRow.state == "waiting",
                    OutboundRow.attempts > 0,
                    OutboundRow.created_at <= late,
                ),
                and_(OutboundRow.state == "sending", OutboundRow.claimed_until <= now),
            )
        )
        .order_by(OutboundRow.id)
    ).all()
    names = _names(session, {row.learner_id for row in rows if row.learner_id is not None})
    over = _over(session, rows)
    for row in rows:
        if row.id in over:
            continue
        state: State = (
            "retrying" if row.state == "waiting" else "abandoned" if row.state == "sending" else _given(row)
        )
        yield Stuck(
            id=str(row.id),
            state=state,
            kind=row.kind,
            learner=names.get(row.learner_id or 0, ""),
            platform=row.platform,
            place=row.place,
            count=1,
            reason=row.error or "",
            since=row.created_at,
            attempts=row.attempts,
            next_try={"retrying": row.due_at, "abandoned": now}.get(state),
        )


def _given(row: OutboundRow) -> State:
    return "held" if row.state == "held" else "failed"


def _over(session: Session, rows: Iterable[OutboundRow]) -> set[int]:
    """Messages whose question needs no message any more."""
    asks = {row.id: row.payload.get("attempt") for row in rows if row.kind == "review"}
    open_attempts = set(
        session.scalars(
            select(AttemptRow.id)
            .outerjoin(ReviewRow, ReviewRow.id == AttemptRow.review_id)
            .where(
                AttemptRow.id.in_([attempt for attempt in asks.values() if isinstance(attempt, int)]),
                AttemptRow.answered_at.is_(None),
                or_(ReviewRow.id.is_(None), ReviewRow.state == "asked"),
            )
        )
    )
    return {
        number
        for number, attempt in asks.items()
        if isinstance(attempt, int) and attempt not in open_attempts
    }


def _unreachable(session: Session, now: datetime) -> Iterable[Stuck]:
    due = (
        select(ReviewRow.learner_id, func.count(), func.min(ReviewRow.due_at), func.min(ReviewRow.held_until))
        .join(StudyRow, StudyRow.id == ReviewRow.study_id)
        .where(ReviewRow.state == "waiting", ReviewRow.due_at <= now, StudyRow.state == "active")
        .where(ReviewRow.held_until.is_not(None))
        .group_by(ReviewRow.learner_id)
    )
    for learner_id, count, since, held_until in session.execute(due).all():
        if destinations.destination(session, learner_id) is not None:
            continue
        there = destinations.last_met(session, learner_id)
        yield Stuck(
            id=f"{_LEARNER}{learner_id}",
            state="unreachable",
            kind="review",
            learner=_names(session, {learner_id}).get(learner_id, ""),
            platform=there.platform if there else "",
            place=there.place if there else "",
            count=count,
            reason="",
            since=since,
            attempts=0,
            next_try=held_until,
        )


def _names(session: Session, learners: set[int]) -> dict[int, str]:
    found = session.execute(select(LearnerRow.id, LearnerRow.name).where(LearnerRow.id.in_(learners)))
    return {number: name for number, name in found.all()}  # noqa: C416  typed so
