"""Pausing: while a learner is on holiday, or wants no reviews at all, nothing is asked unasked.

The ladder stays as it was laid out. Forgetting takes no holiday, so what fell due meanwhile is due; it comes
afterwards within the daily cap, the oldest and weakest first, one question a topic, and isn't called late.
Moving the ladder instead would put off for good what the learner may have forgotten first. `/review` and
`/quiz` work all the time, and a study group goes on: it is its channel's.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.errors import LearnerError
from jobs.outbox import Outbox
from jobs.people import Learner, learner_of, lock_learner
from jobs.review import bundles, schedule
from jobs.review.posing import take_back
from jobs.tables import AttemptRow, LearnerRow, OutboundRow, ReviewRow
from knowledge.clock import Clock
from knowledge.store import Database

_UNSENT = ("waiting", "held")


class Pauses:
    """The pauses of the learners of one database."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    def pause(self, learner_id: int, until: date | None) -> Learner:
        """Nothing more comes unasked until that local day, at whose review hour it goes on; None: for good.

        What isn't out yet is taken back. A pause that runs gets the new end.
        `LearnerError("error.pause_past")` for a day that isn't to come.
        """
        now = self._clock.now()
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            end = None if until is None else schedule.resumption(until, learner)
            if until is not None and until <= now.astimezone(learner.tz).date():
                raise LearnerError("error.pause_past", day=until.isoformat())
            row = session.get_one(LearnerRow, learner_id)
            if not learner.paused(now):
                row.paused_at = now
            row.paused_until = end
            self._take_back(session, learner)
            _release(session, learner_id)
            running = bundles.going_on(session, learner_id)
            if running is not None:
                running.ended_at = now
            return learner_of(row)

    def resume(self, learner_id: int) -> Learner:
        """The pause is over, if there is one: what is due comes."""
        now = self._clock.now()
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            row = session.get_one(LearnerRow, learner_id)
            if learner.paused(now):
                row.paused_until = now
                _release(session, learner_id)
            return learner_of(row)

    def _take_back(self, session: Session, learner: Learner) -> None:
        """Questions whose messages aren't out yet, those put off among them, wait for the end."""
        unsent = session.scalars(
            select(OutboundRow)
            .where(
                OutboundRow.learner_id == learner.id,
                OutboundRow.kind == "review",
                OutboundRow.edit_ref.is_(None),
                OutboundRow.state.in_(_UNSENT),
            )
            .order_by(OutboundRow.id)
            .with_for_update()
        ).all()
        for message in unsent:
            message.state = "dropped"
            attempt = session.get(AttemptRow, int(message.payload["attempt"]))
            review = session.get(ReviewRow, attempt.review_id) if attempt and attempt.review_id else None
            if attempt is not None and review is not None and review.state == "asked":
                take_back(session, self._outbox, review, attempt, self._clock.now())


def _release(session: Session, learner_id: int) -> None:
    """What was held is looked at again: it is held for the pause, or for nothing any more."""
    session.execute(
        update(ReviewRow)
        .where(
            ReviewRow.learner_id == learner_id,
            ReviewRow.state == "waiting",
            ReviewRow.held_until.is_not(None),
        )
        .values(held_until=None)
    )
