"""When a language model is asked for questions, about which sections, and what of its answers is kept.

A section is asked about once for each wording. By itself only a note that has cards is gone through: one that
somebody studied or was quizzed on. The rows tell what is left to do, so a restart goes on where it was. Of
several processes on one database each section is asked about by one (`jobs.review.proposal_claims`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from jobs.errors import LlmAnswerUnusable, LlmError, LlmRefused, LlmTimeout
from jobs.llm import LanguageModel
from jobs.review.gates import Gates
from jobs.review.proposal_claims import Claims, Taken, lease_of
from jobs.review.proposal_tables import ProposalRow
from jobs.review.proposals import Proposed, propose
from jobs.review.proposed import ORIGIN
from jobs.review.references import Notes, References
from jobs.review.service import Reviews
from jobs.review.standing import teaches
from jobs.tables import CardRow
from knowledge.clock import Clock
from knowledge.notes import Note, Section
from knowledge.store import Database, insert
from knowledge.tables import SourceRow

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
_AUTHORED = ("plan", "quiz")
_SHORTEST, _SHORTEST_HAN = 150, 60
"""Characters below which a section is not worth a call."""
_IN_VAIN = 3
"""Sections that may fail before any has been answered, until the endpoint is taken to be at fault."""

Told = Callable[[int, int], object]
"""Is told how many sections are done, and of how many."""


class Proposing:
    """Asks a model about the sections of one course."""

    def __init__(
        self,
        database: Database,
        library: Notes,
        reviews: Reviews,
        model: LanguageModel,
        clock: Clock,
        owner: str,
    ) -> None:
        """`owner`: this process, as in `jobs.owner`."""
        self._database = database
        self._library = library
        self._reviews = reviews
        self._model = model
        self._clock = clock
        self._course = reviews.course
        self._gates = Gates(References(library, self._course))
        self._claims = Claims(database, clock, self._course, owner, lease_of(model.endpoint))
        self._halted = threading.Event()

    def halt(self) -> None:
        """No further section is begun."""
        self._halted.set()
        self._model.close()

    def left(self, session: Session) -> list[str]:
        """The notes that have cards and were not gone through as they are now, by path."""
        query = (
            select(SourceRow.path)
            .outerjoin(
                ProposalRow,
                and_(
                    ProposalRow.course_id == SourceRow.course_id,
                    ProposalRow.note == SourceRow.path,
                    ProposalRow.section_id == "",
                    ProposalRow.hash == SourceRow.hash,
                ),
            )
            .where(
                SourceRow.course_id == self._course,
                ProposalRow.note.is_(None),
                select(CardRow.id)
                .where(
                    CardRow.course_id == self._course,
                    CardRow.note == SourceRow.path,
                    CardRow.state == "active",
                )
                .exists(),
            )
        )
        return sorted(session.scalars(query))

    def propose_left(self, most: int, told: Told | None = None) -> Proposed:
        """Goes through the notes that are `left`, until `most` sections were asked about."""
        with self._database.session() as session:
            paths = self.left(session)
        return self.propose(paths, told, most)

    def propose(self, paths: Iterable[str], told: Told | None = None, most: int | None = None) -> Proposed:
        """Goes through these notes; each section's questions are kept before the next is begun.

        Sections that another process is at are left to it, and their notes to be gone through once more.
        LlmError where the endpoint is at fault; what was kept stays. NotesError for an unknown note.
        """
        notes = [self._library.note(self._course, path) for path in paths]
        for note in notes:
            self._reviews.prepare(note.path)
        wanted = [(note, self._wanted(note)) for note in notes]
        total = sum(len(sections) for _, sections in wanted)
        total = total if most is None else min(total, most)
        run = _Run(self, total, told)
        for note, sections in wanted:
            for section in sections:
                if self._halted.is_set():
                    return run.found
                if run.done >= total:
                    return run.ended()
                run.ask(note, section)
            if not run.failed and note.path not in run.elsewhere:
                self.record(note.path, "", note.hash, Proposed())
        return run.ended()

    def ask(self, note: Note, section: Section) -> Proposed | Taken:
        """Asks about one section and keeps what is accepted; tells why, where it isn't ours to ask about."""
        taken = self._claims.take(note.path, section)
        if taken != "ours":
            return taken
        try:
            return self._ask(note, section)
        finally:
            self._claims.give_back(note.path, section)

    def _ask(self, note: Note, section: Section) -> Proposed:
        with self._database.session() as session:
            rows = self._reviews.deck.rows(session, note.path)
            known = [row.prompt for row in rows if row.state == "active"]
        found = propose(self._model, self._gates, note, section, known)
        if found.accepted:
            self._reviews.accept(note.path, found.accepted)
        self.record(note.path, section.id, section.hash, found)
        return found

    def record(self, note: str, section_id: str, digest: str, found: Proposed) -> None:
        """This section, or note, needn't be asked about again while it stays as it is."""
        values = {
            "course_id": self._course,
            "note": note,
            "section_id": section_id,
            "hash": digest,
            "proposed": found.proposed,
            "accepted": len(found.accepted),
            "asked_at": self._clock.now(),
        }
        with self._database.session() as session:
            statement = insert(session, ProposalRow).values(**values)
            session.execute(
                statement.on_conflict_do_nothing(index_elements=["course_id", "note", "section_id", "hash"])
            )

    def _wanted(self, note: Note) -> list[Section]:
        """The sections that tell something, that the author doesn't ask about, and unasked so far."""
        with self._database.session() as session:
            asked = select(ProposalRow.section_id, ProposalRow.hash).where(
                ProposalRow.course_id == self._course, ProposalRow.note == note.path
            )
            done = {(row[0], row[1]) for row in session.execute(asked)}
            rows = self._reviews.deck.rows(session, note.path, active=True)
        done |= {(row.section_id, row.section_hash) for row in rows if row.origin == ORIGIN}
        covered = {row.section_id for row in rows if row.origin in _AUTHORED}
        return [
            section
            for section in note.sections
            if section.id not in covered and (section.id, section.hash) not in done and _worth(section, note)
        ]


