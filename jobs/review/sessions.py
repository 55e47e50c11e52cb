"""Going through what is due, one topic after the other.

The step from a question to the next is one transaction and safe to repeat: it asks the first topic that is
left, and that is the same one until it is answered or put off. Whoever stops in the middle finds the rest in
`/review`, and in the next day's session (`jobs.review.delivery`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from jobs.outbox import Outbox
from jobs.people import Learner, lock_learner
from jobs.review import asking, bundles
from jobs.review.deck import Deck
from jobs.review.hours import day_start
from jobs.review.ladder import parse_interval
from jobs.review.order import day_share
from jobs.review.posing import question_of
from jobs.review.records import SessionPlace, SessionStep
from jobs.review.session_tables import ReviewSessionRow
from jobs.review.today import weighed
from jobs.tables import AttemptRow, ReviewRow, StudyRow
from knowledge.clock import Clock
from knowledge.store import Database


class Sessions:
    """The sessions of every learner, over the courses of `decks`; one holds at most `most` topics."""

    def __init__(
        self, database: Database, decks: Mapping[str, Deck], outbox: Outbox, clock: Clock, most: int
    ) -> None:
        self._database = database
        self._decks = decks
        self._outbox = outbox
        self._clock = clock
        self._most = max(most, 1)

    def begin(self, learner_id: int, platform: str, place: str, course: str) -> SessionStep | None:
        """Asks, here and now, what is due: the session of today goes on, else one of the course begins.

        What has come due since joins it. None where nothing is due. Of reviews below a day, and where only
        one is due, that one is asked alone.
        """
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            now = self._clock.now()
            row = self._today(session, learner, now)
            due = self._due(session, learner, course, now)
            alone = [review for review in due if not parse_interval(review.interval).whole_days]
            if alone and row is None:
                due = alone[:1]
            if row is not None:
                bundles.join(session, row, due)
            while row is None and len(due) > 1:
                row = bundles.begin(session, learner, due, now, unasked=False)
            if row is not None and (step := self._next(session, learner, row, platform, place, now)):
                return step
            for review in due:
                if step := self._ask(session, learner, None, review, platform, place, now):
                    return step
            return None

    def go_on(self, learner_id: int, attempt_id: int, platform: str, place: str) -> SessionStep | None:
        """What follows a question that is answered or put off: the next of its session, or how that went.

        None for a question that belongs to no session, or to one that is past.
        """
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            now = self._clock.now()
            attempt = asking.attempt_of(session, attempt_id, learner_id)
            own = bundles.session_of(session, attempt.review_id) if attempt.review_id else None
            if own is None:
                return None
            row = bundles.going_on(session, learner_id)
            if row is not None and (step := self._next(session, learner, row, platform, place, now)):
                return step
            ended = row or own
            if ended.begun_at < day_start(now, learner.tz) and ended is not row:
                return None
            ended.ended_at = ended.ended_at or now
            return SessionStep(None, None, bundles.summary(session, ended, now))

    def place(self, session_id: int, attempt_id: int) -> SessionPlace | None:
        """Where a question stands in a session; None where it stands alone by now."""
        with self._database.session() as session:
            row = session.get(ReviewSessionRow, session_id)
            attempt = asking.attempt_of(session, attempt_id)
            if row is None or row.ended_at is not None or attempt.review_id is None:
                return None
            return bundles.place(session, row, attempt.review_id)

    def _today(self, session: Session, learner: Learner, now: datetime) -> ReviewSessionRow | None:
        row = bundles.going_on(session, learner.id)
        return row if row is not None and row.begun_at >= day_start(now, learner.tz) else None

    def _next(
        self,
        session: Session,
        learner: Learner,
        row: ReviewSessionRow,
        platform: str,
        place: str,
        now: datetime,
    ) -> SessionStep | None:
        """Asks the first topic that is left; None where none is."""
        for item in bundles.items(session, row):
            if item.left(now) and (
                step := self._ask(session, learner, row, item.review, platform, place, now)
            ):
                return step
        return None

    def _ask(
        self,
        session: Session,
        learner: Learner,
        row: ReviewSessionRow | None,
        review: ReviewRow,
        platform: str,
        place: str,
        now: datetime,
    ) -> SessionStep | None:
        attempt = question_of(session, self._decks, self._outbox, learner, review, now)
        if attempt is None:
            return None
        asking.open_prompt(session, platform, place, attempt)
        session.flush()
        where = bundles.place(session, row, review.id) if row is not None else None
        return SessionStep(asking.asked(session, attempt), where)

    def _due(self, session: Session, learner: Learner, course: str, now: datetime) -> list[ReviewRow]:
        """What may be answered now, as much of it as one session holds; what was put off only at the end."""
        query = (
            select(ReviewRow, AttemptRow.snoozed_until)
            .join(StudyRow, StudyRow.id == ReviewRow.study_id)
            .outerjoin(AttemptRow, AttemptRow.review_id == ReviewRow.id)
            .where(
                ReviewRow.learner_id == learner.id,
                or_(ReviewRow.state == "asked", (ReviewRow.state == "waiting") & (ReviewRow.due_at <= now)),
                StudyRow.state == "active",
                StudyRow.course_id == course,
            )
            .order_by(ReviewRow.due_at, ReviewRow.id)
        )
        found = session.execute(query).all()
        reviews = {review.id: review for review, until in found if until is None or until <= now}
        if not reviews:
            return [review for review, _ in found[:1]]
        share = day_share(weighed(session, list(reviews.values())), self._most, now)
        return [reviews[one.review_id] for one in share]
