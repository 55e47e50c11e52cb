"""What a learner did and what is planned for them, gathered from every course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from jobs.people import Learner
from jobs.review.choices import from_json
from jobs.tables import AttemptRow, CardRow, ReviewRow, StudyRow
from knowledge.tables import CourseRow


@dataclass(frozen=True, slots=True)
class Answered:
    """One asking of one question to the learner; times in their zone."""

    asked_at: datetime
    answered_at: datetime | None
    course: str
    note: str
    """Of the passage that answers it."""
    headings: tuple[str, ...]
    start: int
    end: int
    """1-based lines, inclusive."""
    kind: str
    question: str
    expected: str
    """What is accepted in the gap, each on its line, the note's own word first; empty: there is no gap."""
    answer: str | None
    """What the learner said; None: nothing."""
    right: bool | None
    """Whether exactly the right choices were picked; None: not answered by choice."""
    verdict: str | None
    """right, partly or wrong: what the judge said of an answer in words; None: it said nothing."""
    rating: int | None
    """1 again, 2 hard, 3 good, 4 easy."""
    interval: str | None
    """Of the review that asked it; None: asked at the learner's wish."""
    late: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A review to come; its moment in the learner's zone."""

    due_at: datetime
    course: str
    note: str
    title: str
    step: int
    """1-based; 0: outside of the ladder."""
    interval: str
    again: bool
    """Asked once more because it was missed."""


@dataclass(frozen=True, slots=True)
class History:
    """All of it, oldest first; what is planned, soonest first."""

    answered: tuple[Answered, ...]
    planned: tuple[Planned, ...]

    @property
    def empty(self) -> bool:
        return not self.answered and not self.planned


def history(session: Session, learner: Learner) -> History:
    """Everything that the learner was asked and will be."""
    asked = session.execute(
        select(AttemptRow, CardRow, ReviewRow, CourseRow.title)
        .join(CardRow, CardRow.id == AttemptRow.card_id)
        .join(CourseRow, CourseRow.id == CardRow.course_id)
        .outerjoin(ReviewRow, ReviewRow.id == AttemptRow.review_id)
        .where(AttemptRow.learner_id == learner.id)
        .order_by(AttemptRow.id)
    ).all()
    planned = session.execute(
        select(ReviewRow, StudyRow, CourseRow.title)
        .join(StudyRow, StudyRow.id == ReviewRow.study_id)
        .join(CourseRow, CourseRow.id == StudyRow.course_id)
        .where(ReviewRow.learner_id == learner.id, ReviewRow.state == "waiting", StudyRow.state == "active")
        .order_by(ReviewRow.due_at, ReviewRow.id)
    ).all()
    return History(
        tuple(_answered(row, learner.tz) for row in asked),
        tuple(_planned(row, learner.tz) for row in planned),
    )


def cards_met(session: Session, learner: Learner, courses: Sequence[str]) -> list[CardRow]:
    """The cards of what the learner studies, and those they were asked, as far as they are still asked."""
    studied = (
        select(StudyRow.course_id, StudyRow.note, StudyRow.section_id)
        .where(StudyRow.learner_id == learner.id, StudyRow.state != "stopped")
        .distinct()
        .subquery()
    )
    mine = select(AttemptRow.card_id).where(AttemptRow.learner_id == learner.id)
    of_studies = select(CardRow.id).join(
        studied,
        (studied.c.course_id == CardRow.course_id)
        & (
            ((studied.c.section_id == "") & (studied.c.note == CardRow.note))
            | ((studied.c.section_id != "") & (studied.c.section_id == CardRow.section_id))
        ),
    )
    query = select(CardRow).where(
        CardRow.course_id.in_(courses),
        CardRow.state == "active",
        CardRow.id.in_(mine) | CardRow.id.in_(of_studies),
    )
    return list(
        session.scalars(query.order_by(CardRow.course_id, CardRow.note, CardRow.position, CardRow.id))
    )


def _answered(row: Row[AttemptRow, CardRow, ReviewRow, str], zone: ZoneInfo) -> Answered:
    attempt, card, review, course = row
    return Answered(
        asked_at=attempt.asked_at.astimezone(zone),
        answered_at=attempt.answered_at.astimezone(zone) if attempt.answered_at else None,
        course=course,
        note=card.source or card.note,
        headings=tuple(card.headings),
        start=card.start,
        end=card.end,
        kind=card.origin,
        question=card.prompt,
        expected="\n".join(card.expected or ()),
        answer=attempt.response,
        right=_right(attempt),
        verdict=attempt.verdict,
        rating=attempt.rating,
        interval=review.interval if review else None,
        late=bool(review and review.late),
    )


def _right(attempt: AttemptRow) -> bool | None:
    if attempt.picked is None:
        return None
    options = from_json(attempt.options)
    return set(attempt.picked) == {place for place, choice in enumerate(options) if choice.correct}


def _planned(row: Row[ReviewRow, StudyRow, str], zone: ZoneInfo) -> Planned:
    review, study, course = row
    return Planned(
        due_at=review.due_at.astimezone(zone),
        course=course,
        note=study.note,
        title=study.title,
        step=max(review.step + 1, 0),
        interval=review.interval,
        again=review.repeat > 0,
    )
