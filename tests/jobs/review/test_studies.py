"""Studying is a blink: what takes long is done once for each state of a note."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from jobs.people import Learner
from jobs.tables import CardRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.plans import watched
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import Shelf

NOTE = "attention.md"
PROMPT = "What does attention let every token do?"


def _texts(sent: list[tuple[str, str]]) -> str:
    return "\n".join(statement for statement, _ in sent)


def test_studying_a_note_whose_cards_are_written_takes_few_statements(
    database: Database, reviews: ReviewLoop, ana: Learner, bo: Learner
) -> None:
    reviews.study(ana.id, NOTE)
    with watched(database) as first:
        reviews.study(bo.id, NOTE)
    assert "INSERT INTO cards" not in _texts(first.sent)
    assert "UPDATE cards" not in _texts(first.sent)
    assert len([one for one in first.sent if "INSERT INTO reviews" in one[0]]) == 1
    assert len([one for one in first.sent if not one[0].startswith("BEGIN")]) <= 5


def test_a_note_that_changed_gets_its_cards_at_the_next_study(
    database: Database, reviews: ReviewLoop, ana: Learner, bo: Learner, shelf: Shelf
) -> None:
    reviews.study(ana.id, NOTE)
    text = (shelf.folder / NOTE).read_text("utf-8")
    shelf.write(NOTE, text.replace(PROMPT, "What does attention allow?"))
    reviews.study(bo.id, NOTE)
    with database.session() as session:
        states = dict(session.execute(select(CardRow.prompt, CardRow.state)).all())
    assert states[PROMPT] == "retired"
    assert states["What does attention allow?"] == "active"
    shelf.write(NOTE, text)
    reviews.study(ana.id, NOTE)
    with database.session() as session:
        assert session.scalar(select(CardRow.state).where(CardRow.prompt == PROMPT)) == "active"


def test_studying_again_drops_all_that_waits_and_withdraws_what_was_asked(
    database: Database, reviews: ReviewLoop, ana: Learner, clock: FrozenClock
) -> None:
    first = reviews.study(ana.id, NOTE)
    clock.set(first.due[0])
    assert reviews.deliver_due() == 1
    with watched(database) as again:
        assert reviews.study(ana.id, NOTE).restarted
    assert len(reviews.upcoming(ana.id)) == 4
    assert reviews.due(ana.id) == []
    assert len([one for one in again.sent if "FROM attempts" in one[0]]) <= 1
    clock.move(timedelta(seconds=1))
    assert reviews.delivery._outbox.claim("web") == []


def test_cards_that_went_missing_are_written_anew(
    database: Database, reviews: ReviewLoop, ana: Learner, bo: Learner
) -> None:
    reviews.study(ana.id, NOTE)
    with database.session() as session:
        session.execute(update(CardRow).values(state="retired"))
    assert len(reviews.study(bo.id, NOTE).due) == 4
    with database.session() as session:
        assert "active" in session.scalars(select(CardRow.state)).all()