class _Run:
    """One going through notes: what came of it, and whether the endpoint answers at all."""

    def __init__(self, proposing: Proposing, total: int, told: Told | None) -> None:
        self._proposing = proposing
        self._total = total
        self._told = told
        self.found = Proposed()
        self.done = 0
        self.failed: list[tuple[Note, Section]] = []
        """Sections without an answer, while none has had one."""
        self.elsewhere: set[str] = set()
        """Notes in which another process is at a section."""
        self._error: LlmError | None = None

    def ask(self, note: Note, section: Section) -> None:
        if self._told is not None:
            self._told(self.done, self._total)
        try:
            found = self._proposing.ask(note, section)
        except (LlmAnswerUnusable, LlmRefused, LlmTimeout) as error:
            self.done += 1
            self._fail(note, section, error)
            return
        if isinstance(found, Proposed):
            self.done += 1
            self.found.add(found)
            self._answered()
        elif found == "held":
            self.found.held += 1
            self.elsewhere.add(note.path)

    def ended(self) -> Proposed:
        """What came of it; the last error where no section at all was answered."""
        if self.failed and self._error is not None:
            raise self._error
        return self.found

    def _fail(self, note: Note, section: Section, error: LlmError) -> None:
        """One section may be too much for a model; a model that answers none is of no use."""
        log.warning("no questions for %s, %s: %s", note.path, section.id, error)
        self.failed.append((note, section))
        self._error = error
        if self.found.sections:
            self._answered()
        elif len(self.failed) >= _IN_VAIN:
            raise error

    def _answered(self) -> None:
        for note, section in self.failed:
            self._proposing.record(note.path, section.id, section.hash, Proposed())
        self.failed.clear()


def asked_since(session: Session, moment: datetime) -> tuple[int, datetime | None]:
    """How many sections of all courses were asked about since then, and when the first of them was."""
    query = select(func.count(), func.min(ProposalRow.asked_at)).where(
        ProposalRow.section_id != "", ProposalRow.asked_at > moment
    )
    count, first = session.execute(query).one()
    return int(count), first


def _worth(section: Section, note: Note) -> bool:
    least = _SHORTEST_HAN if note.language == "zh" else _SHORTEST
    return teaches(section) and len(section.text) >= least
