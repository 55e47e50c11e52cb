"""Making one learner of two: every row that refers to the one comes to refer to the other.

Which columns those are is read from the tables themselves. What becomes of a column's rows:

| `info["merge"]` | what happens                                                                       |
|-----------------|------------------------------------------------------------------------------------|
| (nothing)       | they move; refused (`Untreated`) where a unique key could stand in the way         |
| `"unite"`       | they move; where both learners have a row with the same key, the keeper's stays    |
| a function      | called with (session, keeper, other); afterwards none may refer to the other       |

Then the rules that no table knows: of the studies of one note the one begun last goes on, the others are
stopped as by studying it anew (their history stays); reviews still to come move to the keeper's hour and
zone; what waits in the outbox goes where the keeper can be reached.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Literal

from sqlalchemy import Column, MetaData, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Session

from jobs import destinations
from jobs.outbox import Outbox
from jobs.people import learner_of
from jobs.review.schedule import move_reviews
from jobs.review.studies import stop_study
from jobs.tables import JobRow, LearnerRow, StudyRow
from knowledge.store import Base
from knowledge.tables import QuestionRow

Rule = Literal["move", "unite"] | Callable[[Session, int, int], None]


class Untreated(Exception):
    """A table refers to learners under a unique key and doesn't say what a merge does with it."""


def references(metadata: MetaData = Base.metadata) -> Iterator[tuple[Column[Any], Rule]]:
    """Every column that refers to learners, and what a merge does with it. Untreated where that is open."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is LearnerRow.__table__.c.id for key in column.foreign_keys):
                yield column, _rule(column)


def merge(session: Session, outbox: Outbox, keeper: int, other: int) -> int:
    """Makes `keeper` of both, in the caller's transaction; how many studies gave way to later ones.

    The caller has called `lock`.
    """
    _follow_rhythm(session, keeper, other)
    session.flush()
    for column, rule in references():
        if callable(rule):
            rule(session, keeper, other)
            continue
        if rule == "unite":
            _drop_doubles(session, column, keeper, other)
        _move(session, column, keeper, other)
    _move(session, QuestionRow.__table__.c.asked_by, keeper, other)
    session.execute(delete(LearnerRow).where(LearnerRow.id == other))
    session.expire_all()
    stopped = _one_study_a_note(session, outbox, keeper)
    destinations.readdress(session, keeper)
    return stopped


def lock(session: Session, *learners: int) -> None:
    """Locks learners so that nobody can write a row that refers to them, and waits for who just does."""
    # Whoever ends a job locks it first and refers to its learner then: we keep that order.
    jobs = select(JobRow.id).where(JobRow.learner_id.in_(learners)).order_by(JobRow.id)
    session.execute(jobs.with_for_update())
    rows = select(LearnerRow.id).where(LearnerRow.id.in_(learners)).order_by(LearnerRow.id)
    session.execute(rows.with_for_update())


def keys(column: Column[Any]) -> list[tuple[Column[Any], ...]]:
    """The unique keys of a column's table that it is part of."""
    table = column.table
    found = [tuple(table.primary_key.columns)]
    found += [tuple(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    found += [tuple(index.columns) for index in table.indexes if index.unique]
    return [key for key in found if column in key]


def _rule(column: Column[Any]) -> Rule:
    rule: Rule | None = column.info.get("merge")
    if rule is None and keys(column):
        raise Untreated(f"{column} is part of a unique key: its info must say what a merge does with it")
    return rule or "move"


def _move(session: Session, column: Any, keeper: int, other: int) -> None:
    session.execute(update(column.table).where(column == other).values({column: keeper}))


def _drop_doubles(session: Session, column: Column[Any], keeper: int, other: int) -> None:
    """Deletes the other's rows that the keeper has too."""
    table = column.table
    for key in keys(column):
        theirs = table.alias()
        same = select(theirs.c[column.name]).where(theirs.c[column.name] == keeper)
        for part in key:
            if part is not column:
                same = same.where(theirs.c[part.name] == part)
        session.execute(delete(table).where(column == other, same.exists()))


def _follow_rhythm(session: Session, keeper: int, other: int) -> None:
    before = learner_of(session.get_one(LearnerRow, other))
    after = learner_of(session.get_one(LearnerRow, keeper))
    if (before.zone, before.review_hour, before.quiet) != (after.zone, after.review_hour, after.quiet):
        move_reviews(session, other, after)


def _one_study_a_note(session: Session, outbox: Outbox, learner_id: int) -> int:
    studies: defaultdict[tuple[str, str, str], list[StudyRow]] = defaultdict(list)
    query = select(StudyRow).where(StudyRow.learner_id == learner_id, StudyRow.state != "stopped")
    for study in session.scalars(query.order_by(StudyRow.studied_at, StudyRow.id)):
        studies[study.course_id, study.note, study.section_id].append(study)
    earlier = [study for same in studies.values() for study in same[:-1]]
    for study in earlier:
        stop_study(session, outbox, study)
    return len(earlier)
