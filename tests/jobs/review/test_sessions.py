"""Several due topics are one session: one message, one question after the other, within the day's share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.outbox import Outbox
from jobs.people import Learner, People
from jobs.review.records import SessionStep
from jobs.review.sessions import Sessions
from jobs.tables import ReviewRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE, Build, Mail

NOTES = ("bg/tokens.md", "attention.md", "padding.txt")
TITLES = ("Токенизация", "Attention", "Padding")
DAY = timedelta(days=1)
EVENING = datetime(2026, 3, 3, 16, tzinfo=UTC)
"""Six in Sofia, the day after studying."""


@pytest.fixture
def sessions(database: Database, reviews: ReviewLoop, outbox: Outbox, clock: FrozenClock) -> Sessions:
    return Sessions(database, {COURSE: reviews.deck}, outbox, clock, 20)


@pytest.fixture
def first(reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock) -> int:
    """Three topics are due; the attempt that the one message asks."""
    for note in NOTES:
        reviews.study(ana.id, note)
    clock.set(EVENING)
    assert reviews.deliver_due() == 1
    (attempt,) = mail.attempts()
    return attempt


def go_on(
    sessions: Sessions, reviews: ReviewLoop, learner: Learner, attempt: int, rating: int
) -> SessionStep:
    """Answers and rates; what follows."""
    reviews.reveal(attempt, learner.id)
    reviews.rate(attempt, learner.id, rating)
    step = sessions.go_on(learner.id, attempt, "web", "ana-page")
    assert step is not None
    return step


def asked_of(step: SessionStep | None) -> int:
    assert step is not None
    assert step.asked is not None
    return step.asked.attempt_id


def test_what_is_due_at_once_is_one_message_and_a_walk(
    reviews: ReviewLoop, sessions: Sessions, ana: Learner, mail: Mail, first: int
) -> None:
    assert reviews.asked(first).title == TITLES[0]
    assert reviews.deliver_due() == 0
    ratings, attempt, walked = [3, 1, 4], first, []
    for number, rating in enumerate(ratings, start=2):
        step = go_on(sessions, reviews, ana, attempt, rating)
        assert sessions.go_on(ana.id, attempt, "web", "ana-page") == step, "twice is once"
        if step.asked is not None:
            assert step.place is not None
            assert (step.place.number, step.place.count, step.place.titles) == (number, 3, TITLES)
            assert reviews.open_prompt("web", "ana-page", ana.id) == step.asked.attempt_id
            attempt = step.asked.attempt_id
            walked.append(step.asked.title)
    assert walked == list(TITLES[1:])
    assert step.summary is not None
    assert (step.summary.count, step.summary.rated, step.summary.right) == (3, 3, 2)
    assert step.summary.again == (TITLES[1],)
    assert step.summary.again_at == EVENING + DAY
    assert mail.fetch() == []


def test_who_stops_in_the_middle_is_left_in_peace_and_finds_the_rest(
    reviews: ReviewLoop, sessions: Sessions, ana: Learner, mail: Mail, clock: FrozenClock, first: int
) -> None:
    second = asked_of(go_on(sessions, reviews, ana, first, 3))
    clock.move(timedelta(hours=2))
    assert reviews.deliver_due() == 0
    assert [due.title for due in reviews.due(ana.id)] == list(TITLES[1:])
    assert asked_of(sessions.begin(ana.id, "web", "ana-page", COURSE)) == second
    clock.set(EVENING + DAY)
    assert reviews.deliver_due() == 1
    (again,) = mail.fetch()
    assert again.payload["attempt"] == second, "the same question, not a second one"
    place = sessions.place(again.payload["session"], second)
    assert place is not None
    assert place.titles == TITLES[1:]
    last = asked_of(go_on(sessions, reviews, ana, second, 3))
    assert go_on(sessions, reviews, ana, last, 3).summary is not None
    assert reviews.due(ana.id) == []


def test_who_answers_nothing_hears_of_it_ever_more_rarely(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("1d")
    for note in NOTES:
        reviews.study(ana.id, note)
    came = []
    for day in range(1, 31):
        clock.set(EVENING + (day - 1) * DAY)
        reviews.deliver_due()
        came += [day for _ in mail.fetch()]
    assert came == [1, 2, 4, 8, 15, 22, 29]
    assert len(reviews.due(ana.id)) == 3


def test_what_rests_while_nobody_answers_comes_along_with_what_is_due_meanwhile(
    build: Build, database: Database, outbox: Outbox, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("1d")
    sessions = Sessions(database, {COURSE: reviews.deck}, outbox, clock, 20)
    for note in NOTES[:2]:
        reviews.study(ana.id, note)
    for day in (1, 2, 4):
        clock.set(EVENING + (day - 1) * DAY)
        assert reviews.deliver_due() == 1
        mail.fetch()
    clock.set(EVENING + 4 * DAY)  # what is left rests until the eighth day
    reviews.study(ana.id, NOTES[2])
    clock.set(EVENING + 5 * DAY)
    assert reviews.deliver_due() == 1
    attempt, titles = mail.attempts()[0], set()
    while True:
        titles.add(reviews.asked(attempt, ana.id).title)
        step = go_on(sessions, reviews, ana, attempt, 3)
        if step.asked is None:
            break
        attempt = asked_of(step)
    assert titles == set(TITLES)


def test_what_was_put_off_and_then_left_comes_along_too(
    build: Build, database: Database, outbox: Outbox, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("1d")
    sessions = Sessions(database, {COURSE: reviews.deck}, outbox, clock, 20)
    for note in NOTES[:2]:
        reviews.study(ana.id, note)
    clock.set(EVENING)
    assert reviews.deliver_due() == 1
    (first,) = mail.attempts()
    reviews.later(first, ana.id)
    second = asked_of(sessions.go_on(ana.id, first, "web", "ana-page"))
    reviews.later(second, ana.id, "tomorrow")
    clock.set(EVENING + DAY)
    reviews.study(ana.id, NOTES[2])
    assert reviews.deliver_due() == 1  # what is left rests until the day after the next now
    mail.fetch()
    clock.set(EVENING + 2 * DAY)
    assert reviews.deliver_due() == 1
    message = mail.fetch()[0]
    place = sessions.place(message.payload["session"], message.payload["attempt"])
    assert place is not None
    assert sorted(place.titles) == sorted(TITLES)


def test_what_comes_due_while_a_session_stands_joins_it_without_a_message(
    reviews: ReviewLoop,
    sessions: Sessions,
    ana: Learner,
    mail: Mail,
    clock: FrozenClock,
    database: Database,
) -> None:
    studied = [reviews.study(ana.id, note).study_id for note in NOTES]
    with database.session() as session:
        later = session.query(ReviewRow).filter_by(study_id=studied[2], step=0).one()
        later.due_at = EVENING + timedelta(hours=1)
    clock.set(EVENING)
    assert reviews.deliver_due() == 1
    (first,) = mail.attempts()
    clock.move(timedelta(hours=1))
    assert reviews.deliver_due() == 0
    assert mail.fetch() == []
    step = go_on(sessions, reviews, ana, first, 3)
    assert step.place is not None
    assert step.place.titles == TITLES


def test_putting_one_off_goes_on_and_brings_it_back_alone(
    reviews: ReviewLoop, sessions: Sessions, ana: Learner, mail: Mail, clock: FrozenClock, first: int
) -> None:
    back = reviews.later(first, ana.id)
    step = sessions.go_on(ana.id, first, "web", "ana-page")
    attempt = asked_of(step)
    attempt = asked_of(go_on(sessions, reviews, ana, attempt, 3))
    end = go_on(sessions, reviews, ana, attempt, 3)
    assert end.summary is not None
    assert (end.summary.put_off, end.summary.rated) == (1, 2)
    clock.set(back)
    assert mail.attempts() == [first]


def test_put_off_until_tomorrow_it_comes_with_what_is_due_then(
    reviews: ReviewLoop, sessions: Sessions, ana: Learner, mail: Mail, clock: FrozenClock, first: int
) -> None:
    assert reviews.later(first, ana.id) == EVENING + timedelta(hours=1)
    assert reviews.later(first, ana.id, "evening") == EVENING + timedelta(hours=2)
    assert reviews.later(first, ana.id, "tomorrow") == EVENING + DAY
    assert reviews.later(first, ana.id) == EVENING + DAY, "an hour doesn't shorten it"
    clock.set(EVENING + timedelta(hours=3))
    assert reviews.deliver_due() == 0
    assert mail.fetch() == []
    clock.set(EVENING + DAY)
    assert reviews.deliver_due() == 1
    (message,) = mail.fetch()
    assert message.payload["attempt"] == first
    place = sessions.place(message.payload["session"], first)
    assert place is not None
    assert sorted(place.titles) == sorted(TITLES)


def test_a_moment_chosen_anew_after_another_holds(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock, first: int
) -> None:
    evening = reviews.later(first, ana.id, "evening")
    reviews.later(first, ana.id, "tomorrow")
    assert reviews.later(first, ana.id, "evening") == evening
    clock.set(evening)
    assert mail.attempts() == [first]
    clock.set(EVENING + DAY)
    reviews.deliver_due()
    assert len(mail.fetch()) == 1


def test_a_stopped_topic_is_passed_over(
    reviews: ReviewLoop, sessions: Sessions, ana: Learner, first: int
) -> None:
    reviews.stop(ana.id, NOTES[1])
    step = go_on(sessions, reviews, ana, first, 3)
    assert step.asked is not None
    assert step.place is not None
    assert (step.asked.title, step.place.number, step.place.count) == (TITLES[2], 2, 2)


def test_the_cap_counts_what_was_announced(
    build: Build, people: People, ana: Learner, mail: Mail, clock: FrozenClock, database: Database
) -> None:
    reviews = build("1d", daily_cap=2)
    for note in NOTES:
        reviews.study(ana.id, note)
    clock.set(EVENING)
    assert reviews.deliver_due() == 1
    (message,) = mail.fetch()
    people.change(ana.id, review_hour=19)  # looks at everything that was held again
    clock.move(timedelta(hours=1))
    assert reviews.deliver_due() == 0
    assert mail.fetch() == []
    clock.set(EVENING + DAY + timedelta(hours=1))
    assert reviews.deliver_due() == 1
    (tomorrow,) = mail.fetch()
    assert tomorrow.payload["session"] != message.payload["session"]


def test_a_topic_without_a_question_is_not_announced(
    reviews: ReviewLoop, sessions: Sessions, ana: Learner, mail: Mail, clock: FrozenClock, database: Database
) -> None:
    for note in NOTES:
        reviews.study(ana.id, note)
    with database.session() as session:
        reviews.deck.retire(session, NOTES[1])
    clock.set(EVENING)
    assert reviews.deliver_due() == 1
    (message,) = mail.fetch()
    place = sessions.place(message.payload["session"], message.payload["attempt"])
    assert place is not None
    assert place.titles == (TITLES[0], TITLES[2])


def test_reviews_below_a_day_stay_messages_of_their_own(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("10s")
    for note in NOTES:
        reviews.study(ana.id, note)
    clock.move(timedelta(seconds=10))
    assert reviews.deliver_due() == 3
    assert all("session" not in message.payload for message in mail.fetch())


def test_review_begins_a_session_and_the_evening_brings_what_was_left(
    reviews: ReviewLoop, sessions: Sessions, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    for note in NOTES:
        reviews.study(ana.id, note)
    clock.set(EVENING)
    begun = sessions.begin(ana.id, "web", "ana-page", COURSE)
    assert begun is not None
    assert begun.place is not None
    assert (begun.place.number, begun.place.count) == (1, 3)
    assert asked_of(sessions.begin(ana.id, "web", "ana-page", COURSE)) == asked_of(begun)
    assert reviews.deliver_due() == 1, "the two that were not asked"
    go_on(sessions, reviews, ana, asked_of(begun), 3)
