"""Nothing is lost when two learners become one, and no table is overlooked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, func, select

from deploy.migrations.tables import DECLARED
from jobs.linking.merge import Untreated, keys, lock, merge, references
from jobs.outbox import Outbox
from jobs.review.prompt_tables import OpenPromptRow
from jobs.tables import (
    AccountRow,
    AttemptRow,
    CardRow,
    JobRow,
    LearnerRow,
    OutboundRow,
    ReviewRow,
    StudyRow,
)
from knowledge.store import Base, Database
from knowledge.tables import CourseRow, QuestionRow
from tests.doubles.clock import FrozenClock

assert DECLARED
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NUMBERS = count(1)
STATES = ("waiting", "asked", "answered", "dropped")


def test_every_table_says_what_becomes_of_it() -> None:
    known = {str(column) for column, _ in references()}
    assert {"accounts.learner_id", "studies.learner_id", "open_prompts.learner_id"} <= known
    for column, rule in references():
        table = column.table
        if rule == "unite":
            referred = [
                other.name
                for other in Base.metadata.sorted_tables
                for key in other.foreign_keys
                if key.column.table is table
            ]
            assert not referred, f"{referred} refer to {table.name}, whose doubles a merge deletes"
        assert column.name == "learner_id" or column.nullable or keys(column) or rule, column


def test_tables_that_refer_to_learners_are_loaded_wherever_learners_are_linked() -> None:
    """A merge reads the tables of its own process: those of a platform may not be among them."""
    for mapper in Base.registry.mappers:
        if any(str(column.table) == mapper.local_table.name for column, _ in references()):  # type: ignore[attr-defined]
            assert mapper.class_.__module__.startswith("jobs."), mapper


def _new_table(*columns: Column[Any], **how: Any) -> MetaData:
    metadata = MetaData()
    learner = Column("learner_id", ForeignKey(LearnerRow.__table__.c.id), **how)
    Table("news", metadata, *columns, learner)
    return metadata


def test_a_new_table_with_a_unique_key_has_to_be_treated() -> None:
    plain = _new_table(Column("id", Integer, primary_key=True))
    assert [rule for _, rule in references(plain)] == ["move"]
    for unique in (
        _new_table(primary_key=True),
        _new_table(Column("id", Integer, primary_key=True), unique=True),
    ):
        with pytest.raises(Untreated, match=r"news\.learner_id"):
            list(references(unique))
    treated = _new_table(primary_key=True, info={"merge": "unite"})
    assert [rule for _, rule in references(treated)] == ["unite"]


study = st.fixed_dictionaries(
    {
        "note": st.sampled_from(["a.md", "b.md", "c.md"]),
        "day": st.integers(0, 3),
        "state": st.sampled_from(["active", "finished", "stopped"]),
        "reviews": st.lists(st.sampled_from(STATES), max_size=3),
    }
)
life = st.fixed_dictionaries(
    {
        "studies": st.lists(study, max_size=5),
        "quizzes": st.integers(0, 2),
        "jobs": st.integers(0, 2),
        "questions": st.integers(0, 2),
        "prompt": st.booleans(),
        "zone": st.sampled_from(["Europe/Sofia", "America/New_York"]),
    }
)


def live(database: Database, outbox: Outbox, what: dict[str, Any]) -> int:
    """Writes a learner with that life; gives their id."""
    number = next(NUMBERS)
    with database.session() as session:
        if session.get(CourseRow, "c") is None:
            session.add(CourseRow(id="c", title="C", notes_path="", created_at=START))
            session.flush()
            session.add(
                CardRow(
                    id=1, course_id="c", note="a.md", key="k", origin="quiz", position=0, language="en",
                    prompt="?", section_id="s", section_hash="h", headings=[], start=1, end=1, answer="!",
                    created_at=START,
                )
            )  # fmt: skip
        me = LearnerRow(
            name=f"L{number}", zone=what["zone"], review_hour=18, quiet_start=22, quiet_end=8,
            locale="en", created_at=START,
        )  # fmt: skip
        session.add(me)
        session.flush()
        session.add(
            AccountRow(
                learner_id=me.id, platform="web", external_id=f"x{number}", place=f"p{number}", seen_at=START
            )
        )
        for one in what["studies"]:
            row = StudyRow(
                learner_id=me.id, course_id="c", note=one["note"], title=one["note"], state=one["state"],
                studied_at=START + timedelta(days=one["day"], seconds=number),
                day=(START + timedelta(days=one["day"])).date(), ladder="1d",
            )  # fmt: skip
            session.add(row)
            session.flush()
            for step, state in enumerate(one["reviews"]):
                review = ReviewRow(
                    study_id=row.id, learner_id=me.id, step=step, repeat=0, interval="1d",
                    due_at=row.studied_at + timedelta(days=step + 1),
                    day=row.day + timedelta(days=step + 1),
                    state="dropped" if one["state"] == "stopped" and state in ("waiting", "asked") else state,
                )  # fmt: skip
                session.add(review)
                session.flush()
                if state in ("asked", "answered"):
                    attempt = _attempt(me.id, review.id, state == "answered")
                    session.add(attempt)
                    session.flush()
                    if review.state == "asked":
                        outbox.put(
                            session, key=f"review:{review.id}", platform="web", place=f"p{number}",
                            kind="review", payload={"attempt": attempt.id}, learner_id=me.id,
                        )  # fmt: skip
        for _ in range(what["quizzes"]):
            session.add(_attempt(me.id, None, True))
        session.flush()
        if what["prompt"] and what["quizzes"]:
            last = session.scalars(select(func.max(AttemptRow.id))).one()
            session.add(OpenPromptRow(platform="discord", place="channel", learner_id=me.id, attempt_id=last))
        for _ in range(what["jobs"]):
            session.add(
                JobRow(
                    kind="try", request={}, learner_id=me.id, language="en", platform="web", place="p",
                    reply_ref="r", created_at=START,
                )
            )  # fmt: skip
        for _ in range(what["questions"]):
            session.add(
                QuestionRow(
                    course_id="c", asked_by=me.id, text="?", language="en", answered=True, citations=[],
                    asked_at=START,
                )
            )  # fmt: skip
        return me.id


def _attempt(learner_id: int, review_id: int | None, answered: bool) -> AttemptRow:
    return AttemptRow(
        learner_id=learner_id,
        card_id=1,
        review_id=review_id,
        response="so" if answered else None,
        rating=3 if answered else None,
        asked_at=START,
    )


def belongings(database: Database, *learners: int) -> dict[str, set[int]]:
    """The ids of everything that hangs on these learners, by table."""
    kinds = (AccountRow, StudyRow, ReviewRow, AttemptRow, JobRow, OutboundRow)
    with database.session() as session:
        found = {
            kind.__tablename__: set(session.scalars(select(kind.id).where(kind.learner_id.in_(learners))))
            for kind in kinds
        }
        found["questions"] = set(
            session.scalars(select(QuestionRow.id).where(QuestionRow.asked_by.in_(learners)))
        )
        return found


def reviews_of(database: Database, learner: int) -> dict[int, tuple[str, datetime]]:
    with database.session() as session:
        rows = session.scalars(select(ReviewRow).where(ReviewRow.learner_id == learner))
        return {row.id: (row.state, row.due_at) for row in rows}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life, life)
def test_nothing_is_lost_and_each_note_is_reviewed_once(
    database: Database, clock: FrozenClock, one: dict[str, Any], two: dict[str, Any]
) -> None:
    outbox = Outbox(database, clock, "test")
    keeper, other = live(database, outbox, one), live(database, outbox, two)
    before = belongings(database, keeper, other)
    reviews = {**reviews_of(database, keeper), **reviews_of(database, other)}
    with database.session() as session:
        query = select(StudyRow).where(StudyRow.learner_id.in_((keeper, other)), StudyRow.state != "stopped")
        running = session.scalars(query.order_by(StudyRow.studied_at, StudyRow.id)).all()
    with database.session() as session:
        lock(session, keeper, other)
        stopped = merge(session, outbox, keeper, other)
    assert belongings(database, keeper) == before
    with database.session() as session:
        assert session.get(LearnerRow, other) is None
        for column, _ in references():
            assert session.scalars(select(column).where(column == other)).all() == []
        kept = {study.note: study.id for study in running}  # the last begun of each note
        assert stopped == len(running) - len(kept)
        for row in session.scalars(select(StudyRow).where(StudyRow.learner_id == keeper)):
            goes_on = kept.get(row.note) == row.id
            assert (row.state != "stopped") == goes_on
            for review in session.scalars(select(ReviewRow).where(ReviewRow.study_id == row.id)):
                was = reviews[review.id][0]
                if goes_on or was in ("answered", "dropped"):
                    assert review.state == was
                else:
                    assert review.state == "dropped"
                if not goes_on:
                    message = select(OutboundRow.state).where(OutboundRow.key == f"review:{review.id}")
                    assert session.scalar(message) in (None, "dropped")
    if one["zone"] == two["zone"]:
        moments = {number: due for number, (_, due) in reviews_of(database, keeper).items()}
        assert moments == {number: due for number, (_, due) in reviews.items()}


def test_reviews_to_come_move_to_the_hour_and_zone_that_stay(database: Database, clock: FrozenClock) -> None:
    outbox = Outbox(database, clock, "test")
    nothing = {"studies": [], "quizzes": 0, "jobs": 0, "questions": 0, "prompt": False}
    study = {"note": "a.md", "day": 0, "state": "active", "reviews": ["waiting"]}
    keeper = live(database, outbox, {**nothing, "zone": "Europe/Sofia"})
    other = live(database, outbox, {**nothing, "studies": [study], "zone": "America/New_York"})
    with database.session() as session:
        lock(session, keeper, other)
        merge(session, outbox, keeper, other)
    assert [due for _, due in reviews_of(database, keeper).values()] == [datetime(2026, 3, 3, 16, tzinfo=UTC)]
