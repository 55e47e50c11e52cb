"""The facade over what is known: whoever wants notes, passages or answers asks the library."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from knowledge.answer import Answer, AnswerPart
from knowledge.conversation import answer_in_thread
from knowledge.embed import QueryEncoder
from knowledge.errors import NotesError
from knowledge.hearing import Heard, hear
from knowledge.index import Generation, read_manifest
from knowledge.index_files import CourseFiles
from knowledge.language import detect_language
from knowledge.notes import Language, Note, Section
from knowledge.retrieve import Hit, search
from knowledge.topics import NoteHit, find_note

__all__ = ["Answer", "AnswerPart", "GenerationInfo", "Hit", "Library", "NoteHit"]

log = logging.getLogger(__name__)

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """A generation that is on disk."""

    id: str
    created_at: datetime
    notes: int
    sections: int
    passages: int
    current: bool
    encoder: str | None
    """Identity of the encoder that made its vectors."""
    partner: str | None
    """Identity of the one that is heard beside it."""


class Library:
    """Courses as their generations in use have them. Thread-safe.

    A flipped pointer, by a refresh or a rollback of any process, is seen at the next call; whoever still
    reads the old generation goes on reading it whole. Every method but `ready`, `generation` and
    `generations` raises NotesError `error.not_indexed` for a course without a generation.
    """

    def __init__(
        self, index: Path, encoder: QueryEncoder | None = None, partner: QueryEncoder | None = None
    ) -> None:
        """`encoder`: the index's own; `partner`: heard beside it, where the index has vectors of it."""
        self._index = index
        self._encoder = encoder
        self._partner = partner
        self._open: dict[str, Generation] = {}
        self._opening = threading.Lock()

    def ready(self, course: str) -> bool:
        """Whether the course has an index, and one that this version reads."""
        files = CourseFiles(self._index, course)
        current = files.current()
        if current is None:
            return False
        return _readable(files, current)

    def generation(self, course: str) -> str | None:
        """The id of the generation in use."""
        return CourseFiles(self._index, course).current()

    def generations(self, course: str) -> list[GenerationInfo]:
        """What is on disk, newest first."""
        files = CourseFiles(self._index, course)
        current = files.current()
        found: list[GenerationInfo] = []
        for generation_id in reversed(files.generations()):
            try:
                manifest = read_manifest(files.generation(generation_id))
            except (OSError, ValueError, TypeError, NotesError):
                log.warning("generation can't be read", extra={"generation": generation_id})
                continue
            found.append(
                GenerationInfo(
                    id=manifest.id,
                    created_at=manifest.created_at,
                    notes=manifest.notes,
                    sections=manifest.sections,
                    passages=manifest.passages,
                    current=manifest.id == current,
                    encoder=manifest.encoder,
                    partner=manifest.partner,
                )
            )
        return found

    def rollback(self, course: str) -> str:
        """Goes back to the generation that was in use before this one; tells its id.

        NotesError: `error.no_earlier_generation`; `error.refresh_running`.
        """
        files = CourseFiles(self._index, course)
        with files.lock():
            now = self._opened(course)
            before = now.manifest.before
            if before is None or before not in files.generations() or not _readable(files, before):
                raise NotesError("error.no_earlier_generation", course=course)
            files.point(before)
        return before

    def notes(self, course: str) -> list[Note]:
        """All notes, in the order of their paths."""
        return list(self._opened(course).notes)

    def note(self, course: str, path: str) -> Note:
        """NotesError `error.note_unknown` if the course has no note of that path."""
        found = self._opened(course).by_path.get(path)
        if found is None:
            raise NotesError("error.note_unknown", note=path)
        return found

    def find_note(self, course: str, topic: str) -> list[NoteHit]:
        """Notes by title, path or heading, spelled roughly; else by what they say. Best first."""
        return find_note(self._opened(course), topic)

    def section(self, course: str, section_id: str) -> Section | None:
        return self._opened(course).sections.get(section_id)

    def search(self, course: str, query: str, limit: int = 10, note: str | None = None) -> list[Hit]:
        """The passages that speak most to `query`, best first; of one note if `note` is its path."""
        generation = self._opened(course)
        return search(generation, query, self._heard(generation, query), limit, note)

    def ask(
        self, course: str, question: str, language: Language | None = None, thread: Sequence[str] = ()
    ) -> Answer:
        """Answers a question from the notes or says that they don't; `language` is the asker's.

        `thread`: what was said before it, oldest first; a question that leans on it is read with it
        (`knowledge.conversation`).
        """
        generation = self._opened(course)
        spoken = language or detect_language(question)
        return answer_in_thread(
            generation, question, spoken, thread, lambda text: self._heard(generation, text)
        )

    def _heard(self, generation: Generation, text: str) -> Heard:
        return hear(generation, text, self._encoder, self._partner)

    def _opened(self, course: str) -> Generation:
        """The generation in use, read if it isn't in memory yet."""
        files = CourseFiles(self._index, course)
        for _ in range(_ATTEMPTS):
            current = files.current()
            if current is None:
                break
            held = self._open.get(course)
            if held is not None and held.id == current:
                return held
            if generation := self._read(course, current, files.generation):
                return generation
        raise NotesError("error.not_indexed", course=course)

    def _read(self, course: str, generation_id: str, folder: Callable[[str], Path]) -> Generation | None:
        """None where the generation went between the look at the pointer and the reading."""
        with self._opening:
            held = self._open.get(course)
            if held is not None and held.id == generation_id:
                return held
            try:
                generation = Generation.open(folder(generation_id))
            except FileNotFoundError:
                return None
            self._open[course] = generation
            return generation


def _readable(files: CourseFiles, generation: str) -> bool:
    """Whether a generation is one that this version reads."""
    try:
        read_manifest(files.generation(generation))
    except (OSError, ValueError, TypeError, NotesError):
        return False
    return True
