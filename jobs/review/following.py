"""What learners study follows the notes: into a renamed file, under a new heading; it rests while it is gone.

Each learner's studies are changed in a transaction of their own, the learner locked; done again, it changes
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from jobs.errors import LearnerError
from jobs.groups.tables import GroupRow
from jobs.people import lock_learner
from jobs.review.matching import card_key
from jobs.tables import CardRow, ReviewRow, StudyRow
from knowledge.notes import Note
from knowledge.store import Database

_MOST = 0.5
"""A note is another one renamed if it holds at least so many of the sections that its cards were made of."""
_ASKING = ("active", "paused")
_REST = ("active", "finished")


def renamed(session: Session, course: str, notes: Mapping[str, Note]) -> dict[str, str]:
    """The paths of notes that are gone, each with the new path of the note that holds the same sections.

    A section is the same by its content hash. A note that had cards before is no renamed one.
    """
    hashes: dict[str, set[str]] = {}
    for row in session.execute(
        select(CardRow.note, CardRow.section_hash, CardRow.source).where(
            CardRow.course_id == course, CardRow.state.in_((*_ASKING, "withdrawn"))
        )
    ):
        if row.source in ("", row.note):
            hashes.setdefault(row.note, set()).add(row.section_hash)
    fresh = {
        path: {section.hash for section in note.sections}
        for path, note in notes.items()
        if path not in hashes
    }
    found: dict[str, str] = {}
    for path in sorted(hashes.keys() - notes.keys()):
        shares = {new: len(hashes[path] & there) / len(hashes[path]) for new, there in fresh.items()}
        best = max(sorted(shares), key=lambda new: shares[new], default=None)
        if best is not None and shares[best] >= _MOST:
            found[path] = best
            del fresh[best]
    return found


def rename(database: Database, course: str, old: str, new: str) -> None:
    """Cards, studies and groups of a note that has another path now."""
    of_note = (StudyRow.course_id == course, StudyRow.note == old)
    # The cards last: as long as they are under the old path, this is done again after a crash.
    _for_each_learner(database, of_note, {"note": new})
    with database.session() as session:
        session.execute(
            update(GroupRow).where(GroupRow.course_id == course, GroupRow.note == old).values(note=new)
        )
        of_course = select(CardRow).where(CardRow.course_id == course)
        taken = {row.key for row in session.scalars(of_course.where(CardRow.note == new))}
        for row in session.scalars(of_course.where(CardRow.note == old).with_for_update()):
            key = card_key(new, row.origin, row.interval, row.prompt)
            if key in taken:  # it was asked under that path once, and is again
                continue
            row.note, row.key = new, key
            if row.pending:
                waiting = row.pending
                key = card_key(new, row.origin, waiting["interval"], waiting["prompt"])
                row.pending = {**waiting, "key": key}
        session.execute(
            update(CardRow).where(CardRow.course_id == course, CardRow.source == old).values(source=new)
        )


def move_sections(database: Database, course: str, note: str, moved: Mapping[str, str]) -> None:
    """Studies of sections that stand under another heading now: old id to new."""
    for old, new in moved.items():
        of_section = (StudyRow.course_id == course, StudyRow.note == note, StudyRow.section_id == old)
        _for_each_learner(database, of_section, {"section_id": new})


def rest_or_resume(database: Database, course: str) -> None:
    """Studies of what the notes ask nothing on rest; those that rested go on once they do again."""
    with database.session() as session:
        studied = session.execute(
            select(StudyRow.note, StudyRow.section_id, StudyRow.state)
            .where(StudyRow.course_id == course, StudyRow.state.in_((*_REST, "gone")))
            .distinct()
        ).all()
        asked = session.execute(
            select(CardRow.note, CardRow.section_id)
            .where(CardRow.course_id == course, CardRow.state.in_(_ASKING))
            .distinct()
        ).all()
    notes, sections = {row.note for row in asked}, {row.section_id for row in asked}
    for note, section, state in studied:
        there = section in sections if section else note in notes
        if there == (state == "gone"):
            of_place = (
                StudyRow.course_id == course,
                StudyRow.note == note,
                StudyRow.section_id == section,
                StudyRow.state == state,
            )
            _for_each_learner(database, of_place, {"state": "active" if there else "gone"})


def asks(study: type[StudyRow] = StudyRow) -> ColumnElement[bool]:
    """SQL: whether something is asked on a study now."""
    return exists().where(
        CardRow.course_id == study.course_id,
        CardRow.state == "active",
        or_(study.section_id == "", CardRow.section_id == study.section_id),
        or_(study.section_id != "", CardRow.note == study.note),
    )


def _for_each_learner(
    database: Database, conditions: Collection[ColumnElement[bool]], values: Mapping[str, str]
) -> None:
    with database.session() as session:
        learners: Sequence[int] = session.scalars(
            select(StudyRow.learner_id).where(*conditions).distinct().order_by(StudyRow.learner_id)
        ).all()
    for learner in learners:
        with database.session() as session:
            try:
                lock_learner(session, learner)
            except LearnerError:  # forgotten meanwhile
                continue
            for study in session.scalars(
                select(StudyRow).where(StudyRow.learner_id == learner, *conditions)
            ).all():
                for name, value in values.items():
                    setattr(study, name, value)
                if values.get("state") == "active":
                    study.state = "active" if _open(session, study) else "finished"


def _open(session: Session, study: StudyRow) -> bool:
    query = select(ReviewRow.id).where(
        ReviewRow.study_id == study.id, ReviewRow.state.in_(("waiting", "asked"))
    )
    return session.scalar(query.limit(1)) is not None
