"""The course of this installation: where its notes are, and what a refresh leaves in the database."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from jobs.engine.protocol import Engine, Progress, RefreshRequest
from knowledge.clock import Clock
from knowledge.errors import NotesError
from knowledge.library import Library
from knowledge.notes import Note
from knowledge.reader import find_notes
from knowledge.store import Database
from knowledge.tables import CourseRow, GenerationRow, SourceRow

if TYPE_CHECKING:
    from jobs.review.service import Reviews

log = logging.getLogger(__name__)

_TITLE_LENGTH = 200


class Course:
    """Which notes the course is made of: the setting, else the folder last indexed, else the sample."""

    def __init__(
        self,
        database: Database,
        library: Library,
        reviews: Reviews,
        clock: Clock,
        *,
        name: str,
        title: str,
        notes: Path | None,
        index: Path,
        own: Path,
        reads: Callable[[str], bool],
    ) -> None:
        """`own`: the folder for uploads while the course is the sample, which is never written to.

        `reads`: whether an index by the encoder of that identity is of use to the one that is set.
        """
        self._database = database
        self._library = library
        self._reviews = reviews
        self._clock = clock
        self.name = name
        self._title = title
        self._notes = notes
        self._index = index
        self._own = own.expanduser().resolve()
        self._reads = reads

    @property
    def reviews(self) -> Reviews:
        """The reviews of its notes."""
        return self._reviews

    def notes_path(self) -> Path:
        """The folder that a refresh reads.

        A folder that was indexed and has gone stays the course's own: the sample never takes its place.
        """
        if self._notes is not None:
            return self._notes.expanduser().resolve()
        indexed = self._row().notes_path
        if not indexed or _was_sample(indexed):
            return sample_course()
        return Path(indexed)

    def title(self) -> str:
        """The course's title, for people."""
        return self._title or self.notes_path().name.replace("_", " ").replace("-", " ").capitalize()

    def needs_index(self) -> bool:
        """Whether there is no index that can be read, or one of another folder or encoder than are set."""
        if not self._library.ready(self.name):
            return True
        current = next((one for one in self._library.generations(self.name) if one.current), None)
        if current is not None and current.encoder is not None and not self._reads(current.encoder):
            return True
        return self._notes is not None and self._row().notes_path != str(self.notes_path())

    def request(self, notes: Path | None = None) -> RefreshRequest:
        """The refresh of the course, from its own folder or from another that becomes it.

        NotesError at once where there are no notes.
        """
        folder = notes.expanduser().resolve() if notes is not None else self.notes_path()
        if folder == notes == self._own and not find_notes(folder):
            folder = sample_course()  # the uploads that took its place were taken back
        if not find_notes(folder):
            raise NotesError("error.notes_empty", path=str(folder))
        return RefreshRequest(self.name, str(folder), str(self._index.resolve()))

    def refresh_request(self, notes: Path | None = None) -> dict[str, Any]:
        """The same as a job's request."""
        return asdict(self.request(notes))

    def upload_folder(self) -> tuple[Path, bool]:
        """Where notes that are uploaded go, and whether that is a folder in the place of the sample."""
        folder = self.notes_path()
        return (self._own, True) if folder == sample_course() and self._notes is None else (folder, False)

    def refresh(
        self,
        engine: Engine,
        progress: Progress | None = None,
        notes: Path | None = None,
        partner: bool = False,
    ) -> dict[str, Any]:
        """Refreshes in the foreground, on an engine that is started for it; gives the report as JSON.

        `partner`: only adds the partner encoder's vectors to the index as it is, on an engine that runs.
        """
        request = replace(self.request(notes), partner=partner)
        if not partner:
            engine.start()
        report = engine.refresh(request, progress).result()
        report = {**report, "cards": asdict(self._reviews.sync_cards())}
        with self._database.session() as session:
            self.refreshed(session, request, report)
        return report

    def refreshed(self, session: Session, request: RefreshRequest, report: dict[str, Any]) -> None:
        """Records a refresh that ended: generation and sources. Its cards are there already."""
        course = self._course(session)
        if not request.partner:
            course.notes_path, course.title = request.notes_path, self._titled(Path(request.notes_path))
        self._record(session, str(report["generation"]), report)

    def rollback(self) -> str:
        """The generation before becomes the current one, with its sources and cards; gives its id."""
        generation = self._library.rollback(self.name)
        self._reviews.sync_cards()
        with self._database.session() as session:
            self._record(session, generation, None)
        return generation

    def reconcile(self) -> None:
        """Creates the course's row, and records a generation that a crash kept from being recorded."""
        recorded, generation = self._row().generation_id, self._library.generation(self.name)
        if generation in (None, recorded) or not self._library.ready(self.name):
            return
        log.warning("generation %s was not recorded yet", generation)
        self._reviews.sync_cards()
        with self._database.session() as session:
            self._record(session, generation, None)

    def _record(self, session: Session, generation: str, report: dict[str, Any] | None) -> None:
        now = self._clock.now()
        self._course(session).generation_id = generation
        row = session.get(GenerationRow, generation)
        if row is None:
            session.add(
                GenerationRow(id=generation, course_id=self.name, created_at=now, report=report or {})
            )
        session.execute(delete(SourceRow).where(SourceRow.course_id == self.name))
        for note in self._library.notes(self.name):
            session.add(self._source(note))

    def _source(self, note: Note) -> SourceRow:
        return SourceRow(
            course_id=self.name,
            path=note.path,
            title=note.title[:500],
            language=note.language,
            hash=note.hash,
            lines=len(note.lines),
            sections=len(note.sections),
            restored=note.repair.restored,
            lost=note.repair.lost,
            updated_at=self._clock.now(),
        )

    def _row(self) -> CourseRow:
        with self._database.session() as session:
            return self._course(session)

    def _course(self, session: Session) -> CourseRow:
        row = session.get(CourseRow, self.name)
        if row is None:
            row = CourseRow(
                id=self.name, title=self._title or self.name, notes_path="", created_at=self._clock.now()
            )
            session.add(row)
            session.flush()
        return row

    def _titled(self, folder: Path) -> str:
        return (self._title or folder.name)[:_TITLE_LENGTH]


def _was_sample(folder: str) -> bool:
    """Whether a folder that has gone was the sample course of another installation."""
    path = Path(folder)
    return path.parts[-2:] == sample_course().parts[-2:] and not path.is_dir()


def sample_course() -> Path:
    """The notes that come with Recap."""
    return Path(str(files("knowledge") / "sample_course"))
