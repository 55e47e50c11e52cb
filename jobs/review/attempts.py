"""Asking, answering, rating, putting off: what happens between a learner and one question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from jobs import destinations
from jobs.errors import AttemptClosed, LearnerError, NothingToAsk, ReviewError
from jobs.outbox import Outbox
from jobs.people import Learner, lock_learner
from jobs.review import agenda, asking, responses, schedule
from jobs.review.deck import Deck
from jobs.review.judging.judge import Judge
from jobs.review.ladder import parse_interval
from jobs.review.pacing import Pacing
from jobs.review.posing import ask_review, take_back
from jobs.review.prompt_tables import OpenPromptRow
from jobs.review.records import Asked, Rated, Revealed
from jobs.review.relay import count_again
from jobs.tables import AttemptRow, ReviewRow, StudyRow
from knowledge.clock import Clock
from knowledge.store import Database

_AGAIN, _EASY = 1, 4
_WAITING = select(ReviewRow.step, ReviewRow.repeat, ReviewRow.due_at).where(
    ReviewRow.study_id == bindparam("study"), ReviewRow.state == "waiting"
)


class Attempts:
    """The questions that were put to learners."""

    def __init__(
        self, database: Database, deck: Deck, outbox: Outbox, clock: Clock, judge: Judge, pacing: Pacing
    ) -> None:
        self._database = database
        self._judge = judge
        self._pacing = pacing
        self._deck = deck
        self._outbox = outbox
        self._clock = clock

    def ask(self, learner_id: int, review_id: int, platform: str, place: str) -> Asked:
        """Puts a review's question here and now; the same one again if it was asked already.

        Plain text of the learner in this place answers it from now on.
        """
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            review = session.get(ReviewRow, review_id)
            if review is None or review.learner_id != learner_id:
                raise ReviewError("error.review_unknown")
            attempt = session.scalar(select(AttemptRow).where(AttemptRow.review_id == review.id))
            if attempt is None or review.state == "waiting":
                attempt = self._ask_now(session, learner, review)
            else:
                asking.withdraw_first(session, self._outbox, attempt)
            if attempt.response is None and not attempt.revealed:
                asking.open_prompt(session, platform, place, attempt)
            return asking.asked(session, attempt)

    def arrive(self, attempt_id: int, platform: str, place: str) -> Asked:
        """The message that asks this is on its way to a place: plain text answers it there from now on."""
        with self._database.session() as session:
            attempt = asking.attempt_of(session, attempt_id)
            if asking.state_of(attempt) == "open":
                asking.open_prompt(session, platform, place, attempt)
            return asking.asked(session, attempt)

    def asked(self, attempt_id: int, learner_id: int | None = None) -> Asked:
        """A question as it stands. With a learner: `NotYours` where it was put to another one."""
        with self._database.session() as session:
            return asking.asked(session, asking.attempt_of(session, attempt_id, learner_id))

    def answer(self, attempt_id: int, learner_id: int, response: str) -> Revealed:
        """Takes the learner's answer, judges it and shows the passage. The same answer twice is one answer.

        `AttemptClosed` for another answer, or one given after the passage was shown.
        """
        judged = responses.judged(self._database, self._judge, attempt_id, learner_id, response)
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            attempt = asking.attempt_of(session, attempt_id, learner_id)
            if attempt.response is None and not attempt.revealed:
                attempt.response = response
                attempt.verdict, attempt.judged = judged.verdict, judged.to_json()
                self._settle(session, learner, attempt)
            elif attempt.response != response:
                raise AttemptClosed
            return asking.revealed(session, attempt)

    def choose(self, attempt_id: int, learner_id: int, picked: Collection[int]) -> Revealed:
        """Takes the learner's choices, by their positions, and shows what is right. Twice is once.

        `ReviewError("error.choice_unknown")` for one that isn't there; `AttemptClosed` as in `answer`.
        """
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            attempt = asking.attempt_of(session, attempt_id, learner_id)
            if attempt.response is None and not attempt.revealed:
                asking.pick(attempt, picked)
                self._settle(session, learner, attempt)
            elif attempt.picked != sorted(set(picked)):
                raise AttemptClosed
            return asking.revealed(session, attempt)

    def reveal(self, attempt_id: int, learner_id: int) -> Revealed:
        """Shows the passage, with the answer if one was given."""
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            attempt = asking.attempt_of(session, attempt_id, learner_id)
            if attempt.response is None and not attempt.revealed:
                attempt.revealed = True
                self._settle(session, learner, attempt)
            return asking.revealed(session, attempt)

    def rate(self, attempt_id: int, learner_id: int, rating: int) -> Rated:
        """How well it went: 1 again, 2 hard, 3 good, 4 easy. *Again* brings the card back once more.

        A rating may be corrected until the repeat that it brought has been asked (`AttemptClosed` then).
        Rating an unanswered question counts as having seen the answer.
        """
        if not _AGAIN <= rating <= _EASY:
            raise ReviewError("error.rating_invalid", rating=rating)
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            attempt = asking.attempt_of(session, attempt_id, learner_id)
            of = asking.review_of(session, attempt)
            if attempt.rating not in (None, rating) and of and _repeat_asked(session, of[0]):
                raise AttemptClosed
            if attempt.response is None and not attempt.revealed:
                attempt.revealed = True
                self._settle(session, learner, attempt)
            if attempt.rating != rating:
                attempt.rating, attempt.rated_at = rating, self._clock.now()
                attempt.rated_day = schedule.local_day(attempt.rated_at, learner.tz)
            if of is None:
                return Rated(None, None, finished=False)
            review, study = of
            self._lay_out(session, learner, study)
            return _consequence(session, study, review)

    def later(self, attempt_id: int, learner_id: int, until: schedule.Later = "hour") -> datetime:
        """Puts a question off; tells when it comes back, to where the learner can be reached (`jobs.reach`).

        Put off for an hour again before that moment, it stays as it is; another choice moves it. What comes
        back tomorrow, or in a pause of the learner's, is asked with what is due then. `AttemptClosed` once it
        is answered.
        """
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            attempt = asking.attempt_of(session, attempt_id, learner_id)
            now = self._clock.now()
            if attempt.response is not None or attempt.revealed:
                raise AttemptClosed
            asking.close_prompts(session, attempt)
            before = attempt.snoozed_until
            if before and before > now and until == "hour":
                asking.withdraw_first(session, self._outbox, attempt)
                return before
            review, study = asking.review_of(session, attempt) or (None, None)
            ladder = asking.ladder_of(study) if study else []
            interval = parse_interval(review.interval) if review else None
            first = parse_interval(ladder[0]) if ladder else None
            back = schedule.snoozed(interval, first, now, learner, until)
            if before == back:
                return back
            asking.withdraw(session, self._outbox, attempt)
            attempt.snoozed_until = back
            if review and review.state in ("waiting", "asked"):
                with_others = until == "tomorrow" or learner.paused(now)
                if with_others and parse_interval(review.interval).whole_days:
                    take_back(session, self._outbox, review, attempt, now)
                    return back
                review.state = "asked"
            self._bring_back(session, attempt, back)
            return back

    def _bring_back(self, session: Session, attempt: AttemptRow, back: datetime) -> None:
        """Queues the message that asks a question once more."""
        reached = destinations.destination(session, attempt.learner_id)
        there = reached or destinations.last_met(session, attempt.learner_id)
        if there is None:
            raise LearnerError
        queued = self._outbox.put(
            session,
            key=asking.later_key(attempt),
            platform=there.platform,
            place=there.place,
            kind="review",
            payload=there.payload({"attempt": attempt.id}),
            learner_id=attempt.learner_id,
            due_at=back,
        )
        if not queued:  # that moment was chosen before, and another in between
            asking.requeue(session, asking.later_key(attempt))
        if reached is None or not queued:
            destinations.readdress(session, attempt.learner_id)

    def open_prompt(self, platform: str, place: str, learner_id: int) -> int | None:
        """The attempt that the learner's plain text in a place answers."""
        with self._database.session() as session:
            row = session.get(OpenPromptRow, (platform, place, learner_id))
            return row.attempt_id if row else None

    def close_prompt(self, platform: str, place: str, learner_id: int) -> None:
        """Plain text is a question again."""
        with self._database.session() as session:
            row = session.get(OpenPromptRow, (platform, place, learner_id))
            if row:
                session.delete(row)

    def _ask_now(self, session: Session, learner: Learner, review: ReviewRow) -> AttemptRow:
        study = session.get_one(StudyRow, review.study_id)
        if review.state != "waiting" or study.state != "active":
            raise AttemptClosed
        decks = {study.course_id: self._deck}
        attempt = ask_review(session, decks, self._outbox, learner, review, self._clock.now())
        if attempt is None:
            raise NothingToAsk(topic=study.title)
        return attempt

    def _settle(self, session: Session, learner: Learner, attempt: AttemptRow) -> None:
        """The passage is shown: the review is answered, nothing waits for text or comes back later."""
        now = self._clock.now()
        attempt.answered_at, attempt.answered_day = now, schedule.local_day(now, learner.tz)
        asking.close_prompts(session, attempt)
        asking.withdraw(session, self._outbox, attempt)
        if of := asking.review_of(session, attempt):
            review, study = of
            review.state = "answered"
            session.flush()
            if study.state != "stopped":
                count_again(session, study, review, attempt.answered_day)
            self._lay_out(session, learner, study)

    def _lay_out(self, session: Session, learner: Learner, study: StudyRow) -> None:
        if study.state != "stopped":
            session.flush()
            agenda.lay_out(session, study, learner, self._pacing)


def _repeat_asked(session: Session, review: ReviewRow) -> bool:
    """Whether the repeat that a miss of this review brought has been asked."""
    query = select(ReviewRow.asked_at).where(
        ReviewRow.study_id == review.study_id,
        ReviewRow.step == review.step,
        ReviewRow.repeat == review.repeat + 1,
    )
    return session.scalar(query) is not None


def _consequence(session: Session, study: StudyRow, review: ReviewRow) -> Rated:
    waiting = session.execute(_WAITING, {"study": study.id}).all()
    following = min(((one.due_at, one.step) for one in waiting if one.repeat == 0), default=None)
    again = (one.due_at for one in waiting if (one.step, one.repeat) == (review.step, review.repeat + 1))
    return Rated(
        following[0] if following else None,
        next(again, None),
        finished=study.state == "finished",
        beyond=following is not None and following[1] >= asking.steps_of(study),
    )
