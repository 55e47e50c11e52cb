"""The database: times, transactions, two processes writing at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from knowledge.store import Database
from knowledge.tables import CourseRow


def _course(created_at: datetime, name: str = "a") -> CourseRow:
    return CourseRow(id=name, title="A", notes_path="notes", created_at=created_at)


def test_a_moment_given_in_any_zone_comes_back_in_utc(database: Database) -> None:
    sofia = timezone(timedelta(hours=2))
    with database.session() as session:
        session.add(_course(datetime(2026, 3, 2, 9, 0, tzinfo=sofia)))
    with database.session() as session:
        course = session.get_one(CourseRow, "a")
    assert course.created_at == datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    assert course.created_at.tzinfo is UTC


def test_a_naive_datetime_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), database.session() as session:
        session.add(_course(datetime(2026, 3, 2, 9, 0)))  # noqa: DTZ001


def test_a_unit_of_work_that_fails_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(RuntimeError), database.session() as session:
        session.add(_course(datetime(2026, 3, 2, tzinfo=UTC)))
        session.flush()
        raise RuntimeError
    with database.session() as session:
        assert session.get(CourseRow, "a") is None
