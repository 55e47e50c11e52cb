"""Delivering what is due: each review once, late ones labelled, never a flood.

- A review comes once: the attempt and the outgoing message are written in one transaction, under a lock
  on the learner, so any number of processes may deliver at once. Plain text answers it as soon as the
  message goes out (`Reviews.arrive`), not before.
- Where several steps of one study are overdue, the latest is asked and the earlier ones are dropped: a
  learner who was away meets each note once. A question still unanswered when the study's next step comes
  makes way for it in the list of what is due; its message can still be answered.
- Reviews of whole days wait for the end of the learner's quiet hours. No more of them than the daily cap
  come on one local day, the longest overdue first; the rest come on the next day at the learner's hour.
- Who can't be reached anywhere is not asked; what becomes due waits (`jobs.destinations`).
- Reviews below a day are for trying things out: they know neither quiet hours nor cap.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from jobs.destinations import destination
from jobs.outbox import Outbox
from jobs.people import Learner, learner_of
from jobs.review.asking import drop, ladder_of, put_question, review_key
from jobs.review.deck import Deck
from jobs.review.hours import day_start, out_of_quiet
from jobs.review.ladder import parse_interval
from jobs.review.schedule import is_late, next_day
from jobs.tables import AttemptRow, CardRow, LearnerRow, ReviewRow, StudyRow
from knowledge.clock import Clock
from knowledge.store import Database

log = logging.getLogger(__name__)


RECOVERY = timedelta(minutes=1)
"""How long after a failure a learner's reviews are tried again."""


class Delivery:
    """Asks what is due in the courses of `decks`; the daily cap counts over all of them."""

    def __init__(
        self, database: Database, decks: Mapping[str, Deck], outbox: Outbox, clock: Clock, daily_cap: int
    ) -> None:
        self._database = database
        self._decks = decks
        self._outbox = outbox
        self._clock = clock
        self._daily_cap = daily_cap

    def run(self) -> int:
        """Asks everything that is due now; tells how many questions went out."""
        with self._database.session() as session:
            due = session.scalars(_due(self._clock.now(), self._decks)).all()
            learners = dict.fromkeys(review.learner_id for review in due)
        count = 0
        for learner_id in learners:
            try:
                with self._database.session() as session:
                    count += self._for_learner(session, learner_id)
            except Exception:
                # One learner's broken row must not keep the others from their reviews.
                log.exception("reviews of learner %s could not be delivered", learner_id)
                self._hold(learner_id)
        return count

    def _hold(self, learner_id: int) -> None:
        """Tries a learner whose reviews could not be asked again in a while, not at once and for ever."""
        now = self._clock.now()
        with self._database.session() as session:
            for review in session.scalars(_due(now, self._decks).where(ReviewRow.learner_id == learner_id)):
                review.held_until = now + RECOVERY

    def next_due(self) -> datetime | None:
        """When there will be something to deliver; in the past if there is already."""
        moment = func.coalesce(ReviewRow.held_until, ReviewRow.due_at)
        with self._database.session() as session:
            return session.scalar(
                select(moment)
                .join(StudyRow, StudyRow.id == ReviewRow.study_id)
                .where(
                    ReviewRow.state == "waiting",
                    StudyRow.state == "active",
                    StudyRow.course_id.in_(self._decks),
                )
                .order_by(moment)
                .limit(1)
            )

    def _for_learner(self, session: Session, learner_id: int) -> int:
        # NO KEY UPDATE: rows that refer to the learner can still be written meanwhile.
        row = session.scalar(
            select(LearnerRow)
            .where(LearnerRow.id == learner_id)
            .with_for_update(key_share=True, skip_locked=True)
        )
        if row is None:  # another process is delivering to this learner
            return 0
        learner = learner_of(row)
        now = self._clock.now()
        mine = _due(now, self._decks).where(ReviewRow.learner_id == learner_id)
        due = _latest(session, session.scalars(mine).all())
        there = destination(session, learner_id)
        if there is None:  # they wait for the learner; see jobs.destinations
            for review in due:
                supersede(session, self._outbox, review)
                review.held_until = next_day(now, learner)
            return 0
        count = 0
        for review in self._allowed(session, learner, due, now):
            attempt = self._ask(session, review, now)
            if attempt is None:
                continue
            self._outbox.put(
                session,
                key=review_key(review.id),
                platform=there.platform,
                place=there.place,
                kind="review",
                payload=there.payload({"attempt": attempt.id}),
                learner_id=learner_id,
            )
            count += 1
        return count

    def _allowed(
        self, session: Session, learner: Learner, due: Iterable[ReviewRow], now: datetime
    ) -> list[ReviewRow]:
        """What may be asked now; the others are held until they may."""
        free = self._daily_cap - _asked_today(session, learner, now)
        quiet_until = out_of_quiet(now, learner.tz, learner.quiet)
        allowed: list[ReviewRow] = []
        for review in due:
            if not parse_interval(review.interval).whole_days:
                allowed.append(review)
            elif quiet_until > now:
                review.held_until = quiet_until
            elif free > 0:
                free -= 1
                allowed.append(review)
            else:
                review.held_until = next_day(now, learner)
        return allowed

    def _ask(self, session: Session, review: ReviewRow, now: datetime) -> AttemptRow | None:
        study = session.get_one(StudyRow, review.study_id)
        card = missed_card(session, review) or self._decks[study.course_id].choose(
            session, review.learner_id, study.note, review.step, ladder_of(session, study.id)
        )
        if card is None:
            review.state = "dropped"
            log.warning("review %s dropped: the note %s has no card any more", review.id, study.note)
            return None
        late = is_late(parse_interval(review.interval), review.due_at, now)
        supersede(session, self._outbox, review)
        return put_question(session, review.learner_id, card, review, late, now)


