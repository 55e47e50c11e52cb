"""Studying a note: its ladder begins, and what of it is due or will be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from jobs.errors import NothingToAsk, ReviewError
from jobs.outbox import Outbox
from jobs.people import Learner, lock_learner
from jobs.review import agenda, asking, schedule
from jobs.review.deck import Deck
from jobs.review.following import asks
from jobs.review.keeping import Keeping
from jobs.review.ladder import Ladder, parse_interval
from jobs.review.pacing import Pacing
from jobs.review.records import DueReview, ReviewState, Studied
from jobs.review.references import Notes
from jobs.review.timeline import waiting
from jobs.tables import AttemptRow, CardRow, LearnerRow, ReviewRow, StudyRow
from knowledge.clock import Clock
from knowledge.notes import Note
from knowledge.store import Database, insert

DOUBLE_PRESS = timedelta(seconds=5)
"""Studying a note again within this time is the same press once more."""


class Studies:
    """The studies of one course."""

    def __init__(
        self,
        database: Database,
        library: Notes,
        deck: Deck,
        keeping: Keeping,
        outbox: Outbox,
        clock: Clock,
        ladder: Ladder,
        course: str,
        pacing: Pacing,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._library = library
        self._deck = deck
        self._keeping = keeping
        self._clock = clock
        self._ladder = ladder
        self._course = course
        self._pacing = pacing
        self._written: dict[str, Note] = {}
        """The note of which this process has brought the cards up to date, by its path: while the library
        gives the very same one, its generation is in use, and the cards are what that makes of it."""

    def study(self, learner_id: int, note_path: str) -> Studied:
        """The learner has studied a note: its ladder begins, anew if it was climbed before.

        An earlier study of the note, or of a section of it, is stopped, its reviews to come are dropped, its
        history stays. `NotesError` for an unknown note, `NothingToAsk` for one that holds no text.
        """
        note = self._library.note(self._course, note_path)
        if self._written.get(note.path) is note:
            try:
                return self._begin(learner_id, note)
            except NothingToAsk:
                pass  # the rows aren't what this process left
        self._keeping.write(note)
        self._written[note.path] = note
        return self._begin(learner_id, note)

    def _begin(self, learner_id: int, note: Note) -> Studied:
        now = self._clock.now()
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            if not self._asks(session, note.path):
                raise NothingToAsk(topic=note.title)
            before = active_studies(session, learner_id, self._course, note.path)
            for study in before:
                if not study.section_id and abs(now - study.studied_at) < DOUBLE_PRESS:
                    # Whichever way the clock was set meanwhile.
                    return self._studied(study, due_of(session, study), restarted=False)
            for study in before:
                stop_study(session, self._outbox, study)
            of = (note.path, note.title)
            study, due = begin(session, self._ladder, self._pacing, learner, self._course, of, now)
            return self._studied(study, due, restarted=any(not one.section_id for one in before))

    def _studied(self, study: StudyRow, due: tuple[datetime, ...], restarted: bool) -> Studied:
        goes_on = self._pacing.goes_on_after(Ladder.stored(study.ladder))
        return Studied(study.id, study.title, due, restarted, goes_on)

    def stop(self, learner_id: int, note: str, section: str = "") -> None:
        """No more reviews of a note, or of one of its sections.

        `ReviewError("error.not_studied")` if there are none.
        """
        with self._database.session() as session:
            lock_learner(session, learner_id)
            studies = [
                study
                for study in active_studies(session, learner_id, self._course, note)
                if section in ("", study.section_id)
            ]
            for study in studies:
                stop_study(session, self._outbox, study)
            if not studies:
                raise ReviewError("error.not_studied", note=note)

    def due(self, learner_id: int) -> list[DueReview]:
        """What the learner may answer now: asked and unanswered, or due and not yet asked; oldest first."""
        now = self._clock.now()
        with self._database.session() as session:
            return [
                review
                for review in self._listed(session, learner_id, ("asked", "waiting"))
                if review.state == "asked" or review.due_at <= now
            ]

    def upcoming(self, learner_id: int) -> list[DueReview]:
        """What will be due, soonest first."""
        now = self._clock.now()
        with self._database.session() as session:
            return [
                review for review in self._listed(session, learner_id, ("waiting",)) if review.due_at > now
            ]

    def _asks(self, session: Session, path: str) -> bool:
        """Whether the note has a card to ask."""
        query = select(CardRow.id).where(
            CardRow.course_id == self._course, CardRow.note == path, CardRow.state == "active"
        )
        return session.scalar(query.limit(1)) is not None

    def _listed(self, session: Session, learner_id: int, states: tuple[ReviewState, ...]) -> list[DueReview]:
        query = (
            select(ReviewRow, StudyRow)
            .join(StudyRow, StudyRow.id == ReviewRow.study_id)
            .where(
                ReviewRow.learner_id == learner_id,
                ReviewRow.state.in_(states),
                StudyRow.state == "active",
                StudyRow.course_id == self._course,
                # While every card waits for an admin's yes, there is nothing to answer.
                or_(ReviewRow.state == "asked", asks()),
            )
            .order_by(ReviewRow.due_at, ReviewRow.id)
        )
        now = self._clock.now()
        learner = session.get_one(LearnerRow, learner_id)
        return [
            DueReview(
                review_id=review.id,
                title=study.title,
                note=study.note,
                step=max(review.step, 0),
                steps=asking.steps_of(study),
                due_at=review.due_at,
                late=review.late
                or (
                    review.state == "waiting"
                    and schedule.is_late(
                        parse_interval(review.interval), schedule.late_from(review.due_at, learner, now), now
                    )
                ),
                state=cast(ReviewState, review.state),
            )
            for review, study in session.execute(query)
        ]


def active_studies(session: Session, learner_id: int, course: str, note: str) -> list[StudyRow]:
    """The studies of a note and of its sections that run, rest or are done; a stopped one is history."""
    query = select(StudyRow).where(
        StudyRow.learner_id == learner_id,
        StudyRow.course_id == course,
        StudyRow.note == note,
        StudyRow.state != "stopped",
    )
    return list(session.scalars(query.order_by(StudyRow.id)))


def begin(
    session: Session,
    ladder: Ladder,
    pacing: Pacing,
    learner: Learner,
    course: str,
    note: tuple[str, str],
    now: datetime,
    section: str = "",
) -> tuple[StudyRow, tuple[datetime, ...]]:
    """Begins the reviews of a note (its path and title), in the caller's transaction, the learner locked.

    Gives the study, and when the reviews come that are laid out so far. `section`: the id of the section
    that is studied alone, whose title is given then.
    """
    path, title = note
    study = StudyRow(
        learner_id=learner.id,
        course_id=course,
        note=path,
        section_id=section,
        title=title[:500],
        studied_at=now,
        day=schedule.local_day(now, learner.tz),
        ladder=str(pacing.begins_with(ladder)),
        state="active",
    )
    session.add(study)
    session.flush()
    reviews = waiting(agenda.study_of(study), {}, (), learner, pacing)
    # Not as objects, which would each be sent and read back by itself.
    session.execute(insert(session, ReviewRow), [agenda.values_of(study, review) for review in reviews])
    return study, tuple(review.due_at for review in reviews)


def due_of(session: Session, study: StudyRow) -> tuple[datetime, ...]:
    """When the steps of a study's ladder are due, answered ones too."""
    query = select(ReviewRow.due_at).where(
        ReviewRow.study_id == study.id, ReviewRow.repeat == 0, ReviewRow.step >= 0
    )
    return tuple(session.scalars(query.order_by(ReviewRow.step)))


def stop_study(session: Session, outbox: Outbox, study: StudyRow) -> None:
    """Nothing of the study is asked any more; its history stays, and what is out can be answered."""
    study.state = "stopped"
    open_ones = (
        select(ReviewRow, AttemptRow)
        .outerjoin(AttemptRow, AttemptRow.review_id == ReviewRow.id)
        .where(ReviewRow.study_id == study.id, ReviewRow.state.in_(("waiting", "asked")))
    )
    for review, attempt in session.execute(open_ones).all():
        review.state = "dropped"
        if attempt is not None:
            asking.withdraw(session, outbox, attempt)
