"""Delivering what is due: each review once, late ones labelled, never a flood.

- A review comes once a day: the attempt and the outgoing message are written in one transaction, under a lock
  on the learner, so any number of processes may deliver at once. Plain text answers it as soon as the
  message goes out (`Reviews.arrive`), not before.
- Where several steps of one study are overdue, the furthest is asked and those before it are dropped: a
  learner who was away meets each note once. A question still unanswered when the study's next step comes
  makes way for it in the list of what is due; its message can still be answered.
- Reviews of whole days wait for the end of the learner's quiet hours. No more of them than the daily cap
  come on one local day, the oldest and weakest first (`jobs.review.order`); the rest come on the next day at
  the learner's hour.
- Several of them at once are one session (`jobs.review.bundles`): one message names the topics and asks the
  first; the others follow its answer (`jobs.review.sessions`). What comes due while its question stands
  unanswered joins it without a message of its own. What is left of it at the end of the day, and any question
  that stands unanswered, is part of the next one, which comes on the next day, or after ever longer where a
  learner answers nothing and nothing else is due.
- During a learner's pause nothing is asked; what comes due waits for its end.
- A review of what nothing is asked on, because every card waits for an admin's yes, waits too.
- Who can't be reached anywhere is not asked; what becomes due waits (`jobs.destinations`).
- Reviews below a day are for trying things out: they know neither quiet hours nor cap.
"""

from __future__ import annotations

import itertools
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.destinations import Destination, destination
from jobs.outbox import Outbox
from jobs.people import Learner, learner_of
from jobs.review import bundles, today, turns
from jobs.review.asking import review_key, session_key
from jobs.review.deck import Deck
from jobs.review.hours import out_of_quiet
from jobs.review.ladder import parse_interval
from jobs.review.order import day_share
from jobs.review.posing import question_of, supersede
from jobs.review.schedule import next_day
from jobs.tables import LearnerRow, ReviewRow
from knowledge.clock import Clock
from knowledge.store import Database

log = logging.getLogger(__name__)