def missed_card(session: Session, review: ReviewRow) -> CardRow | None:
    """For a repeat: the card that was missed, if it is still asked."""
    if review.repeat == 0:
        return None
    return session.scalar(
        select(CardRow)
        .join(AttemptRow, AttemptRow.card_id == CardRow.id)
        .join(ReviewRow, ReviewRow.id == AttemptRow.review_id)
        .where(
            ReviewRow.study_id == review.study_id,
            ReviewRow.step == review.step,
            ReviewRow.repeat == review.repeat - 1,
            CardRow.state == "active",
        )
    )


def supersede(session: Session, outbox: Outbox, review: ReviewRow) -> None:
    """Drops what a review of the same study makes void: questions asked before it and not answered."""
    earlier = session.scalars(
        select(ReviewRow).where(
            ReviewRow.study_id == review.study_id,
            ReviewRow.state == "asked",
            ReviewRow.id != review.id,
            # What a group's round brought makes way for nothing of the ladder, nor the other way round.
            ReviewRow.step >= 0 if review.step >= 0 else ReviewRow.step == review.step,
        )
    )
    for other in earlier:
        drop(session, outbox, other)
        log.info("review %s made way for review %s", other.id, review.id)


def _due(now: datetime, courses: Collection[str]) -> Select[ReviewRow]:
    return (
        select(ReviewRow)
        .join(StudyRow, StudyRow.id == ReviewRow.study_id)
        .where(
            ReviewRow.state == "waiting",
            ReviewRow.due_at <= now,
            or_(ReviewRow.held_until.is_(None), ReviewRow.held_until <= now),
            StudyRow.state == "active",
            StudyRow.course_id.in_(courses),
        )
        .order_by(ReviewRow.due_at, ReviewRow.id)
    )


def _latest(session: Session, due: Iterable[ReviewRow]) -> list[ReviewRow]:
    """One review of each study, the one due last; the others are dropped. Longest overdue first."""
    studies: defaultdict[tuple[int, int], list[ReviewRow]] = defaultdict(list)
    for review in due:
        studies[review.study_id, min(review.step, 0)].append(review)
    kept: list[ReviewRow] = []
    for reviews in studies.values():
        *earlier, last = sorted(reviews, key=lambda review: (review.due_at, review.step, review.repeat))
        for review in earlier:
            review.state = "dropped"
            log.info("review %s dropped: review %s of the same study is due too", review.id, last.id)
        kept.append(last)
    return sorted(kept, key=lambda review: (review.due_at, review.id))


def _asked_today(session: Session, learner: Learner, now: datetime) -> int:
    intervals = session.scalars(
        select(ReviewRow.interval).where(
            ReviewRow.learner_id == learner.id, ReviewRow.asked_at >= day_start(now, learner.tz)
        )
    )
    return sum(parse_interval(interval).whole_days for interval in intervals)
