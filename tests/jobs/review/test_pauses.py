"""Pauses of a learner, and what becomes of a ladder while nobody is there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from jobs.erasure import Erasure
from jobs.errors import LearnerError
from jobs.outbox import Outbox
from jobs.people import Learner, People
from jobs.review.pacing import Pacing
from jobs.review.pauses import Pauses
from jobs.review.session_tables import ReviewSessionRow, SessionItemRow
from jobs.review.sessions import Sessions
from jobs.tables import ReviewRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE, Build, Mail
from tests.jobs.review.test_sessions import DAY, EVENING, NOTES, TITLES, asked_of, go_on

STUDY = "bg/tokens.md"
BACK = datetime(2026, 3, 16, 16, tzinfo=UTC)
"""Six in Sofia, two weeks after studying."""


@pytest.fixture
def pauses(database: Database, outbox: Outbox, clock: FrozenClock) -> Pauses:
    return Pauses(database, outbox, clock)


@pytest.fixture
def sessions(database: Database, reviews: ReviewLoop, outbox: Outbox, clock: FrozenClock) -> Sessions:
    return Sessions(database, {COURSE: reviews.deck}, outbox, clock, 20)


def test_in_a_pause_nothing_comes_and_afterwards_all_of_it_at_once_and_not_late(
    reviews: ReviewLoop, pauses: Pauses, sessions: Sessions, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    for note in NOTES:
        reviews.study(ana.id, note)
    paused = pauses.pause(ana.id, date(2026, 3, 16))
    assert paused.paused_until == BACK
    for day in range(13):
        clock.set(EVENING + day * DAY)
        assert reviews.deliver_due() == 0
        assert mail.fetch() == []
    assert reviews.next_due() == BACK
    asked = sessions.begin(ana.id, "web", "ana-page", COURSE)
    assert asked is not None, "/review works all the same"
    clock.set(BACK)
    assert reviews.deliver_due() == 1
    (message,) = mail.fetch()
    place = sessions.place(message.payload["session"], message.payload["attempt"])
    assert place is not None
    assert sorted(place.titles) == sorted(TITLES)
    assert not any(due.late for due in reviews.due(ana.id))


def test_what_is_on_its_way_and_what_was_put_off_waits_for_the_end(
    reviews: ReviewLoop, pauses: Pauses, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    for note in NOTES[:2]:
        reviews.study(ana.id, note)
    clock.set(EVENING)
    reviews.deliver_due()
    (first,) = mail.attempts()
    reviews.later(first, ana.id)
    pauses.pause(ana.id, None)
    clock.move(timedelta(hours=2))
    assert reviews.deliver_due() == 0
    assert mail.fetch() == []
    pauses.resume(ana.id)
    clock.set(EVENING + DAY)
    assert reviews.deliver_due() == 1
    (message,) = mail.fetch()
    assert message.payload["attempt"] == first
    assert reviews.deliver_due() == 0


def test_a_pause_without_an_end_lasts_until_it_is_ended(
    reviews: ReviewLoop, pauses: Pauses, people: People, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews.study(ana.id, STUDY)
    pauses.pause(ana.id, None)
    clock.set(EVENING + 200 * DAY)
    assert reviews.deliver_due() == 0
    assert people.learner(ana.id).paused(clock.now())
    assert not pauses.resume(ana.id).paused(clock.now())
    assert reviews.deliver_due() == 1
    assert not reviews.asked(mail.attempts()[0]).late
    assert pauses.resume(ana.id) == people.learner(ana.id), "twice is once"


def test_a_question_put_off_in_a_pause_waits_for_its_end(
    reviews: ReviewLoop, pauses: Pauses, sessions: Sessions, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews.study(ana.id, STUDY)
    pauses.pause(ana.id, date(2026, 3, 16))
    clock.set(EVENING)
    attempt = asked_of(sessions.begin(ana.id, "web", "ana-page", COURSE))
    reviews.later(attempt, ana.id)
    clock.move(timedelta(hours=2))
    assert reviews.deliver_due() == 0
    assert mail.fetch() == []
    clock.set(BACK)
    assert reviews.deliver_due() == 1


def test_a_new_hour_moves_the_end_of_a_pause(pauses: Pauses, people: People, ana: Learner) -> None:
    pauses.pause(ana.id, date(2026, 3, 16))
    moved = people.change(ana.id, review_hour=9)
    assert moved.paused_until == datetime(2026, 3, 16, 7, tzinfo=UTC)


def test_a_pause_can_only_end_in_the_future(pauses: Pauses, ana: Learner) -> None:
    with pytest.raises(LearnerError) as refused:
        pauses.pause(ana.id, date(2026, 3, 2))
    assert refused.value.key == "error.pause_past"


@pytest.mark.parametrize(
    ("away", "step", "ahead"),
    [(timedelta(hours=1), 0, 3), (timedelta(days=7), 2, 1), (timedelta(days=60), 3, 0)],
    ids=["an hour", "a week", "two months"],
)
def test_after_downtime_each_topic_is_asked_once_late_and_its_ladder_goes_on(
    reviews: ReviewLoop,
    sessions: Sessions,
    ana: Learner,
    mail: Mail,
    clock: FrozenClock,
    away: timedelta,
    step: int,
    ahead: int,
) -> None:
    for note in NOTES:
        reviews.study(ana.id, note)
    clock.set(EVENING + away)
    assert reviews.deliver_due() == 1
    (attempt,) = mail.attempts()
    asked = reviews.asked(attempt)
    assert (asked.late, asked.step) == (True, step)
    assert len(reviews.due(ana.id)) == 3
    for _ in NOTES:
        end = go_on(sessions, reviews, ana, attempt, 3)
        attempt = end.asked.attempt_id if end.asked else 0
    assert end.summary is not None
    to_come = [review for review in reviews.upcoming(ana.id) if review.note == STUDY]
    assert len(to_come) == (ahead or 3), "the rest is rescheduled, never dropped"
    assert [one.step for one in to_come] == ([1, 2, 3] if not ahead else list(range(step + 1, 4)))
    if not ahead:
        days = [(one.due_at.date() - clock.now().date()).days for one in to_come]
        assert days == [3, 7, 31], "laid out again from the answer"


def test_a_ladder_laid_out_again_is_climbed_to_its_end(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    """The learner was away; the messages came and nobody answered."""
    reviews = build(pacing=Pacing("ladder"))
    reviews.study(ana.id, STUDY)
    came: list[int] = []
    for day in range(60):
        clock.set(EVENING + day * DAY)
        reviews.deliver_due()
        came += mail.attempts()
    old, last = came[0], came[-1]
    answered = 0
    while True:
        reviews.reveal(last, ana.id)
        rated = reviews.rate(last, ana.id, 3)
        answered += 1
        if rated.next_due is None:
            break
        clock.set(rated.next_due)
        assert reviews.deliver_due() == 1
        (last,) = mail.attempts()
        assert reviews.asked(last).step == answered
    assert (answered, rated.finished) == (4, True)
    assert reviews.asked(old).step is None, "the old message is practice now"
    reviews.rate(old, ana.id, 1)
    assert reviews.upcoming(ana.id) == []


def test_a_long_absence_comes_back_in_daily_shares(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock, database: Database
) -> None:
    reviews = build(daily_cap=2)
    for note in NOTES:
        reviews.study(ana.id, note)
    clock.set(EVENING + 60 * DAY)
    assert reviews.deliver_due() == 1
    assert reviews.deliver_due() == 0
    (message,) = mail.fetch()
    with database.session() as session:
        within = select(SessionItemRow).where(SessionItemRow.session_id == message.payload["session"])
        assert len(session.scalars(within).all()) == 2
    clock.move(DAY)
    assert reviews.deliver_due() == 1


def test_forgetting_a_learner_forgets_the_sessions(
    reviews: ReviewLoop, ana: Learner, clock: FrozenClock, database: Database
) -> None:
    for note in NOTES:
        reviews.study(ana.id, note)
    clock.set(EVENING)
    reviews.deliver_due()
    assert Erasure(database).forget(ana.id)
    with database.session() as session:
        for table in (ReviewSessionRow, SessionItemRow, ReviewRow):
            assert session.scalars(select(table)).all() == []
