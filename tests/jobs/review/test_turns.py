"""Whose turn it is: found in one step, whatever lies before and behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from jobs.outbox import Outbox
from jobs.people import Learner, People, lock_learner
from jobs.review.delivery import Delivery
from jobs.review.turns import PARKED
from jobs.tables import LearnerRow, ReviewRow, StudyRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.plans import measure, watched
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import Build, Mail

HISTORY = 400
"""Learners who were asked much before, and have more to come."""


def _studying(people: People, reviews: ReviewLoop, names: Sequence[str]) -> list[Learner]:
    learners = [people.meet("web", name, name, f"page-{name}") for name in names]
    for learner in learners:
        reviews.study(learner.id, "attention.md")
    return learners


@pytest.fixture
def reviews(build: Build) -> ReviewLoop:
    return build("1d")


@pytest.fixture
def history(database: Database, people: People, reviews: ReviewLoop, clock: FrozenClock) -> None:
    """A table in which nearly everything is answered, or due much later."""
    (learner,) = _studying(people, reviews, ["first"])
    now = clock.now()
    with database.session() as session:
        study = session.scalars(select(StudyRow)).one()
        row = session.get_one(LearnerRow, learner.id)
        common = {"zone": "UTC", "review_hour": 18, "locale": "en", "created_at": row.created_at}
        session.execute(insert(LearnerRow), [{"name": f"h{n}", **common} for n in range(HISTORY)])
        ids = session.scalars(select(LearnerRow.id).where(LearnerRow.name.startswith("h"))).all()
        begun: dict[str, object] = {
            "course_id": study.course_id,
            "note": "padding.txt",
            "title": "Padding",
            "state": "active",
        }
        begun |= {"studied_at": now, "day": now.date(), "ladder": study.ladder}
        session.execute(insert(StudyRow), [{"learner_id": one, **begun} for one in ids])
        studies = session.execute(
            select(StudyRow.id, StudyRow.learner_id).where(StudyRow.learner_id.in_(ids))
        )
        session.execute(
            insert(ReviewRow),
            [
                {
                    "study_id": study_id,
                    "learner_id": learner_id,
                    "step": step,
                    "repeat": 0,
                    "interval": "1d",
                    "day": (now + timedelta(days=step - 25)).date(),
                    "due_at": now + timedelta(days=step - 25),
                    "state": "answered" if step < 30 else "waiting",
                    "late": False,
                }
                for study_id, learner_id in studies
                for step in range(34)
            ],
        )


@pytest.mark.parametrize("counted", [True, False])
def test_finding_a_turn_reads_no_more_than_the_index_of_what_is_to_come(
    database: Database,
    reviews: ReviewLoop,
    history: None,
    to_next: Callable[[], datetime],
    counted: bool,
) -> None:
    """Also where the database hasn't counted its rows yet, as after many came at once."""
    if counted:
        measure(database)
    to_next()
    with watched(database) as plans:
        assert reviews.delivery.run(2) > 0
        reviews.next_due()
    found = plans.of("SELECT reviews.learner_id") + plans.of("SELECT reviews.wake_at")
    assert len(found) == 3  # a turn, none after it, and the moment of the next
    for plan in found:
        assert "ix_reviews_wake_at" in plan
        for slow in ("Sort", "Seq Scan on reviews", "TEMP B-TREE", "Hash Join"):
            assert slow not in plan
    (left_behind,) = plans.of("SELECT reviews.id", "coalesce(")
    for slow in ("Seq Scan", "SCAN studies", "TEMP B-TREE", "Hash"):
        assert slow not in left_behind
    for plan in plans.of("SELECT reviews.id", "reviews.learner_id ="):
        assert "ix_reviews_learner_id" in plan


def test_turns_come_longest_overdue_first_and_a_bound_leaves_the_rest_for_later(
    people: People, reviews: ReviewLoop, clock: FrozenClock, mail: Mail
) -> None:
    for name in ("c", "a", "b"):
        _studying(people, reviews, [name])
        clock.move(timedelta(days=1))
    clock.move(timedelta(days=30))
    clock.set(clock.now().replace(hour=19))
    assert reviews.delivery.run(2) == 2
    assert [one.place for one in mail.fetch()] == ["page-c", "page-a"]
    assert reviews.delivery.run(2) == 1
    assert [one.place for one in mail.fetch()] == ["page-b"]
    assert reviews.delivery.run(2) == 0


def test_many_due_at_one_moment_are_each_asked_once(
    people: People, reviews: ReviewLoop, to_next: Callable[[], datetime], mail: Mail
) -> None:
    learners = _studying(people, reviews, [f"u{n}" for n in range(12)])
    to_next()
    assert reviews.deliver_due() == 12
    assert sorted(one.learner_id or 0 for one in mail.fetch()) == sorted(one.id for one in learners)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_learner_somebody_is_busy_with_is_passed_over(
    database: Database, people: People, reviews: ReviewLoop, to_next: Callable[[], datetime], mail: Mail
) -> None:
    """On SQLite one transaction excludes all others, so that nobody can be found busy."""
    first, second = _studying(people, reviews, ["first", "second"])
    to_next()
    with database.session() as session:
        lock_learner(session, first.id)
        assert reviews.deliver_due() == 1
    assert [one.learner_id for one in mail.fetch()] == [second.id]
    assert reviews.deliver_due() == 1
    assert [one.learner_id for one in mail.fetch()] == [first.id]


def test_reviews_of_a_course_that_is_not_served_are_in_nobodys_way_and_come_when_it_is(
    database: Database, people: People, reviews: ReviewLoop, outbox: Outbox, clock: FrozenClock, mail: Mail
) -> None:
    _studying(people, reviews, ["a", "b"])
    clock.move(timedelta(days=2))
    others = Delivery(database, {}, outbox, clock, daily_cap=9)
    assert (others.run(), others.next_due()) == (0, None)
    with database.session() as session:  # whoever serves the course may be about to ask them
        assert session.scalars(select(ReviewRow.held_until)).all() == [None, None]
    clock.move(PARKED)
    assert others.run() == 0
    with database.session() as session:
        assert session.scalars(select(ReviewRow.held_until)).all() == [clock.now() + PARKED] * 2
    assert reviews.deliver_due() == 0
    clock.move(PARKED)
    assert reviews.deliver_due() == 2
    assert len(mail.fetch()) == 2


def test_the_moment_of_a_turn_follows_what_is_held_and_moved(
    database: Database, people: People, reviews: ReviewLoop, clock: FrozenClock
) -> None:
    (learner,) = _studying(people, reviews, ["a"])
    due = reviews.next_due()
    assert due is not None
    held = due + timedelta(hours=3)
    with database.session() as session:
        for row in session.scalars(select(ReviewRow).where(ReviewRow.step == 0)):
            row.held_until = held
    assert reviews.next_due() == held
    with database.session() as session:
        session.execute(update(ReviewRow).values(held_until=None))
    assert reviews.next_due() == due
    people.change(learner.id, review_hour=20)
    assert reviews.next_due() == due + timedelta(hours=2)
