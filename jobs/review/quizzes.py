"""Questions outside of the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.errors import NothingToAsk
from jobs.people import lock_learner
from jobs.review import asking
from jobs.review.deck import Deck
from jobs.review.keeping import Keeping
from jobs.review.records import Asked
from jobs.review.references import Notes
from jobs.review.weakest import weakest
from jobs.tables import AttemptRow, CardRow, StudyRow
from knowledge.clock import Clock
from knowledge.notes import Note
from knowledge.store import Database


class NoteHit(Protocol):
    """A note that fits a topic."""

    @property
    def note(self) -> Note: ...


class Library(Notes, Protocol):
    """What reviews need of `knowledge.library.Library`."""

    def notes(self, course: str) -> Sequence[Note]: ...

    def find_note(self, course: str, topic: str) -> Sequence[NoteHit]: ...


class Quizzes:
    """Asks at the learner's own wish."""

    def __init__(
        self,
        database: Database,
        library: Library,
        keeping: Keeping,
        deck: Deck,
        clock: Clock,
        course: str,
    ) -> None:
        self._database = database
        self._library = library
        self._keeping = keeping
        self._deck = deck
        self._clock = clock
        self._course = course

    def ask(self, learner_id: int, platform: str, place: str, topic: str | None = None) -> Asked:
        """On a topic, else on what the learner needs most, else on any note; `NothingToAsk`."""
        if not (topic and topic.strip()):
            with self._database.session() as session:
                lock_learner(session, learner_id)
                now = self._clock.now()
                if card := weakest(session, learner_id, self._course, now):
                    return self._put(session, learner_id, card, platform, place)
        for note in self._candidates(learner_id, topic):
            self._keeping.ensure(note)
            with self._database.session() as session:
                lock_learner(session, learner_id)
                card = self._deck.choose(session, learner_id, note.path)
                if card is not None:
                    return self._put(session, learner_id, card, platform, place)
        raise NothingToAsk(topic=topic or self._course)

    def _put(self, session: Session, learner_id: int, card: CardRow, platform: str, place: str) -> Asked:
        attempt = asking.put_question(session, learner_id, card, None, False, self._clock.now())
        asking.open_prompt(session, platform, place, attempt)
        return asking.asked(session, attempt)

    def _candidates(self, learner_id: int, topic: str | None) -> list[Note]:
        """The notes that fit, best first; without a topic, the one whose last question lies back longest."""
        if topic and topic.strip():
            return [hit.note for hit in self._library.find_note(self._course, topic)]
        notes = {note.path: note for note in self._library.notes(self._course)}
        with self._database.session() as session:
            studied = session.scalars(
                select(StudyRow.note)
                .where(StudyRow.learner_id == learner_id, StudyRow.course_id == self._course)
                .order_by(StudyRow.id)
            ).all()
            asked = session.execute(
                select(CardRow.note, func.max(AttemptRow.id))
                .join(AttemptRow, AttemptRow.card_id == CardRow.id)
                .where(AttemptRow.learner_id == learner_id, CardRow.course_id == self._course)
                .group_by(CardRow.note)
            ).all()
        last = {row[0]: int(row[1]) for row in asked}
        mine = [path for path in dict.fromkeys(studied) if path in notes] or list(notes)
        return [notes[path] for path in sorted(mine, key=lambda path: last.get(path, 0))]
