"""Conversations on what was missed, and what a model said, in both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from jobs.erasure import Erasure
from jobs.errors import NotYours, ReviewError
from jobs.people import Learner
from jobs.review.deck import Deck
from jobs.review.misses import Misses
from jobs.review.predict import Run
from jobs.review.predictor import LocalPredictor
from jobs.review.topic_tables import OpenTopicRow
from jobs.tables import CardRow
from knowledge.encoder.bundled import BundledEncoder
from knowledge.store import Database
from tests.doubles.engine import InProcessEngine
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE, Shelf

PAGE = ("web", "ana-page")


@pytest.fixture
def misses(database: Database) -> Misses:
    return Misses(database)


@pytest.fixture
def missed(reviews: ReviewLoop, ana: Learner) -> int:
    """A question of Ana's whose answer was shown."""
    reviews.study(ana.id, "attention.md")
    attempt = reviews.quiz(ana.id, *PAGE, "attention.md").attempt_id
    reviews.reveal(attempt, ana.id)
    return attempt


def test_a_topic_stands_open_in_its_place_until_it_is_closed(
    misses: Misses, missed: int, ana: Learner, bo: Learner
) -> None:
    for _ in range(2):
        assert misses.begin(missed, ana.id, *PAGE).attempt_id == missed
    assert misses.topic(*PAGE, ana.id) == missed
    assert misses.topic("web", "elsewhere", ana.id) is None
    assert misses.topic(*PAGE, bo.id) is None
    misses.close(*PAGE, bo.id)
    assert misses.topic(*PAGE, ana.id) == missed
    for _ in range(2):
        misses.close(*PAGE, ana.id)
    assert misses.topic(*PAGE, ana.id) is None


def test_a_later_topic_takes_the_place_of_the_one_before(
    misses: Misses, missed: int, reviews: ReviewLoop, ana: Learner
) -> None:
    misses.begin(missed, ana.id, *PAGE)
    later = reviews.quiz(ana.id, *PAGE, "attention.md").attempt_id
    reviews.reveal(later, ana.id)
    misses.begin(later, ana.id, *PAGE)
    assert misses.topic(*PAGE, ana.id) == later


def test_an_open_question_or_someone_else_s_begins_nothing(
    misses: Misses, missed: int, reviews: ReviewLoop, ana: Learner, bo: Learner
) -> None:
    unanswered = reviews.quiz(ana.id, *PAGE, "attention.md").attempt_id
    with pytest.raises(ReviewError, match="attempt_open"):
        misses.begin(unanswered, ana.id, *PAGE)
    with pytest.raises(NotYours):
        misses.begin(missed, bo.id, *PAGE)
    assert misses.topic(*PAGE, ana.id) is None


def test_a_topic_is_forgotten_with_its_learner(
    misses: Misses, missed: int, database: Database, ana: Learner
) -> None:
    misses.begin(missed, ana.id, *PAGE)
    assert Erasure(database).forget(ana.id) is not None
    with database.session() as session:
        assert session.scalars(select(OpenTopicRow)).all() == []


def test_what_the_model_said_is_kept_with_the_card(
    database: Database, shelf: Shelf, reviews: ReviewLoop, ana: Learner
) -> None:
    reviews.study(ana.id, "attention.md")
    code = '```python\nids = tokenizer("Tokenizers turn text into numbers.")\n```'
    shelf.write("tokens.md", f"# Numbers\n\n## Text into numbers\nHere is how.\n\n{code}\n")
    note = shelf.library.note(COURSE, "tokens.md")
    engine = InProcessEngine(shelf.clock)
    predictor = LocalPredictor(BundledEncoder().loaded, engine, lambda _: False)
    deck = Deck(shelf.library, COURSE, shelf.clock, predictor)
    with database.session() as session:
        deck.store(session, note, deck.write(note))
    with database.session() as session:
        [row] = session.scalars(select(CardRow).where(CardRow.origin == "predict"))
        run = Run.from_json(row.run)
        assert run is not None
        assert (run.task, row.expected) == ("tokenize", [run.answer])
        assert [one.run for one in deck.rows(session, "attention.md")] == [None] * len(
            deck.rows(session, "attention.md")
        )
        again = deck.store(session, note, deck.write(note, deck.rows(session, note.path))).report
    assert (again.added, again.reworded, again.retired) == (0, 0, 0), "written again, nothing changes"
