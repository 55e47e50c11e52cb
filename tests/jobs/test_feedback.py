"""Judgements of answers in both databases, and while their learner is being forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Thread

from sqlalchemy import func, select

from jobs.erasure import Erasure
from jobs.errors import LearnerError
from jobs.feedback import FeedbackRow, give, rated, unhelpful
from jobs.people import People
from knowledge.store import Database
from knowledge.tables import CourseRow, QuestionRow
from tests.doubles.clock import FrozenClock

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _asked(database: Database, learner: int, text: str = "why?", place: str = "channel") -> int:
    with database.session() as session:
        if session.get(CourseRow, "c") is None:
            session.add(CourseRow(id="c", title="C", notes_path="notes", created_at=NOW))
            session.flush()
        row = QuestionRow(
            course_id="c",
            asked_by=learner,
            place=place,
            text=text,
            language="en",
            answered=True,
            citations=[],
            asked_at=NOW,
        )
        session.add(row)
        session.flush()
        return row.id


def test_counts_are_those_of_one_course(database: Database, clock: FrozenClock) -> None:
    people = People(database, clock)
    learners = [people.meet("web", name, name, "page").id for name in ("a", "b", "c")]
    questions = [_asked(database, learners[0], text) for text in ("why?", "how?")]
    for learner in learners:
        assert give(database, questions[0], learner, learner == learners[0], NOW)
    assert give(database, questions[1], learners[0], False, NOW)
    assert not give(database, 999, learners[0], True, NOW)
    with database.session() as session:
        assert rated(session, "c") == (4, 3)
        assert rated(session, "other") == (0, 0)
        poor = unhelpful(session, "c", 5)
    assert [(one.question, one.times, one.last) for one in poor] == [("why?", 2, NOW), ("how?", 1, NOW)]


def test_an_answer_that_only_its_asker_saw_is_judged_by_nobody_else(
    database: Database, clock: FrozenClock
) -> None:
    people = People(database, clock)
    asker, other = (people.meet("web", name, name, "page").id for name in ("a", "b"))
    question = _asked(database, asker, place="")
    assert not give(database, question, other, False, NOW)
    assert give(database, question, asker, True, NOW)
    with database.session() as session:
        assert rated(session, "c") == (1, 0)


def test_nothing_stays_behind_of_who_is_forgotten_meanwhile(database: Database, clock: FrozenClock) -> None:
    people, erasure = People(database, clock), Erasure(database)
    failures: list[Exception] = []

    def judge(question: int, learner: int) -> None:
        for turn in range(20):
            try:
                give(database, question, learner, turn % 2 == 0, NOW)
            except LearnerError:
                return
            except Exception as error:  # noqa: BLE001  told by the test
                failures.append(error)

    for number in range(5):
        asker = people.meet("web", f"asker{number}", "A", "page").id
        other = people.meet("web", "other", "B", "page").id
        question = _asked(database, asker)
        threads = [Thread(target=judge, args=(question, learner)) for learner in (asker, other)]
        for thread in threads:
            thread.start()
        assert erasure.forget(asker)
        for thread in threads:
            thread.join()
    assert not failures
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(FeedbackRow)) == 0
