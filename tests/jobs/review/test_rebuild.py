"""Every waiting review follows from the log: deleted, it comes back the same."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from jobs.errors import AttemptClosed
from jobs.people import Learner, People
from jobs.review.pacing import USUAL, Mode, Pacing
from jobs.review.rebuild import rebuild
from jobs.review.schedule import LATER
from jobs.review.session_tables import SessionItemRow
from jobs.tables import AttemptRow, ReviewRow, StudyRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import NOTES, Build, Mail

Row = tuple[object, ...]
ZONES = ("Europe/Sofia", "Pacific/Apia", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai")


def waiting(database: Database) -> set[Row]:
    with database.session() as session:
        rows = session.scalars(select(ReviewRow).where(ReviewRow.state == "waiting"))
        return {(r.study_id, r.step, r.repeat, r.interval, r.day, r.due_at, r.learner_id) for r in rows}


def forget_what_waits(database: Database) -> None:
    gone = select(ReviewRow.id).where(ReviewRow.state == "waiting")
    with database.session() as session:
        session.execute(delete(SessionItemRow).where(SessionItemRow.review_id.in_(gone)))
        session.execute(update(AttemptRow).where(AttemptRow.review_id.in_(gone)).values(review_id=None))
        session.execute(delete(ReviewRow).where(ReviewRow.state == "waiting"))


class History:
    """Two learners who do at random what learners do."""

    def __init__(
        self, seed: int, reviews: ReviewLoop, people: People, database: Database, clock: FrozenClock
    ) -> None:
        self.chance = random.Random(seed)
        self.reviews, self.people, self.database, self.clock = reviews, people, database, clock
        self.learners: list[Learner] = []
        self.rounds = 0

    def attempt(self, learner: Learner) -> AttemptRow | None:
        with self.database.session() as session:
            query = select(AttemptRow).where(AttemptRow.learner_id == learner.id)
            found = session.scalars(query.order_by(AttemptRow.id.desc()).limit(6)).all()
            session.expunge_all()
        return self.chance.choice(found) if found else None

    def study(self, learner: Learner) -> None:
        self.reviews.study(learner.id, self.chance.choice(list(NOTES)))

    def answer(self, learner: Learner) -> None:
        for due in self.reviews.due(learner.id)[: self.chance.randint(1, 3)]:
            asked = self.reviews.ask(learner.id, due.review_id, "web", "p")
            self.reviews.reveal(asked.attempt_id, learner.id)
            if self.chance.random() < 0.8:
                self.reviews.rate(asked.attempt_id, learner.id, self.chance.choice((1, 1, 1, 2, 3, 4)))

    def rate(self, learner: Learner) -> None:
        if attempt := self.attempt(learner):
            self.reviews.rate(attempt.id, learner.id, self.chance.randint(1, 4))

    def later(self, learner: Learner) -> None:
        if attempt := self.attempt(learner):
            self.reviews.later(attempt.id, learner.id, self.chance.choice(LATER))

    def quiz(self, learner: Learner) -> None:
        self.reviews.quiz(learner.id, "web", "p")

    def stop(self, learner: Learner) -> None:
        for note in {one.note for one in self.reviews.upcoming(learner.id)}:
            if self.chance.random() < 0.2:
                self.reviews.stop(learner.id, note)

    def move(self, learner: Learner) -> None:
        start = self.chance.randrange(24)
        quiet = (start, (start + self.chance.randint(1, 23)) % 24)
        self.people.change(
            learner.id,
            zone=self.chance.choice(ZONES),
            review_hour=self.chance.randrange(24),
            quiet_start=quiet[0],
            quiet_end=quiet[1],
        )

    def meet(self, learner: Learner) -> None:
        """Answers in a group's round, whose question is like one of a quiz until it is tied to the study."""
        self.rounds += 1
        asked = self.reviews.quiz(learner.id, "discord", "channel")
        self.reviews.answer(asked.attempt_id, learner.id, "so")
        self.reviews.met(asked.attempt_id, learner.id, self.rounds, member=self.chance.random() < 0.5)
        self.reviews.rate(asked.attempt_id, learner.id, self.chance.randint(1, 4))

    def step(self) -> None:
        learner = self.chance.choice(self.learners)
        acts: tuple[Callable[[Learner], None], ...] = (
            self.study, self.rate, self.later, self.quiz, self.stop, self.move, self.meet,
            *(self.answer,) * 8,
        )  # fmt: skip
        with contextlib.suppress(AttemptClosed):  # they press buttons that are closed by now
            self.chance.choice(acts)(learner)
        self.clock.move(timedelta(hours=self.chance.choice((0, 1, 1, 5, 24, 24, 24, 24, 72, 72, 400, 1500))))
        if self.chance.random() < 0.1:
            self.clock.set(self.clock.now() - timedelta(hours=self.chance.randint(1, 30)))
        if self.chance.random() < 0.7:
            self.reviews.deliver_due()


