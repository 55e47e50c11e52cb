"""A study's waiting reviews as rows: read from its log, laid out again whenever the log has grown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from jobs.review.ladder import Ladder
from jobs.review.pacing import Pacing
from jobs.review.schedule import Rhythm, local_day
from jobs.review.session_tables import SessionItemRow
from jobs.review.timeline import Answer, Place, Study, Waiting, waiting
from jobs.tables import AttemptRow, ReviewRow, StudyRow

# Built once: each answer and each rating lays out its study.
_REVIEWS = select(ReviewRow).where(ReviewRow.study_id == bindparam("study"))
_ANSWERS = (
    select(AttemptRow, ReviewRow)
    .join(ReviewRow, ReviewRow.id == AttemptRow.review_id)
    .where(ReviewRow.study_id == bindparam("study"), AttemptRow.answered_at.is_not(None))
)


@dataclass(frozen=True, slots=True)
class Compared:
    """The waiting reviews that there are, beside those that there should be."""

    same: int
    open: int
    """Reviews that stand asked and unanswered."""
    moved: tuple[tuple[ReviewRow, Waiting], ...]
    """Those whose day, moment or interval is another."""
    missing: tuple[Waiting, ...]
    needless: tuple[ReviewRow, ...]

    @property
    def differing(self) -> int:
        return len(self.moved) + len(self.missing) + len(self.needless)


def study_of(row: StudyRow) -> Study:
    """What the log says of a study itself."""
    return Study(row.studied_at, row.day, Ladder.stored(row.ladder), row.resumed_day)


def answers_of(session: Session, study_id: int, rhythm: Rhythm) -> list[Answer]:
    """The answers that hang on a study. `rhythm`: for those from before local days were logged."""
    pairs = [(row[0], row[1]) for row in session.execute(_ANSWERS, {"study": study_id})]
    return [answer for pair in pairs if (answer := answer_of(*pair, rhythm)) is not None]


def answer_of(attempt: AttemptRow, review: ReviewRow, rhythm: Rhythm) -> Answer | None:
    """What the log says of an attempt; None while it is open."""
    if attempt.answered_at is None:
        return None
    return Answer(
        step=review.step,
        repeat=review.repeat,
        interval=review.interval,
        answered_at=attempt.answered_at,
        answered_day=attempt.answered_day or local_day(attempt.answered_at, rhythm.tz),
        rating=attempt.rating,
        rated_at=attempt.rated_at,
        rated_day=attempt.rated_day,
    )


def compare(session: Session, study: StudyRow, rhythm: Rhythm, pacing: Pacing) -> Compared:
    """Holds the waiting reviews of a study that isn't stopped against its log."""
    rows = session.scalars(_REVIEWS, {"study": study.id}).all()
    past: dict[Place, Literal["asked", "answered", "dropped"]] = {
        (row.step, row.repeat): cast(Literal["asked", "answered", "dropped"], row.state)
        for row in rows
        if row.state != "waiting"
    }
    there = {(row.step, row.repeat): row for row in rows if row.state == "waiting"}
    answers = answers_of(session, study.id, rhythm)
    wanted = {one.place: one for one in waiting(study_of(study), past, answers, rhythm, pacing)}
    moved = [(there[place], one) for place, one in wanted.items() if place in there]
    moved = [(row, one) for row, one in moved if _told(row) != (one.interval, one.day, one.due_at)]
    return Compared(
        same=len(wanted.keys() & there.keys()) - len(moved),
        open=sum(state == "asked" for state in past.values()),
        moved=tuple(moved),
        missing=tuple(one for place, one in wanted.items() if place not in there),
        needless=tuple(row for place, row in there.items() if place not in wanted),
    )


def lay_out(session: Session, study: StudyRow, rhythm: Rhythm, pacing: Pacing) -> Compared:
    """Makes the waiting reviews of a study that isn't stopped follow from its log; tells what they were.

    In the caller's transaction, the learner locked. Called again, it changes nothing.
    """
    found = compare(session, study, rhythm, pacing)
    for row, one in found.moved:
        row.interval, row.day, row.due_at, row.held_until = one.interval, one.day, one.due_at, None
    for row in found.needless:
        _remove(session, row)
    session.add_all(row_of(study, one) for one in found.missing)
    session.flush()
    if study.state != "gone":
        left = found.open + found.same + len(found.moved) + len(found.missing)
        study.state = "active" if left else "finished"
    return found


def row_of(study: StudyRow, review: Waiting) -> ReviewRow:
    """A new row for a review that is to come."""
    return ReviewRow(**values_of(study, review))


def values_of(study: StudyRow, review: Waiting) -> dict[str, Any]:
    """What such a row says."""
    return {
        "study_id": study.id,
        "learner_id": study.learner_id,
        "step": review.step,
        "repeat": review.repeat,
        "interval": review.interval,
        "day": review.day,
        "due_at": review.due_at,
        "state": "waiting",
        "late": False,
    }


def _remove(session: Session, row: ReviewRow) -> None:
    """A review waits no more; what was put to the learner once stays in the log."""
    if session.scalar(select(AttemptRow.id).where(AttemptRow.review_id == row.id)) is not None:
        row.state = "dropped"
        return
    session.execute(delete(SessionItemRow).where(SessionItemRow.review_id == row.id))
    session.delete(row)


def _told(row: ReviewRow) -> tuple[object, ...]:
    return row.interval, row.day, row.due_at
