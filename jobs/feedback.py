"""What people said of answers: whether they helped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from jobs.people import lock_learner
from knowledge.store import Base, Database, UtcDateTime, insert
from knowledge.tables import QuestionRow


class FeedbackRow(Base):
    """One person's judgement of the answer to a question; the last one counts."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("question_id", "learner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True, info={"merge": "unite"})
    helpful: Mapped[bool]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Unhelpful:
    """A question whose answer helped somebody not."""

    question: str
    times: int
    last: datetime


def give(database: Database, question_id: int, learner_id: int, helpful: bool, now: datetime) -> bool:
    """Keeps what a learner says of an answer, in place of what they said before.

    False where the question is no longer known, or nobody but its asker saw the answer and that is another
    learner. LearnerError where the learner is not known.
    """
    with database.session() as session:
        lock_learner(session, learner_id)
        # Held, so that it isn't forgotten between this look and the row that refers to it.
        held = {"key_share": True, "read": True}
        question = session.get(QuestionRow, question_id, with_for_update=held)
        if question is None or (not question.place and question.asked_by != learner_id):
            return False
        session.execute(
            insert(session, FeedbackRow)
            .values(question_id=question_id, learner_id=learner_id, helpful=helpful, given_at=now)
            .on_conflict_do_update(
                index_elements=["question_id", "learner_id"], set_={"helpful": helpful, "given_at": now}
            )
        )
        return True


def rated(session: Session, course: str) -> tuple[int, int]:
    """How many judgements of a course's answers there are, and how many say that they didn't help."""
    rows = session.execute(
        select(FeedbackRow.helpful, func.count())
        .join(QuestionRow, QuestionRow.id == FeedbackRow.question_id)
        .where(QuestionRow.course_id == course)
        .group_by(FeedbackRow.helpful)
    ).all()
    counts: dict[bool, int] = {one.helpful: one[1] for one in rows}
    return sum(counts.values()), counts.get(False, 0)


def unhelpful(session: Session, course: str, most: int) -> list[Unhelpful]:
    """The questions whose answers didn't help, the most frequent first."""
    times, last = func.count(FeedbackRow.id), func.max(FeedbackRow.given_at)
    rows = session.execute(
        select(QuestionRow.text, times, last)
        .join(FeedbackRow, FeedbackRow.question_id == QuestionRow.id)
        .where(QuestionRow.course_id == course, FeedbackRow.helpful.is_(False))
        .group_by(QuestionRow.text)
        .order_by(times.desc(), last.desc())
        .limit(most)
    ).all()
    return [Unhelpful(text, count, when) for text, count, when in rows]
