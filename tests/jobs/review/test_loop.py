"""The loop as a learner lives it: study, be asked, answer, rate, come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jobs.errors import AttemptClosed, LearnerError, NothingToAsk, NotYours, ReviewError
from jobs.people import Learner, People
from jobs.review.judging.verdict import Judged
from jobs.review.pacing import Pacing
from jobs.review.schedule import SNOOZE
from jobs.tables import AttemptRow, LearnerRow, ReviewRow, StudyRow
from knowledge.errors import NotesError
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import Build, Mail, Shelf

SOFIA = ZoneInfo("Europe/Sofia")
ToNext = Callable[[], datetime]
NOTE = "bg/tokens.md"
PLAN = [
    "Обяснете защо моделът има нужда от токенизация.",
    "Опишете какво е речник на токенизатора.",
    "Дайте пример за токен.",
    "Разкажете всичко за токенизацията.",
]


def test_studying_lays_out_the_ladder_at_the_learners_hour(reviews: ReviewLoop, ana: Learner) -> None:
    studied = reviews.study(ana.id, NOTE)
    assert studied.title == "Токенизация"
    assert not studied.restarted
    assert [due.astimezone(SOFIA).replace(tzinfo=None) for due in studied.due] == [
        datetime(2026, 3, 3, 18),  # noqa: DTZ001
        datetime(2026, 3, 5, 18),  # noqa: DTZ001
        datetime(2026, 3, 9, 18),  # noqa: DTZ001
        datetime(2026, 4, 2, 18),  # noqa: DTZ001
    ]
    assert [review.due_at for review in reviews.upcoming(ana.id)] == list(studied.due)
    assert reviews.due(ana.id) == []


def test_the_ladder_asks_the_notes_own_plan_step_by_step(
    build: Build, ana: Learner, mail: Mail, to_next: ToNext
) -> None:
    reviews = build(pacing=Pacing("ladder"))
    reviews.study(ana.id, NOTE)
    for step, prompt in enumerate(PLAN):
        to_next()
        assert reviews.deliver_due() == 1
        (attempt,) = mail.attempts()
        asked = reviews.asked(attempt)
        assert (asked.prompt, asked.step, asked.steps, asked.late) == (prompt, step, 4, False)
        revealed = reviews.answer(attempt, ana.id, "защото работи с числа")
        assert revealed.citation.note == NOTE
        assert revealed.citation.heading in ("1. Общ преглед", "2. Основни понятия")
        assert "|" not in revealed.citation.quote
        rated = reviews.rate(attempt, ana.id, 3)
        assert rated.finished == (step == 3)
        assert (rated.next_due is None) == (step == 3)
    assert reviews.next_due() is None
    assert reviews.upcoming(ana.id) == []


def test_a_short_ladder_asks_the_plan_by_the_order_of_its_steps(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("10s,20s,40s,60s")
    start = clock.now()
    studied = reviews.study(ana.id, NOTE)
    assert [due - start for due in studied.due] == [timedelta(seconds=s) for s in (10, 20, 40, 60)]
    prompts = []
    for due in studied.due:
        clock.set(due - timedelta(seconds=1))
        assert reviews.deliver_due() == 0
        clock.set(due)
        assert reviews.deliver_due() == 1
        prompts += [reviews.asked(attempt).prompt for attempt in mail.attempts()]
    assert prompts == PLAN


def test_a_message_tells_where_and_to_whom(
    reviews: ReviewLoop, ana: Learner, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    to_next()
    reviews.deliver_due()
    (delivery,) = mail.fetch()
    assert (delivery.kind, delivery.platform, delivery.place) == ("review", "web", "ana-page")
    assert delivery.learner_id == ana.id
    assert delivery.key.startswith("review:")
    attempt = int(delivery.payload["attempt"])
    assert reviews.open_prompt("web", "ana-page", ana.id) is None
    assert reviews.arrive(attempt, delivery.platform, delivery.place).attempt_id == attempt
    assert reviews.open_prompt("web", "ana-page", ana.id) == attempt
    assert reviews.deliver_due() == 0


def test_a_review_goes_where_the_learner_was_met_last(
    reviews: ReviewLoop, ana: Learner, people: People, mail: Mail, clock: FrozenClock, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    clock.move(timedelta(minutes=1))
    people.meet("web", "ana", "Ana", "other-page")
    to_next()
    reviews.deliver_due()
    assert [delivery.place for delivery in mail.fetch()] == ["other-page"]


def test_without_a_plan_the_quiz_comes_first_and_nothing_twice_before_all_were_asked(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("1s,2s,3s,4s,5s")
    asked = []
    for due in reviews.study(ana.id, "attention.md").due:
        clock.set(due)
        reviews.deliver_due()
        (attempt,) = mail.attempts()
        asked.append((reviews.asked(attempt).origin, reviews.asked(attempt).prompt))
        reviews.reveal(attempt, ana.id)
    assert asked == [
        ("quiz", "What does attention let every token do?"),
        ("quiz", "Which function turns scores into weights?"),
        ("definition", "What is meant by “Query”?"),
        ("definition", "What is meant by “Softmax”?"),
        ("quiz", "What does attention let every token do?"),
    ]


def test_a_note_without_any_question_is_recalled_freely(
    reviews: ReviewLoop, ana: Learner, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, "padding.txt")
    to_next()
    reviews.deliver_due()
    (attempt,) = mail.attempts()
    assert reviews.asked(attempt).prompt == "Explain in your own words: Padding"
    assert reviews.reveal(attempt, ana.id).citation.quote.startswith("Padding fills up")


def test_a_definition_is_answered_by_its_own_line(reviews: ReviewLoop, ana: Learner) -> None:
    for _ in range(3):
        asked = reviews.quiz(ana.id, "web", "p", "attention")
    assert asked.origin == "definition"
    citation = reviews.reveal(asked.attempt_id, ana.id).citation
    assert citation.quote == "- **Query** – The vector that says what a token is looking for."
    assert (citation.start, citation.end) == (7, 7)


# Studying again, stopping


def test_studying_again_begins_anew_and_keeps_the_history(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock, to_next: ToNext, database: Database
) -> None:
    first = reviews.study(ana.id, NOTE)
    to_next()
    reviews.deliver_due()
    (attempt,) = mail.attempts()
    reviews.answer(attempt, ana.id, "отговор")
    reviews.rate(attempt, ana.id, 3)
    clock.move(timedelta(hours=1))
    second = reviews.study(ana.id, NOTE)
    assert second.restarted
    assert second.study_id != first.study_id
    assert [review.due_at for review in reviews.upcoming(ana.id)] == list(second.due)
    assert reviews.asked(attempt).state == "rated"
    with database.session() as session:
        assert session.get_one(StudyRow, first.study_id).state == "stopped"
        states = [row.state for row in session.query(ReviewRow).filter_by(study_id=first.study_id)]
        assert sorted(states) == ["answered", "dropped", "dropped", "dropped"]


def test_pressing_studied_twice_is_one_study(reviews: ReviewLoop, ana: Learner, clock: FrozenClock) -> None:
    first = reviews.study(ana.id, NOTE)
    clock.move(timedelta(seconds=2))
    assert reviews.study(ana.id, NOTE) == first
    assert len(reviews.upcoming(ana.id)) == 4


def test_a_stopped_note_is_not_asked_any_more(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews.study(ana.id, NOTE)
    reviews.stop(ana.id, NOTE)
    clock.move(timedelta(days=2))
    assert reviews.deliver_due() == 0
    assert reviews.next_due() is None
    with pytest.raises(ReviewError) as refused:
        reviews.stop(ana.id, NOTE)
    assert refused.value.key == "error.not_studied"


def test_what_does_not_exist_is_said(reviews: ReviewLoop, ana: Learner, bo: Learner) -> None:
    with pytest.raises(NotesError) as refused:
        reviews.study(ana.id, "none.md")
    assert refused.value.key == "error.note_unknown"
    with pytest.raises(LearnerError):
        reviews.study(99, NOTE)
    with pytest.raises(ReviewError) as refused_review:
        reviews.ask(ana.id, 99, "web", "p")
    assert refused_review.value.key == "error.review_unknown"
    with pytest.raises(ReviewError) as refused_attempt:
        reviews.asked(99)
    assert refused_attempt.value.key == "error.attempt_unknown"
    with pytest.raises(NothingToAsk):
        reviews.quiz(ana.id, "web", "p", "zzz qqq xxx")


# After downtime, quiet hours, the daily cap


def test_what_fell_due_while_nobody_watched_comes_once_and_late(
    reviews: ReviewLoop, ana: Learner, mail: Mail, to_next: ToNext, clock: FrozenClock
) -> None:
    reviews.study(ana.id, NOTE)
    to_next()
    clock.move(timedelta(hours=2))
    assert reviews.deliver_due() == 1
    assert reviews.deliver_due() == 0
    (attempt,) = mail.attempts()
    assert reviews.asked(attempt).late
    (due,) = reviews.due(ana.id)
    assert due.late
    assert due.state == "asked"


@pytest.mark.parametrize(
    ("ladder", "delay", "late"), [("10s", 4, False), ("10s", 6, True), ("1d", 599, False)]
)
def test_a_little_late_is_on_time(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock, ladder: str, delay: int, late: bool
) -> None:
    reviews = build(ladder)
    (due,) = reviews.study(ana.id, NOTE).due
    clock.set(due + timedelta(seconds=delay))
    reviews.deliver_due()
    (attempt,) = mail.attempts()
    assert reviews.asked(attempt).late == late


def test_of_several_overdue_steps_of_a_note_only_the_latest_is_asked(
    reviews: ReviewLoop, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    studied = reviews.study(ana.id, NOTE)
    clock.set(studied.due[2] + timedelta(hours=1))
    assert reviews.deliver_due() == 1
    (attempt,) = mail.attempts()
    assert reviews.asked(attempt).prompt == PLAN[2]
    assert reviews.next_due() == studied.due[3]
    assert len(reviews.due(ana.id)) == 1


def test_an_unanswered_question_makes_way_for_the_next_but_can_still_be_answered(
    reviews: ReviewLoop, ana: Learner, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    to_next()
    reviews.deliver_due()
    (first,) = mail.attempts()
    to_next()
    reviews.deliver_due()
    assert len(mail.attempts()) == 1
    assert [review.step for review in reviews.due(ana.id)] == [1]
    assert reviews.answer(first, ana.id, "късно").response == "късно"
    assert reviews.rate(first, ana.id, 3).next_due is not None


def test_nothing_of_whole_days_comes_in_quiet_hours(
    reviews: ReviewLoop, ana: Learner, mail: Mail, to_next: ToNext, clock: FrozenClock
) -> None:
    reviews.study(ana.id, NOTE)
    to_next()
    clock.move(timedelta(hours=8))  # 2 in the morning in Sofia
    assert reviews.deliver_due() == 0
    morning = datetime(2026, 3, 4, 6, tzinfo=UTC)
    assert reviews.next_due() == morning
    clock.set(morning)
    assert reviews.deliver_due() == 1
    (attempt,) = mail.attempts()
    assert reviews.asked(attempt).late


def test_an_hour_within_quiet_hours_gives_way_to_them(
    reviews: ReviewLoop, ana: Learner, people: People
) -> None:
    people.change(ana.id, review_hour=23)
    due = reviews.study(ana.id, NOTE).due[0].astimezone(SOFIA)
    assert (due.day, due.hour) == (4, 8)


def test_reviews_below_a_day_know_no_quiet_hours(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("10s", daily_cap=0)
    clock.set(datetime(2026, 3, 3, 0, 30, tzinfo=UTC))
    (due,) = reviews.study(ana.id, NOTE).due
    clock.set(due)
    assert reviews.deliver_due() == 1


def test_a_backlog_comes_in_daily_shares_oldest_first(
    build: Build, ana: Learner, bo: Learner, people: People, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("1d", daily_cap=1)
    people.change(bo.id, zone="Europe/Sofia")
    for note in (NOTE, "attention.md", "padding.txt"):
        reviews.study(ana.id, note)
        clock.move(timedelta(days=1))
    reviews.study(bo.id, NOTE)
    clock.set(datetime(2026, 3, 20, 16, tzinfo=UTC))
    titles = []
    for _ in range(3):
        reviews.deliver_due()
        assert reviews.deliver_due() == 0
        mine = [delivery for delivery in mail.fetch() if delivery.learner_id == ana.id]
        titles += [reviews.asked(delivery.payload["attempt"]).title for delivery in mine]
        moment = reviews.next_due()
        if moment:
            assert (moment.astimezone(SOFIA).hour, moment - clock.now() <= timedelta(days=1)) == (18, True)
            clock.set(moment)
    assert titles == ["Токенизация", "Attention", "Padding"]
    assert reviews.next_due() is None


def test_a_new_hour_and_zone_move_what_is_to_come(reviews: ReviewLoop, ana: Learner, people: People) -> None:
    reviews.study(ana.id, NOTE)
    people.change(ana.id, zone="Asia/Tokyo", review_hour=7, quiet_start=None, quiet_end=None)
    tokyo = ZoneInfo("Asia/Tokyo")
    moved = [review.due_at.astimezone(tokyo) for review in reviews.upcoming(ana.id)]
    assert [(moment.month, moment.day, moment.hour) for moment in moved] == [
        (3, 3, 7),
        (3, 5, 7),
        (3, 9, 7),
        (4, 2, 7),
    ]


def test_settings_that_change_again_and_again_leave_the_days_as_they_were(
    reviews: ReviewLoop, ana: Learner, people: People
) -> None:
    people.change(ana.id, review_hour=23, quiet_start=22, quiet_end=8)
    reviews.study(ana.id, NOTE)
    planned = [review.due_at for review in reviews.upcoming(ana.id)]
    for hour in (22, 23, 22, 23):
        people.change(ana.id, review_hour=hour)
        assert [review.due_at for review in reviews.upcoming(ana.id)] == planned
    people.change(ana.id, review_hour=18)
    assert reviews.upcoming(ana.id)[0].due_at.astimezone(SOFIA).day == planned[0].astimezone(SOFIA).day - 1


# Answering, rating, putting off


@pytest.fixture
def attempt(reviews: ReviewLoop, ana: Learner, mail: Mail, to_next: ToNext) -> int:
    reviews.study(ana.id, NOTE)
    to_next()
    reviews.deliver_due()
    return mail.attempts()[0]


def test_only_the_learner_who_was_asked_may_answer(reviews: ReviewLoop, bo: Learner, attempt: int) -> None:
    for act in (
        lambda: reviews.answer(attempt, bo.id, "x"),
        lambda: reviews.reveal(attempt, bo.id),
        lambda: reviews.rate(attempt, bo.id, 3),
        lambda: reviews.later(attempt, bo.id),
    ):
        with pytest.raises(NotYours):
            act()
    assert reviews.asked(attempt).state == "open"


def test_an_answer_closes_the_open_prompt_and_is_kept(
    reviews: ReviewLoop, ana: Learner, attempt: int
) -> None:
    assert reviews.answer(attempt, ana.id, "така").response == "така"
    assert reviews.open_prompt("web", "ana-page", ana.id) is None
    assert reviews.answer(attempt, ana.id, "така") == reviews.reveal(attempt, ana.id)
    with pytest.raises(AttemptClosed):
        reviews.answer(attempt, ana.id, "иначе")
    assert reviews.asked(attempt).state == "answered"
    assert reviews.due(ana.id) == []


def test_an_answer_is_judged_and_its_verdict_is_kept(
    reviews: ReviewLoop, ana: Learner, attempt: int, database: Database
) -> None:
    judged = reviews.answer(attempt, ana.id, "Не знам.").judged
    assert judged == Judged("wrong", "unknown")
    assert reviews.reveal(attempt, ana.id).judged == judged
    with database.session() as session:
        assert session.get_one(AttemptRow, attempt).verdict == "wrong"


def test_the_verdict_proposes_and_the_learner_decides(
    reviews: ReviewLoop, ana: Learner, attempt: int
) -> None:
    assert reviews.answer(attempt, ana.id, "Не знам.").proposed == 1
    reviews.rate(attempt, ana.id, 4)
    assert reviews.asked(attempt).rating == 4


def test_what_is_shown_without_an_answer_is_not_judged(
    reviews: ReviewLoop, ana: Learner, attempt: int
) -> None:
    shown = reviews.reveal(attempt, ana.id)
    assert (shown.judged, shown.proposed) == (None, 3)


def test_an_answer_after_the_passage_was_shown_is_refused(
    reviews: ReviewLoop, ana: Learner, attempt: int
) -> None:
    assert reviews.reveal(attempt, ana.id).response is None
    assert reviews.asked(attempt).state == "revealed"
    with pytest.raises(AttemptClosed):
        reviews.answer(attempt, ana.id, "прочетох го")


def test_again_brings_the_same_card_tomorrow_and_keeps_the_ladder(
    reviews: ReviewLoop, ana: Learner, mail: Mail, attempt: int, to_next: ToNext
) -> None:
    reviews.reveal(attempt, ana.id)
    rated = reviews.rate(attempt, ana.id, 1)
    assert rated == reviews.rate(attempt, ana.id, 1)
    assert rated.again_due is not None
    assert rated.again_due.astimezone(SOFIA) == datetime(2026, 3, 4, 18, tzinfo=SOFIA)
    assert rated.next_due == datetime(2026, 3, 5, 16, tzinfo=UTC)
    assert to_next() == rated.again_due
    assert reviews.deliver_due() == 1
    (repeat,) = mail.attempts()
    asked = reviews.asked(repeat)
    assert (asked.prompt, asked.step, asked.again) == (PLAN[0], 0, True)
    with pytest.raises(AttemptClosed):
        reviews.rate(attempt, ana.id, 3)
    reviews.reveal(repeat, ana.id)
    again = reviews.rate(repeat, ana.id, 1)
    assert again.again_due is not None
    assert again.next_due == rated.next_due
    # The next repeat and the ladder's next step fall on one evening: the step is asked.
    to_next()
    assert reviews.deliver_due() == 1
    assert reviews.asked(mail.attempts()[0]).prompt == PLAN[1]


def test_again_on_a_short_ladder_comes_after_its_first_interval(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("10s,60s")
    clock.set(reviews.study(ana.id, NOTE).due[0])
    reviews.deliver_due()
    (attempt,) = mail.attempts()
    clock.move(timedelta(seconds=2))
    rated = reviews.rate(attempt, ana.id, 1)
    assert rated.again_due == clock.now() + timedelta(seconds=10)


def test_a_corrected_rating_takes_its_repeat_back(reviews: ReviewLoop, ana: Learner, attempt: int) -> None:
    reviews.reveal(attempt, ana.id)
    assert reviews.rate(attempt, ana.id, 1).again_due
    assert reviews.rate(attempt, ana.id, 4).again_due is None
    assert len(reviews.upcoming(ana.id)) == 3
    assert reviews.rate(attempt, ana.id, 1).again_due
    assert len(reviews.upcoming(ana.id)) == 4


def test_missing_the_last_step_keeps_the_study_open_until_its_repeat(
    build: Build, ana: Learner, mail: Mail, clock: FrozenClock
) -> None:
    reviews = build("1d", pacing=Pacing("ladder"))
    clock.set(reviews.study(ana.id, NOTE).due[0])
    reviews.deliver_due()
    (attempt,) = mail.attempts()
    reviews.answer(attempt, ana.id, "не знам")
    rated = reviews.rate(attempt, ana.id, 1)
    assert not rated.finished
    assert rated.again_due
    clock.set(rated.again_due)
    assert reviews.deliver_due() == 1
    (repeat,) = mail.attempts()
    reviews.reveal(repeat, ana.id)
    assert reviews.rate(repeat, ana.id, 3).finished


@pytest.mark.parametrize("rating", [0, 5, -1])
def test_a_rating_that_is_none_is_refused(
    reviews: ReviewLoop, ana: Learner, attempt: int, rating: int
) -> None:
    with pytest.raises(ReviewError) as refused:
        reviews.rate(attempt, ana.id, rating)
    assert refused.value.key == "error.rating_invalid"


def test_later_brings_the_question_back_once(
    reviews: ReviewLoop, ana: Learner, mail: Mail, attempt: int, clock: FrozenClock
) -> None:
    back = reviews.later(attempt, ana.id)
    assert back == clock.now() + SNOOZE
    assert reviews.open_prompt("web", "ana-page", ana.id) is None
    clock.move(timedelta(minutes=1))
    assert reviews.later(attempt, ana.id) == back
    assert mail.fetch() == []
    clock.set(back)
    assert mail.attempts() == [attempt]
    assert mail.fetch() == []
    assert reviews.asked(attempt).state == "open"


def test_an_answered_question_does_not_come_back_later(
    reviews: ReviewLoop, ana: Learner, mail: Mail, attempt: int, clock: FrozenClock
) -> None:
    back = reviews.later(attempt, ana.id)
    reviews.answer(attempt, ana.id, "отговор")
    clock.set(back)
    assert mail.fetch() == []
    with pytest.raises(AttemptClosed):
        reviews.later(attempt, ana.id)


def test_asking_by_hand_is_the_same_question_that_was_delivered(
    reviews: ReviewLoop, ana: Learner, attempt: int
) -> None:
    (due,) = reviews.due(ana.id)
    asked = reviews.ask(ana.id, due.review_id, "discord", "dm")
    assert asked.attempt_id == attempt
    assert reviews.open_prompt("discord", "dm", ana.id) == attempt
    reviews.close_prompt("discord", "dm", ana.id)
    assert reviews.open_prompt("discord", "dm", ana.id) is None


def test_a_due_review_asked_by_hand_is_not_delivered_again(
    reviews: ReviewLoop, ana: Learner, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    to_next()
    (due,) = reviews.due(ana.id)
    assert due.state == "waiting"
    asked = reviews.ask(ana.id, due.review_id, "web", "ana-page")
    assert reviews.deliver_due() == 0
    assert mail.fetch() == []
    assert asked.prompt == PLAN[0]


# Quiz and progress


def test_a_quiz_goes_round_the_studied_notes(reviews: ReviewLoop, ana: Learner, clock: FrozenClock) -> None:
    reviews.study(ana.id, NOTE)
    reviews.study(ana.id, "attention.md")
    titles = []
    for _ in range(4):
        clock.move(timedelta(minutes=1))
        titles.append(reviews.quiz(ana.id, "web", "p", None).title)
    assert titles == ["Токенизация", "Attention", "Токенизация", "Attention"]


def test_a_quiz_outside_the_ladder_changes_no_review(reviews: ReviewLoop, ana: Learner) -> None:
    asked = reviews.quiz(ana.id, "web", "p", "padding")
    assert (asked.step, asked.steps, asked.interval, asked.title) == (None, 0, None, "Padding")
    assert reviews.open_prompt("web", "p", ana.id) == asked.attempt_id
    reviews.answer(asked.attempt_id, ana.id, "x")
    rated = reviews.rate(asked.attempt_id, ana.id, 1)
    assert (rated.next_due, rated.again_due, rated.finished) == (None, None, False)


def test_progress_tells_steps_share_and_what_comes(
    reviews: ReviewLoop, ana: Learner, mail: Mail, attempt: int, clock: FrozenClock
) -> None:
    reviews.study(ana.id, "attention.md")
    before = reviews.progress(ana.id)
    assert (before.attempts, before.right_share, before.due_now) == (0, None, 1)
    reviews.answer(attempt, ana.id, "отговор")
    reviews.rate(attempt, ana.id, 3)
    asked = reviews.quiz(ana.id, "web", "p", "padding")
    reviews.rate(asked.attempt_id, ana.id, 1)
    progress = reviews.progress(ana.id)
    assert (progress.attempts, progress.right_share, progress.due_now) == (2, 0.5, 0)
    tokens, attention = progress.topics
    assert (tokens.title, tokens.step, tokens.steps, tokens.retention) == ("Токенизация", 1, 4, 1.0)
    assert (attention.title, attention.step, attention.retention) == ("Attention", 0, None)
    assert progress.forecast == (0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0)
    clock.move(timedelta(days=1))
    kept = reviews.progress(ana.id).topics[0].retention
    assert kept is not None
    assert 0.9 < kept < 1.0


def test_a_learner_whose_reviews_can_t_be_asked_keeps_no_other_waiting_and_is_tried_again(
    reviews: ReviewLoop, ana: Learner, bo: Learner, mail: Mail, clock: FrozenClock, database: Database
) -> None:
    for learner in (ana, bo):
        reviews.study(learner.id, NOTE)
    with database.session() as session:
        session.get_one(LearnerRow, ana.id).zone = "Nowhere/Land"
    clock.move(timedelta(days=2))
    assert reviews.deliver_due() == 1
    retry = reviews.next_due()
    assert retry is not None
    assert clock.now() < retry < clock.now() + timedelta(hours=1)
    with database.session() as session:
        session.get_one(LearnerRow, ana.id).zone = "Europe/Sofia"
    clock.set(retry)
    assert reviews.deliver_due() == 1
    assert len(mail.fetch()) == 2


# The notes change


def test_cards_follow_their_note_and_keep_their_history(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database
) -> None:
    asked = reviews.quiz(ana.id, "web", "p", "attention")
    old = reviews.reveal(asked.attempt_id, ana.id).citation
    text = (shelf.folder / "attention.md").read_text("utf-8")
    shelf.write(
        "attention.md", "Two lines more.\n\n" + text.replace("2. Which function", "2. Which clever function")
    )
    report = reviews.sync_cards()
    assert (report.notes, report.added, report.reworded, report.retired) == (1, 0, 1, 0)
    new = reviews.reveal(asked.attempt_id, ana.id).citation
    assert (new.quote, new.start) == (old.quote, old.start + 2)
    with database.session() as session:
        assert session.get_one(AttemptRow, asked.attempt_id).rating is None
    again = reviews.sync_cards()
    assert (again.added, again.reworded, again.retired) == (0, 0, 0)
    assert again.kept == report.reworded + report.kept


def test_a_note_that_is_gone_is_not_asked_and_harms_no_other(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    reviews.study(ana.id, "attention.md")
    shelf.write("attention.md", None)
    assert reviews.sync_cards().retired > 0
    to_next()
    assert reviews.deliver_due() == 1
    assert [reviews.asked(attempt).title for attempt in mail.attempts()] == ["Токенизация"]


def test_a_name_typed_into_a_gap_is_judged_by_its_letters_alone(
    reviews: ReviewLoop, shelf: Shelf, ana: Learner
) -> None:
    shelf.write("mask.md", "# Inputs\n\n- **`attention_mask`** – It says which numbers are padding.\n")
    asked = reviews.quiz(ana.id, "web", "ana-page", "Inputs")
    assert "_____" in asked.prompt
    judged = reviews.answer(asked.attempt_id, ana.id, "Attention mask").judged
    assert judged == Judged("right", "exact", expected="attention_mask")
    asked = reviews.quiz(ana.id, "web", "ana-page", "Inputs")
    judged = reviews.answer(asked.attempt_id, ana.id, "attention_masc").judged
    assert judged == Judged("wrong", "exact", expected="attention_mask")
