"""Gives learners what Recap knows of their learning, as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from jobs.errors import NothingToExport
from jobs.people import lock_learner
from jobs.portable import anki, sheet
from jobs.portable.history import cards_met, history
from jobs.tables import CardRow
from knowledge.clock import Clock
from knowledge.store import Database
from knowledge.tables import CourseRow


class Exports:
    """Exports from one database, of the courses that its callers name."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def sheets(self, learner_id: int) -> dict[str, bytes]:
        """What the learner was asked and will be, in all courses: CSV files by their names.

        `NothingToExport` where there is neither.
        """
        with self._database.session() as session:
            told = history(session, lock_learner(session, learner_id))
        if told.empty:
            raise NothingToExport
        return {"recap-answers.csv": sheet.answers(told), "recap-schedule.csv": sheet.schedule(told)}

    def deck(self, learner_id: int, titles: Mapping[str, str]) -> tuple[bytes, int]:
        """The cards of what the learner studies or was asked, as an Anki package, and how many they are.

        `titles`: of the courses that count, by their ids. `NothingToExport` where there is no card.
        """
        with self._database.session() as session:
            cards = cards_met(session, lock_learner(session, learner_id), list(titles))
        return self._packed(cards, titles), len(cards)

    def cards(self, course: str) -> list[CardRow]:
        """The cards of a course that are asked, as far as they have been written."""
        query = select(CardRow).where(CardRow.course_id == course, CardRow.state == "active")
        with self._database.session() as session:
            return list(session.scalars(query.order_by(CardRow.note, CardRow.position, CardRow.id)))

    def course_deck(self, course: str) -> tuple[bytes, int]:
        """All of them as an Anki package, and how many. `NothingToExport` where there is none."""
        cards = self.cards(course)
        with self._database.session() as session:
            title = session.scalar(select(CourseRow.title).where(CourseRow.id == course))
        return self._packed(cards, {course: title or course}), len(cards)

    def course_sheet(self, course: str) -> tuple[bytes, int]:
        """All of them as a CSV file, and how many. `NothingToExport` where there is none."""
        cards = self.cards(course)
        if not cards:
            raise NothingToExport
        return sheet.questions(cards), len(cards)

    def _packed(self, cards: Iterable[CardRow], titles: Mapping[str, str]) -> bytes:
        listed = list(cards)
        if not listed:
            raise NothingToExport
        return anki.package(listed, titles, self._clock.now())
