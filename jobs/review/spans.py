"""*Quiz me on this*: a section, out of an answer, is asked about at once and from then on reviewed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.errors import NothingToAsk
from jobs.people import lock_learner
from jobs.review import asking
from jobs.review.deck import Deck
from jobs.review.keeping import Keeping
from jobs.review.ladder import Ladder
from jobs.review.pacing import Pacing
from jobs.review.prompts import NUMBERING
from jobs.review.records import SectionAsked
from jobs.review.studies import DOUBLE_PRESS, active_studies, begin
from jobs.tables import AttemptRow, CardRow, ReviewRow, StudyRow
from knowledge.clock import Clock
from knowledge.notes import Note, Section
from knowledge.store import Database


class Spans:
    """Studies of single sections of one course."""

    def __init__(
        self,
        database: Database,
        deck: Deck,
        keeping: Keeping,
        clock: Clock,
        ladder: Ladder,
        course: str,
        pacing: Pacing,
    ) -> None:
        self._database = database
        self._deck = deck
        self._keeping = keeping
        self._clock = clock
        self._ladder = ladder
        self._course = course
        self._pacing = pacing

    def ask(self, learner_id: int, note: Note, section: Section, platform: str, place: str) -> SectionAsked:
        """A question on the section, and its ladder, unless its note or itself is being reviewed already.

        Where nothing is asked about the section, a card is made from it. The same press twice is one: the
        question that is still open comes again. `NothingToAsk` for a section without text.
        """
        self._keeping.ensure(note, section.id)
        now = self._clock.now()
        with self._database.session() as session:
            learner = lock_learner(session, learner_id)
            card = self._deck.choose(session, learner_id, note.path, section=section.id)
            if card is None:
                raise NothingToAsk(topic=section.title or note.title)
            running = [
                study
                for study in active_studies(session, learner_id, self._course, note.path)
                if study.section_id in ("", section.id) and study.state == "active"
            ]
            whole = next((study for study in running if not study.section_id), None)
            study = whole or next(iter(running), None)
            begun = study is None
            if study is None:
                of = (note.path, title_of(note, section))
                study, _ = begin(
                    session, self._ladder, self._pacing, learner, self._course, of, now, section.id
                )
            attempt = self._pressed_before(session, learner_id, section.id) or asking.put_question(
                session, learner_id, card, None, False, now
            )
            asking.open_prompt(session, platform, place, attempt)
            return SectionAsked(
                asking.asked(session, attempt),
                study.title,
                begun=begun,
                whole_note=whole is not None,
                next_due=_next_due(session, study),
            )

    def _pressed_before(self, session: Session, learner_id: int, section: str) -> AttemptRow | None:
        """The question of the same press, if it still stands open."""
        attempt = session.scalar(
            select(AttemptRow)
            .where(AttemptRow.learner_id == learner_id)
            .order_by(AttemptRow.id.desc())
            .limit(1)
        )
        if attempt is None or asking.state_of(attempt) != "open":
            return None
        card = session.get_one(CardRow, attempt.card_id)
        same = card.course_id == self._course and card.section_id == section and attempt.review_id is None
        return attempt if same and self._clock.now() - attempt.asked_at < DOUBLE_PRESS else None


def title_of(note: Note, section: Section) -> str:
    """A section among what a learner studies: `Key concepts (Transformers)`, without its number."""
    heading = NUMBERING.sub("", section.title).strip()
    return f"{heading} ({note.title})" if heading and heading != note.title else note.title


def _next_due(session: Session, study: StudyRow) -> datetime | None:
    return session.scalar(
        select(func.min(ReviewRow.due_at)).where(ReviewRow.study_id == study.id, ReviewRow.state == "waiting")
    )
