"""After the ladder, or without one: reviews come when a topic is about to be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from jobs.people import Learner, People
from jobs.review.memory import retention
from jobs.review.pacing import USUAL, Mode, Pacing
from jobs.review.rebuild import rebuild
from jobs.review.records import Rated
from jobs.tables import ReviewRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import Build, Mail

SOFIA = ZoneInfo("Europe/Sofia")
NOTE = "attention.md"
ToNext = Callable[[], datetime]


def answer(reviews: ReviewLoop, learner: Learner, mail: Mail, clock: FrozenClock, rating: int) -> Rated:
    """The next question comes and is rated."""
    moment = reviews.next_due()
    assert moment is not None
    clock.set(max(moment, clock.now()))
    assert reviews.deliver_due() == 1
    (attempt,) = mail.attempts()
    reviews.reveal(attempt, learner.id)
    return reviews.rate(attempt, learner.id, rating)


def test_after_the_ladder_the_waits_grow_with_right_answers(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    assert reviews.study(ana.id, NOTE).goes_on
    ladder = [answer(reviews, ana, mail, clock, 3) for _ in range(4)]
    assert [rated.beyond for rated in ladder] == [False, False, False, True]
    waits = []
    for _ in range(3):
        before = clock.now()
        rated = answer(reviews, ana, mail, clock, 3)
        assert (rated.beyond, rated.finished, rated.again_due) == (True, False, None)
        assert rated.next_due is not None
        assert rated.next_due.astimezone(SOFIA).hour == 18
        waits.append(clock.now() - before)
    assert timedelta(days=30) < waits[0] < waits[1] <= timedelta(days=366)
    (topic,) = reviews.progress(ana.id).topics
    assert (topic.step, topic.steps, topic.beyond, topic.finished) == (4, 4, 3, False)
    assert topic.next_due == rated.next_due


def test_a_miss_after_the_ladder_comes_tomorrow_and_the_next_wait_is_short(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews.study(ana.id, NOTE)
    for _ in range(4):
        known = answer(reviews, ana, mail, clock, 3)
    moment = known.next_due
    assert moment is not None
    missed = answer(reviews, ana, mail, clock, 1)
    assert missed.again_due == clock.now() + timedelta(days=1)
    assert missed.next_due is not None
    assert missed.next_due - clock.now() < timedelta(days=30)
    again = answer(reviews, ana, mail, clock, 3)
    assert again.next_due is not None
    assert again.next_due > missed.next_due, "what was relearnt lasts longer than what was missed"


@pytest.mark.parametrize(
    ("mode", "ratings"),
    [("fsrs", (1, 1, 1)), ("ladder+fsrs", (3, 3, 3, 3, 3, 1, 1, 1)), ("ladder+fsrs", (1, 1))],
)
def test_the_question_that_was_missed_comes_tomorrow_although_the_next_review_does_too(
    build: Build,
    ana: Learner,
    mail: Mail,
    clock: FrozenClock,
    database: Database,
    mode: Mode,
    ratings: list[int],
) -> None:
    reviews = build(pacing=Pacing(mode))
    reviews.study(ana.id, NOTE)
    rated = [answer(reviews, ana, mail, clock, rating) for rating in ratings][-1]
    missed = reviews.asked(len(ratings))
    assert rated.again_due == rated.next_due == clock.now() + timedelta(days=1)
    assert rebuild(database, Pacing(mode), check=True).differing == 0
    clock.move(timedelta(days=1))
    assert reviews.deliver_due() == 1, "both are due: one message"
    (attempt,) = mail.attempts()
    asked = reviews.asked(attempt)
    assert asked.prompt == missed.prompt
    assert (asked.again, asked.step) == (False, (missed.step or 0) + 1), "it is the schedule's own review"
    assert rebuild(database, Pacing(mode), check=True).differing == 0
    reviews.reveal(attempt, ana.id)
    known = reviews.rate(attempt, ana.id, 3)
    assert known.again_due is None
    assert known.next_due is not None
    clock.set(known.next_due)
    assert reviews.deliver_due() == 1
    assert reviews.asked(mail.attempts()[0]).prompt != missed.prompt, "known by now: the others come"


def test_a_repeat_that_the_bot_slept_through_hands_its_question_to_the_next_review(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews.study(ana.id, NOTE)
    answer(reviews, ana, mail, clock, 1)
    clock.move(timedelta(days=2))
    assert reviews.deliver_due() == 1
    (attempt,) = mail.attempts()
    assert (reviews.asked(attempt).step, reviews.asked(attempt).again) == (1, False)
    assert reviews.asked(attempt).prompt == reviews.asked(1).prompt


def test_a_corrected_rating_moves_the_review_that_waits(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews.study(ana.id, NOTE)
    for _ in range(4):
        good = answer(reviews, ana, mail, clock, 3)
    (attempt,) = [row.attempt_id for row in [reviews.asked(4)]]
    hard = reviews.rate(attempt, ana.id, 2)
    easy = reviews.rate(attempt, ana.id, 4)
    assert hard.next_due is not None and good.next_due is not None and easy.next_due is not None  # noqa: PT018
    assert hard.next_due < good.next_due < easy.next_due
    assert reviews.rate(attempt, ana.id, 3) == good
    assert len(reviews.upcoming(ana.id)) == 1


def test_an_answer_without_a_rating_goes_on_too(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    for _ in range(3):
        answer(reviews, ana, mail, clock, 3)
    to_next()
    reviews.deliver_due()
    reviews.answer(mail.attempts()[0], ana.id, "so")
    (later,) = reviews.upcoming(ana.id)
    assert later.beyond
    assert later.due_at > clock.now()


def test_fsrs_from_the_start_lays_out_one_review_at_a_time(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build(pacing=Pacing("fsrs"))
    studied = reviews.study(ana.id, NOTE)
    assert (len(studied.due), studied.goes_on) == (1, True)
    assert studied.due[0].astimezone(SOFIA) == datetime(2026, 3, 4, 18, tzinfo=SOFIA)
    (review,) = reviews.upcoming(ana.id)
    assert (review.step, review.steps, review.beyond) == (0, 0, True)
    rated = answer(reviews, ana, mail, clock, 4)
    assert rated.beyond
    (topic,) = reviews.progress(ana.id).topics
    assert (topic.step, topic.steps, topic.beyond) == (0, 0, 1)


def test_a_ladder_of_seconds_ends_as_it_always_did(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("10s,20s")
    assert not reviews.study(ana.id, NOTE).goes_on
    assert not answer(reviews, ana, mail, clock, 3).finished
    assert answer(reviews, ana, mail, clock, 3).finished
    assert reviews.next_due() is None


def test_the_longest_wait_is_a_setting(build: Build, ana: Learner, mail: Mail, clock: FrozenClock) -> None:
    reviews = build("1d", pacing=Pacing(longest=5))
    reviews.study(ana.id, NOTE)
    for _ in range(4):
        rated = answer(reviews, ana, mail, clock, 4)
        assert rated.next_due is not None
        assert rated.next_due - clock.now() <= timedelta(days=5)


def test_a_review_after_the_ladder_moves_with_the_learner(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock, people: People, database: Database
) -> None:
    reviews.study(ana.id, NOTE)
    for _ in range(4):
        answer(reviews, ana, mail, clock, 3)
    (before,) = reviews.upcoming(ana.id)
    tokyo = ZoneInfo("Asia/Tokyo")
    people.change(ana.id, zone="Asia/Tokyo", review_hour=7, quiet_start=None, quiet_end=None)
    (after,) = reviews.upcoming(ana.id)
    assert after.due_at.astimezone(tokyo).date() == before.due_at.astimezone(SOFIA).date()
    assert after.due_at.astimezone(tokyo).hour == 7


def test_a_repeat_makes_no_step_of_the_ladder_vanish(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock, database: Database
) -> None:
    """A step is asked and left open; the repeat of one before it comes beside it."""
    reviews.study(ana.id, NOTE)
    clock.set(datetime(2026, 3, 3, 16, tzinfo=UTC))
    reviews.deliver_due()
    (first,) = mail.attempts()
    clock.set(datetime(2026, 3, 5, 16, tzinfo=UTC))
    reviews.deliver_due()
    (second,) = mail.attempts()
    reviews.rate(first, ana.id, 1)
    clock.move(timedelta(days=1))
    assert reviews.deliver_due() == 1
    mail.fetch()
    assert [one.step for one in reviews.due(ana.id)] == [1, 0]
    assert reviews.asked(second).state == "open"
    with database.session() as session:
        assert session.get_one(ReviewRow, 2).state == "asked"


def test_studying_again_counts_although_the_clock_was_set_back(
    reviews: ReviewLoop, ana: Learner, clock: FrozenClock
) -> None:
    reviews.study(ana.id, NOTE)
    clock.set(clock.now() - timedelta(hours=1))
    assert reviews.study(ana.id, NOTE).restarted
    clock.move(timedelta(seconds=2))
    assert not reviews.study(ana.id, NOTE).restarted, "the same press"


def test_steps_that_passed_count_from_the_answer_in_the_log_too(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock, database: Database
) -> None:
    """Away for two months: one question, then the steps that passed, then FSRS."""
    reviews.study(ana.id, NOTE)
    clock.set(datetime(2026, 5, 4, 16, tzinfo=UTC))
    answer(reviews, ana, mail, clock, 3)
    back = [review.due_at.astimezone(SOFIA).date() for review in reviews.upcoming(ana.id)]
    assert back == [date(2026, 5, 7), date(2026, 5, 11), date(2026, 6, 4)]
    assert rebuild(database, USUAL, check=True).differing == 0
    for _ in back:
        rated = answer(reviews, ana, mail, clock, 3)
    assert rated.beyond
    assert rebuild(database, USUAL, check=True).differing == 0


@given(st.integers(0, 4000), st.floats(0.01, 4000))
def test_the_curve_for_what_held_so_long_is_that_of_the_library(days: int, stability: float) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    card = Card(card_id=0, stability=stability, difficulty=5.0, last_review=at)
    told = Scheduler().get_card_retrievability(card, at + timedelta(days=days))
    assert retention(timedelta(days=days), timedelta(days=stability)) == pytest.approx(told, rel=1e-6)
