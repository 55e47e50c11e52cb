"""Cards follow what their notes say: reworded, paused, retired, and back again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from jobs.errors import CardChanged, NothingToAsk, ReviewError
from jobs.people import Learner
from jobs.review.choices import Choice
from jobs.review.facts import Content, fact_changed, likeness
from jobs.review.upkeep import FIELDS
from jobs.tables import AttemptRow, CardRow, StudyRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE, QUIZZED, Mail, Shelf

ToNext = Callable[[], datetime]

NOTE = "attention.md"
RATES = """# Dropout

## Overview
During training dropout switches off 10 percent of the neurons of a layer at random.

## Quiz
1. How many of the neurons of a layer does dropout switch off?
"""


def cards(database: Database, note: str = NOTE) -> dict[int, tuple[str, str, str]]:
    """By id: prompt, answer and state."""
    with database.session() as session:
        query = select(CardRow).where(CardRow.course_id == COURSE, CardRow.note == note)
        return {row.id: (row.prompt, row.answer, row.state) for row in session.scalars(query)}


@pytest.fixture
def rated(reviews: ReviewLoop, ana: Learner, shelf: Shelf) -> int:
    """The attempt at the question of a note that tells a number."""
    shelf.write("dropout.md", RATES)
    return reviews.quiz(ana.id, "web", "p", "dropout").attempt_id


def state_of(database: Database, attempt: int) -> str:
    with database.session() as session:
        return session.get_one(CardRow, session.get_one(AttemptRow, attempt).card_id).state


def test_a_note_that_says_the_same_keeps_its_cards(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database
) -> None:
    reviews.study(ana.id, NOTE)
    before = cards(database)
    report = reviews.sync_cards()
    assert (report.kept, report.added, report.reworded, report.paused, report.retired) == (
        len(before),
        *(0, 0, 0, 0),
    )
    assert cards(database) == before


def test_sections_in_another_order_keep_their_cards(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database
) -> None:
    reviews.study(ana.id, NOTE)
    before = cards(database)
    title, *sections = QUIZZED.split("\n## ")
    shelf.write(NOTE, "\n## ".join((title, *(one.rstrip() + "\n" for one in reversed(sections)))))
    report = reviews.sync_cards()
    assert (report.added, report.paused, report.retired) == (0, 0, 0)
    assert cards(database) == before


def test_a_typo_and_a_new_line_break_only_reword(
    reviews: ReviewLoop, shelf: Shelf, database: Database, rated: int
) -> None:
    before = cards(database, "dropout.md")
    shelf.write("dropout.md", RATES.replace("switches off 10", "swiches off\n10"))
    report = reviews.sync_cards()
    assert report.reworded > 0
    assert (report.paused, report.retired, report.added) == (0, 0, 0)
    assert cards(database, "dropout.md").keys() == before.keys()
    assert state_of(database, rated) == "active"


def test_another_number_pauses_until_an_admin_takes_it(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database, rated: int
) -> None:
    shelf.write("dropout.md", RATES.replace("10 percent", "50 percent"))
    report = reviews.sync_cards()
    assert report.paused == report.waiting > 0
    assert state_of(database, rated) == "paused"
    assert (reviews.sync_cards().paused, reviews.sync_cards().waiting) == (0, report.waiting)
    for card in reviews.decisions.paused(10):
        assert "10 percent" in card.before.quote
        assert "50 percent" in card.now.quote
        with pytest.raises(CardChanged):
            reviews.decisions.accept(card.card_id, "another")
        for _ in range(2):
            reviews.decisions.accept(card.card_id, card.version)
    assert reviews.decisions.paused(10) == []
    assert state_of(database, rated) == "active"
    assert "50 percent" in reviews.reveal(rated, ana.id).citation.quote


def test_what_is_back_at_what_it_said_is_asked_again(
    reviews: ReviewLoop, shelf: Shelf, database: Database, rated: int
) -> None:
    before = cards(database, "dropout.md")
    shelf.write("dropout.md", RATES.replace("10 percent", "50 percent"))
    assert reviews.sync_cards().paused > 0
    shelf.write("dropout.md", RATES)
    assert reviews.sync_cards().waiting == 0
    assert cards(database, "dropout.md") == before


def test_a_withdrawn_card_stays_withdrawn_whatever_the_note_says(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database, rated: int
) -> None:
    shelf.write("dropout.md", RATES.replace("10 percent", "50 percent"))
    reviews.sync_cards()
    for card in reviews.decisions.paused(10):
        for _ in range(2):
            reviews.decisions.withdraw(card.card_id, card.version)
    shelf.write("dropout.md", RATES)
    reviews.sync_cards()
    assert state_of(database, rated) == "withdrawn"
    with pytest.raises(ReviewError) as unknown:
        reviews.decisions.withdraw(10_000, "x")
    assert unknown.value.key == "error.card_unknown"


def test_a_question_that_is_gone_retires_and_comes_back_as_itself(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database
) -> None:
    reviews.study(ana.id, NOTE)
    before = cards(database)
    shelf.write(NOTE, QUIZZED.partition("## Quiz")[0])
    report = reviews.sync_cards()
    assert report.retired == 2
    assert cards(database).keys() >= before.keys()
    shelf.write(NOTE, QUIZZED)
    assert reviews.sync_cards().added == 2
    assert {key: one for key, one in cards(database).items() if key in before} == before


def test_studies_follow_a_renamed_note_and_rest_while_it_is_gone(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database
) -> None:
    reviews.study(ana.id, NOTE)
    shelf.write(NOTE, None)
    shelf.write("renamed.md", QUIZZED)
    reviews.sync_cards()

    def study() -> tuple[str, str]:
        with database.session() as session:
            row = session.scalars(select(StudyRow)).one()
            return row.note, row.state

    assert study() == ("renamed.md", "active")
    shelf.write("renamed.md", None)
    reviews.sync_cards()
    assert study() == ("renamed.md", "gone")
    shelf.write("renamed.md", QUIZZED)
    reviews.sync_cards()
    assert study() == ("renamed.md", "active")


def test_a_quiz_without_a_topic_asks_what_was_missed_and_nothing_thrice_in_a_row(
    reviews: ReviewLoop, ana: Learner
) -> None:
    reviews.study(ana.id, NOTE)
    missed = reviews.quiz(ana.id, "web", "p")
    reviews.reveal(missed.attempt_id, ana.id)
    reviews.rate(missed.attempt_id, ana.id, 1)
    prompts = []
    for _ in range(6):
        asked = reviews.quiz(ana.id, "web", "p")
        reviews.reveal(asked.attempt_id, ana.id)
        reviews.rate(asked.attempt_id, ana.id, 3 if asked.prompt != missed.prompt else 1)
        prompts.append(asked.prompt)
    assert prompts[2] == missed.prompt
    assert all(len({*prompts[at : at + 3]}) > 1 for at in range(len(prompts) - 2))


def test_a_section_that_is_asked_about_begins_its_ladder_once(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf
) -> None:
    note = shelf.library.note(COURSE, NOTE)
    section = next(one for one in note.sections if one.title == "Overview")
    first = reviews.quiz_section(ana.id, note, section, "web", "p")
    again = reviews.quiz_section(ana.id, note, section, "web", "p")
    assert (first.begun, again.begun, first.whole_note) == (True, False, False)
    assert first.asked.attempt_id == again.asked.attempt_id
    assert first.next_due == again.next_due is not None
    reviews.study(ana.id, NOTE)
    whole = reviews.quiz_section(ana.id, note, section, "web", "p")
    assert (whole.begun, whole.whole_note) == (False, True)


NUMBERS = st.integers(2, 9_999)


@given(NUMBERS, NUMBERS)
def test_only_the_same_number_is_the_same_fact(one: int, other: int) -> None:
    before, after = (
        Content("How many?", f"The model has {number} layers of neurons.") for number in (one, other)
    )
    assert fact_changed(before, after) == (one != other)


@given(st.lists(st.sampled_from(["attention", "token", "softmax", "weight", "vector", "layer"]), min_size=1))
def test_layout_changes_nothing(words: list[str]) -> None:
    one, other = " ".join(words), "\n".join(words)
    assert likeness(one, other) == 1.0
    assert not fact_changed(Content("?", one), Content("?", other))


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("The encoder reads the input.", "The encoder reads the  **input**.", False),
        ("The encoder reads the input.", "The decoder reads the input.", True),
        ("Dropout is used in training.", "Dropout is not used in training.", True),
        ("Речникът увеличава грешката.", "Речникът намалява грешката.", True),
        ("学习率提高了损失。", "学习率降低了损失。", True),
        ("Softmax gives weights.", "Softmax gives weights. They sum to one.", False),
        ("Softmax gives 3 weights.", "Softmax gives three weights.", False),
    ],
)
def test_facts_are_told_from_wording(before: str, after: str, changed: bool) -> None:
    assert fact_changed(Content("What?", before), Content("What?", after)) is changed


def test_another_right_choice_is_another_fact() -> None:
    def asked(right: str) -> Content:
        return Content("Which?", "", tuple(Choice(one, one == right) for one in ("left", "right")))

    assert fact_changed(asked("left"), asked("right"))
    assert not fact_changed(asked("left"), asked("left"))


def pause(database: Database, *cards: int) -> None:
    with database.session() as session:
        for row in session.scalars(select(CardRow).where(CardRow.id.in_(cards))):
            row.state = "paused"
            row.pending = {**{name: getattr(row, name) for name in FIELDS}, "answer": "Otherwise."}


def test_a_review_whose_card_is_paused_asks_another_of_its_note(
    reviews: ReviewLoop, ana: Learner, database: Database, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    left, *others = cards(database)
    pause(database, *others)
    to_next()
    assert reviews.deliver_due() == 1
    assert [reviews.asked(attempt).prompt for attempt in mail.attempts()] == [cards(database)[left][0]]


def test_a_missed_card_that_is_paused_is_not_repeated(
    reviews: ReviewLoop, ana: Learner, database: Database, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    to_next()
    reviews.deliver_due()
    [missed] = mail.attempts()
    reviews.reveal(missed, ana.id)
    reviews.rate(missed, ana.id, 1)
    with database.session() as session:
        card = session.get_one(AttemptRow, missed).card_id
    pause(database, card)
    to_next()
    assert reviews.deliver_due() == 1
    assert reviews.asked(mail.attempts()[0]).prompt != cards(database)[card][0]


def test_a_review_of_which_every_card_is_paused_waits_for_the_yes(
    reviews: ReviewLoop, ana: Learner, database: Database, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    pause(database, *cards(database))
    for _ in range(2):
        to_next()
        assert reviews.deliver_due() == 0
        assert reviews.due(ana.id) == [], "nothing that can't be answered stands first in line"
    for card in reviews.decisions.paused(20):
        reviews.decisions.accept(card.card_id, card.version)
    assert len(reviews.due(ana.id)) == 1
    to_next()
    assert reviews.deliver_due() == 1
    assert len(mail.attempts()) == 1


def test_the_ladder_of_a_section_asks_about_that_section_alone(
    reviews: ReviewLoop,
    ana: Learner,
    shelf: Shelf,
    database: Database,
    mail: Mail,
    clock: FrozenClock,
    to_next: ToNext,
) -> None:
    note = shelf.library.note(COURSE, NOTE)
    section = next(one for one in note.sections if one.title == "Overview")
    reviews.quiz_section(ana.id, note, section, "web", "p")
    clock.move(timedelta(hours=1))
    shelf.write(NOTE, QUIZZED.replace("## Overview", "## What it is about"))
    reviews.sync_cards()
    moved = next(one for one in shelf.library.note(COURSE, NOTE).sections if one.title == "What it is about")
    for _ in range(4):
        to_next()
        assert reviews.deliver_due() == 1
        [attempt] = mail.attempts()
        told = reviews.reveal(attempt, ana.id)
        assert told.citation.section_id == moved.id
        reviews.rate(attempt, ana.id, 3)


def test_a_section_that_nothing_asks_about_gets_a_card_that_lasts(
    reviews: ReviewLoop, ana: Learner, shelf: Shelf, database: Database
) -> None:
    text = (
        QUIZZED + "\n## Cost\nIts cost grows with the square of the length of the text, in time and memory.\n"
    )
    shelf.write(NOTE, text)
    note = shelf.library.note(COURSE, NOTE)
    section = next(one for one in note.sections if one.title == "Cost")
    asked = reviews.quiz_section(ana.id, note, section, "web", "p").asked
    assert "square of the length" in reviews.reveal(asked.attempt_id, ana.id).citation.quote
    assert reviews.sync_cards().retired == 0
    shelf.write(NOTE, text.replace("\n## Cost", "\n## What it costs"))
    assert reviews.sync_cards().retired == 0
    assert state_of(database, asked.attempt_id) == "active"


def test_an_empty_section_gives_no_question(reviews: ReviewLoop, ana: Learner, shelf: Shelf) -> None:
    shelf.write(NOTE, f"{QUIZZED}\n## Nothing yet\n")
    note = shelf.library.note(COURSE, NOTE)
    with pytest.raises(NothingToAsk) as nothing:
        reviews.quiz_section(ana.id, note, note.sections[-1], "web", "p")
    assert nothing.value.params == {"topic": "Nothing yet"}
    assert reviews.progress(ana.id).topics == ()
