"""Forgetting a learner: every row that hangs on them is deleted, read from the tables themselves.

A column that refers to something deleted takes its row with it, unless it may be empty: then it is
emptied. `info["forget"] = "delete"` on such a column deletes the row all the same. What a platform keeps of
its own about an account (a conversation) it deletes by listening.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, delete, select, update
from sqlalchemy.orm import Session

from jobs.bindings import CoursePlaceRow
from jobs.linking.merge import lock
from jobs.people_tables import ReviewPlaceRow
from jobs.tables import AccountRow, AttemptRow, LearnerRow, ReviewRow, StudyRow
from knowledge.store import Base, Database
from knowledge.tables import QuestionRow

Listener = Callable[[Session, AccountRow], None]
"""Called with each account of the learner, before it is deleted."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted with a learner, in rows."""

    studies: int
    reviews: int
    answers: int
    """Questions that were put to them, answered or not."""
    questions: int
    """What they asked."""
    accounts: int

    @property
    def empty(self) -> bool:
        """Whether there was nothing but the account itself."""
        return not (self.studies or self.reviews or self.answers or self.questions)


class Erasure:
    """Forgets learners of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[Listener] = []

    def on_forget(self, listener: Listener) -> None:
        """Something else is kept about an account: delete it."""
        self._listeners.append(listener)

    def forget(self, learner_id: int) -> Forgotten | None:
        """Deletes the learner, with all accounts, studies, answers, jobs and messages. None: unknown."""
        gone: Counter[str] = Counter()
        with self._database.session() as session:
            lock(session, learner_id)
            if session.get(LearnerRow, learner_id) is None:
                return None
            for account in session.scalars(select(AccountRow).where(AccountRow.learner_id == learner_id)):
                for listener in self._listeners:
                    listener(session, account)
                _unbind(session, account)
            _erase_questions(session, learner_id, gone)
            session.execute(delete(ReviewPlaceRow).where(ReviewPlaceRow.learner_id == learner_id))
            table = _table(LearnerRow)
            _erase(session, table, table.c.id == learner_id, gone)
        return Forgotten(
            studies=gone[_table(StudyRow).name],
            reviews=gone[_table(ReviewRow).name],
            answers=gone[_table(AttemptRow).name],
            questions=gone[_table(QuestionRow).name],
            accounts=gone[_table(AccountRow).name],
        )


def _erase_questions(session: Session, learner_id: int, gone: Counter[str]) -> None:
    """Deletes what was asked, with what others said of the answers."""
    mine = QuestionRow.asked_by == learner_id
    # Nobody judges one of them between here and its end.
    session.scalars(select(QuestionRow.id).where(mine).order_by(QuestionRow.id).with_for_update()).all()
    _erase(session, _table(QuestionRow), mine, gone)


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)  # noqa: S101
    return table


def _unbind(session: Session, account: AccountRow) -> None:
    """Forgets the course that somebody chose for a conversation of their own; a channel's stays."""
    own = account.inbox or account.place
    session.execute(
        delete(CoursePlaceRow).where(CoursePlaceRow.platform == account.platform, CoursePlaceRow.place == own)
    )


def _erase(session: Session, table: Table, doomed: ColumnElement[bool], gone: Counter[str]) -> None:
    """Deletes the doomed rows of a table, first what refers to them; counts them by their table's name."""
    for child in reversed(Base.metadata.sorted_tables):
        for column in child.columns:
            for key in column.foreign_keys:
                if child is not table and key.column.table is table:
                    theirs = column.in_(select(key.column).where(doomed))
                    if column.nullable and column.info.get("forget") != "delete":
                        session.execute(update(child).where(theirs).values({column: None}))
                    else:
                        _erase(session, child, theirs, gone)
    deleted = cast("CursorResult[Any]", session.execute(delete(table).where(doomed)))
    gone[table.name] += max(deleted.rowcount, 0)
