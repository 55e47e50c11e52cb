"""What learners decide about where reviews come, and what they are told of those that can't.

The rules by which a place is found stand in `jobs.destinations`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from jobs import destinations
from jobs.people import lock_learner
from jobs.people_tables import ReviewPlaceRow
from jobs.tables import AccountRow, ReviewRow, StudyRow
from knowledge.clock import Clock
from knowledge.store import Database


@dataclass(frozen=True, slots=True)
class Chosen:
    """The channel that a learner chose."""

    platform: str
    place: str
    only_else: bool
    """Only where private messages are closed."""
    open: bool


class Reach:
    """What learners decide about where reviews come, and what they are told of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def chosen(self, learner_id: int) -> Chosen | None:
        """The channel chosen; None: reviews come as private messages."""
        with self._database.session() as session:
            row = session.get(ReviewPlaceRow, learner_id)
            return Chosen(row.platform, row.place, row.only_else, row.closed_at is None) if row else None

    def choose(
        self,
        learner_id: int,
        platform: str,
        external_id: str,
        place: str,
        space: str | None,
        only_else: bool = False,
    ) -> None:
        """Reviews come in that place, `only_else`: where private messages are closed.

        `space`: the server around it. What waits for a way to the learner goes out.
        """
        with self._database.session() as session:
            lock_learner(session, learner_id)
            account = session.scalars(
                select(AccountRow).where(
                    AccountRow.learner_id == learner_id,
                    AccountRow.platform == platform,
                    AccountRow.external_id == external_id,
                )
            ).one()
            row = session.get(ReviewPlaceRow, learner_id) or ReviewPlaceRow(learner_id=learner_id)
            row.platform, row.place, row.space, row.account_id = platform, place, space, account.id
            row.only_else, row.closed_at, row.chosen_at = only_else, None, self._clock.now()
            session.add(row)
            destinations.reopen(session, learner_id)

    def private(self, learner_id: int) -> None:
        """Reviews come as private messages alone; where those were closed they are tried once more."""
        with self._database.session() as session:
            lock_learner(session, learner_id)
            row = session.get(ReviewPlaceRow, learner_id)
            if row is not None:
                session.delete(row)
            destinations.reopen(session, learner_id)

    def resume(self, learner_id: int) -> bool:
        """Sends what was held if the learner can be reached by now; whether they can."""
        with self._database.session() as session:
            lock_learner(session, learner_id)
            return destinations.readdress(session, learner_id)

    def notice(self, learner_id: int) -> int:
        """How many reviews wait for a learner who can't be reached, if that is news to them; else 0.

        Several steps of one study are one: only the latest will be asked. Whoever asks must tell it: the
        same is not given twice.
        """
        now = self._clock.now()
        with self._database.session() as session:
            lock_learner(session, learner_id)
            if destinations.destination(session, learner_id) is not None:
                return 0
            came = func.coalesce(ReviewRow.asked_at, ReviewRow.due_at)
            waiting = session.execute(
                select(ReviewRow.study_id, came)
                .join(StudyRow, StudyRow.id == ReviewRow.study_id)
                .where(
                    ReviewRow.learner_id == learner_id,
                    StudyRow.state == "active",
                    or_(
                        ReviewRow.state == "asked",
                        (ReviewRow.state == "waiting") & (ReviewRow.due_at <= now),
                    ),
                )
            ).all()
            accounts = destinations.accounts_of(session, learner_id)
            told = max((account.told_at for account in accounts if account.told_at), default=None)
            closed = max((account.closed_at for account in accounts if account.closed_at), default=None)
            moments = [moment for _, moment in waiting] + ([closed] if closed else [])
            if not waiting or not any(told is None or moment > told for moment in moments):
                return 0
            for account in accounts:
                account.told_at = now
            return len({study for study, _ in waiting})