@pytest.mark.parametrize("mode", ["ladder", "ladder+fsrs", "fsrs"])
@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_what_waits_comes_back_from_the_log_alone(
    seed: int,
    mode: Mode,
    build: Build,
    people: People,
    ana: Learner,
    bo: Learner,
    database: Database,
    clock: FrozenClock,
) -> None:
    pacing = Pacing(mode, retention=0.85, longest=200)
    history = History(seed, build(pacing=pacing), people, database, clock)
    history.learners = [ana, bo]
    for note in list(NOTES)[:2]:
        history.reviews.study(ana.id, note)
    kinds: set[str] = set()
    for _ in range(12):
        for _ in range(5):
            history.step()
        planned = waiting(database)
        kinds |= {"repeat" if row[2] else "step" for row in planned}
        checked = rebuild(database, pacing, check=True)
        assert (checked.same, checked.differing, checked.failed) == (len(planned), 0, 0)
        forget_what_waits(database)
        found = rebuild(database, pacing)
        assert (found.missing, found.same, found.failed) == (len(planned), 0, 0)
        assert waiting(database) == planned
    assert kinds == {"repeat", "step"}, "the history was too dull"


def test_what_was_damaged_is_found_and_mended(
    reviews: ReviewLoop, ana: Learner, bo: Learner, database: Database
) -> None:
    reviews.study(ana.id, "attention.md")
    reviews.study(bo.id, "attention.md")
    planned = waiting(database)
    with database.session() as session:
        mine = session.scalars(select(ReviewRow).where(ReviewRow.learner_id == ana.id)).all()
        mine[0].due_at += timedelta(hours=3)
        session.delete(mine[1])
        study = session.scalars(select(StudyRow).where(StudyRow.learner_id == bo.id)).one()
        session.add(
            ReviewRow(
                study_id=study.id, learner_id=bo.id, step=9, interval="1d", due_at=mine[0].due_at, repeat=2
            )
        )  # fmt: skip
    told: list[tuple[float, str]] = []
    for check in (True, False):
        found = rebuild(database, USUAL, check, lambda share, stage: told.append((share, stage)))
        assert (found.learners, found.same, found.moved, found.missing, found.needless) == (2, 6, 1, 1, 1)
        assert (waiting(database) == planned) is not check
    assert told == [(0.5, "rebuilding"), (1.0, "rebuilding")] * 2
    assert rebuild(database, USUAL).differing == 0


def test_a_broken_log_is_counted_and_keeps_no_other_from_being_mended(
    reviews: ReviewLoop, ana: Learner, bo: Learner, database: Database
) -> None:
    for learner in (ana, bo):
        reviews.study(learner.id, "attention.md")
    planned = {row for row in waiting(database) if row[-1] == bo.id}
    forget_what_waits(database)
    with database.session() as session:
        session.execute(update(StudyRow).where(StudyRow.learner_id == ana.id).values(ladder="soon"))
    found = rebuild(database, USUAL)
    assert (found.learners, found.failed, found.missing) == (2, 1, 4)
    assert waiting(database) == planned


def test_another_setting_is_followed_by_what_waits_for_fsrs(
    build: Build, ana: Learner, database: Database, clock: FrozenClock, mail: Mail
) -> None:
    reviews = build(pacing=Pacing("fsrs"))
    clock.set(reviews.study(ana.id, "attention.md").due[0])
    reviews.deliver_due()
    reviews.rate(mail.attempts()[0], ana.id, 3)
    (before,) = reviews.upcoming(ana.id)
    found = rebuild(database, Pacing("fsrs", retention=0.97))
    (after,) = reviews.upcoming(ana.id)
    assert (found.moved, found.same) == (1, 0)
    assert after.due_at < before.due_at