RECOVERY = timedelta(minutes=1)
"""How long after a failure a learner's reviews are tried again."""
TURNS = 200
"""How many learners have their turn before what else is due, or the end of the process, has its own."""
OPEN_ENDED = timedelta(days=30)
"""After which what is due is looked at again in a pause without an end."""


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

    def run(self, most: int | None = None) -> int:
        """Asks what is due now, the longest overdue first; tells how many messages went out.

        `most` bounds how many learners have their turn; None: all of them.
        """
        count, after = 0, None
        for _ in range(most) if most is not None else itertools.count():
            turn: turns.Turn | None = None
            try:
                with self._database.session() as session:
                    turn = turns.claim(session, self._decks, self._clock.now(), after)
                    asked = self._for_learner(session, turn.learner_id) if turn else 0
            except Exception:
                if turn is None:
                    raise
                # One learner's broken row must not keep the others from their reviews.
                log.exception("reviews of learner %s could not be delivered", turn.learner_id)
                self._hold(turn.learner_id)
                asked = 0
            if turn is None:
                with self._database.session() as session:
                    turns.park(session, self._decks, self._clock.now())
                break
            count, after = count + asked, turn
        return count

    def _hold(self, learner_id: int) -> None:
        """Tries a learner whose reviews could not be asked again in a while, not at once and for ever."""
        now = self._clock.now()
        with self._database.session() as session:
            mine = turns.due(self._decks, now).where(ReviewRow.learner_id == learner_id)
            for review in session.scalars(mine):
                review.held_until = now + RECOVERY

    def next_due(self) -> datetime | None:
        """When there will be something to deliver; in the past if there is already."""
        with self._database.session() as session:
            return turns.next_due(session, self._decks)

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
        mine = session.scalars(turns.due(self._decks, now).where(ReviewRow.learner_id == learner_id)).all()
        if learner.paused(now):
            for review in mine:
                review.held_until = learner.paused_until or now + OPEN_ENDED
            return 0
        due = _latest(session, {*mine, *today.announced(session, learner, self._decks, now)} if mine else ())
        there = destination(session, learner_id)
        if there is None:  # they wait for the learner; see jobs.destinations
            for review in due:
                supersede(session, self._outbox, review)
                review.held_until = next_day(now, learner)
            return 0
        short = [review for review in due if not parse_interval(review.interval).whole_days]
        asked = sum(self._message(session, learner, there, [review], now) for review in short)
        return asked + self._bundled(
            session, learner, there, [review for review in due if review not in short], now
        )

    def _bundled(
        self, session: Session, learner: Learner, there: Destination, due: Sequence[ReviewRow], now: datetime
    ) -> int:
        """Asks reviews of whole days in one message, as many as may be asked now; the others are held."""
        if not due:
            return 0
        quiet_until = out_of_quiet(now, learner.tz, learner.quiet)
        if quiet_until > now:
            for review in due:
                review.held_until = quiet_until
            return 0
        seen = today.of_today(session, learner, now)
        due = self._ripe(session, learner, due, seen, now)
        if not due:
            return 0
        going_on = bundles.unanswered(session, learner, now)
        left = [] if going_on else today.left_standing(session, learner, self._decks, due, seen, now)
        reviews = {review.id: review for review in (*due, *left)}
        weighed = today.weighed(session, list(reviews.values()))
        share = [reviews[one.review_id] for one in day_share(weighed, self._daily_cap - len(seen), now)]
        for review in due:
            if going_on or review not in share:
                review.held_until = next_day(now, learner)
        if going_on:
            bundles.join(session, going_on, share)
            return 0
        return self._message(session, learner, there, share, now)

    def _ripe(
        self,
        session: Session,
        learner: Learner,
        due: Sequence[ReviewRow],
        seen: Collection[int],
        now: datetime,
    ) -> list[ReviewRow]:
        """Without what today's session has announced and what the learner put off, which are held again.

        What rests because the learner leaves sessions unanswered comes along, but never by itself.
        """
        put_off = today.put_off(session, [review for review in due if review.asked_at], now)
        ripe: list[ReviewRow] = []
        for review in due:
            if review.id in put_off:
                review.held_until = put_off[review.id]
            elif review.asked_at is None and review.id in seen:
                review.held_until = next_day(now, learner)
            else:
                ripe.append(review)
        return ripe if any(one.held_until is None or one.held_until <= now for one in ripe) else []

    def _message(
        self,
        session: Session,
        learner: Learner,
        there: Destination,
        reviews: Sequence[ReviewRow],
        now: datetime,
    ) -> int:
        """Queues the message that asks the first of them and announces the others; 1, or 0 for none."""
        rest = today.answerable(session, reviews) if len(reviews) > 1 else reviews
        for review in reviews:
            if review not in rest:
                review.held_until = next_day(now, learner)
                log.info("review %s waits: nothing is asked on it now", review.id)
        if not rest:
            return 0
        once_more = rest[0].asked_at is not None
        attempt = question_of(session, self._decks, self._outbox, learner, rest[0], now)
        if attempt is None:  # its last card was paused or retired at this moment
            return self._message(session, learner, there, rest[1:], now)
        key, payload = review_key(rest[0].id), {"attempt": attempt.id}
        if len(rest) > 1 or once_more:  # a review has one message of its own, a session's are its own
            bundle = bundles.begin(session, learner, rest, now, unasked=True)
            key = session_key(bundle.id, rest[0].id)
            payload["session"] = bundle.id
            for review in rest[1:]:
                supersede(session, self._outbox, review)
                if review.state == "waiting":
                    review.held_until = next_day(now, learner, bundles.pause_days(bundle))
        self._outbox.put(
            session,
            key=key,
            platform=there.platform,
            place=there.place,
            kind="review",
            payload=there.payload(payload),
            learner_id=learner.id,
        )
        return 1


def _latest(session: Session, due: Iterable[ReviewRow]) -> list[ReviewRow]:
    """One review of each study, that of the furthest step; the others are dropped. Longest overdue first."""
    studies: defaultdict[tuple[int, int], list[ReviewRow]] = defaultdict(list)
    for review in due:
        studies[review.study_id, min(review.step, 0)].append(review)
    kept: list[ReviewRow] = []
    for reviews in studies.values():
        *earlier, last = sorted(reviews, key=lambda review: (review.step, review.repeat))
        for review in earlier:
            review.state = "dropped"
            log.info("review %s dropped: review %s of the same study is due too", review.id, last.id)
        kept.append(last)
    return sorted(kept, key=lambda review: (review.due_at, review.id))
