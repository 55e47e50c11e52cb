"""A refresh: the notes of a course become its next index generation.

Nothing that is in use is touched until the new generation is complete, has been opened and has answered
its canaries; then one pointer flips. A refresh that dies at any moment leaves the old index as it was.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.clock import Clock
from knowledge.cutting import CutNote, Cutter
from knowledge.embed import Encoder, Vectors
from knowledge.errors import NotesError
from knowledge.index import Generation, Manifest, write_generation, write_manifest
from knowledge.index_files import CourseFiles
from knowledge.notes import Note, Passage, content_hash
from knowledge.reader import find_notes, note_path, read_note
from knowledge.report import Canaries, RefreshReport, SourceReport
from knowledge.retrieve import search

__all__ = ["Canaries", "RefreshReport", "SourceReport", "refresh"]

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]

BATCH = 64
CANARIES = 40
CANARY_DEPTH = 10
CANARY_SHARE = 0.6
"""The least share of canaries that a generation must answer to go live."""


def refresh(
    course: str,
    notes: Path,
    index: Path,
    encoder: Encoder | None,
    clock: Clock,
    progress: Progress | None = None,
) -> RefreshReport:
    """Builds the next generation of `course` from the folder `notes` and makes it the one in use.

    Only passages that are new to this encoder are embedded. Without an encoder the index is lexical only.
    Notes that haven't changed are taken from the generation in use; where neither they nor the encoder nor
    this program have, that generation stays.

    `progress` is told the share done and the stage: reading, embedding, checking, done.
    NotesError: `error.refresh_running`, `error.notes_missing`, `error.notes_empty`, `error.refresh_canaries`
    (the new index could not find its own headings), `error.index_unwritable`.
    """
    files = CourseFiles(index, course)
    try:
        with files.lock():
            files.sweep()
            return _Refresh(files, notes, encoder, clock, progress or _silent).run()
    except OSError as error:
        log.exception("index can't be written", extra={"course": course})
        raise NotesError("error.index_unwritable", path=str(index), reason=error.strerror or "") from error


@dataclass(frozen=True, slots=True)
class _Read:
    cuts: list[CutNote]
    skipped: list[tuple[str, str]]

    @property
    def notes(self) -> list[Note]:
        return [cut.note for cut in self.cuts]

    @property
    def passages(self) -> list[Passage]:
        return [passage for cut in self.cuts for passage in cut.passages]


class _Refresh:
    def __init__(
        self, files: CourseFiles, folder: Path, encoder: Encoder | None, clock: Clock, progress: Progress
    ) -> None:
        self.files = files
        self.folder = folder
        self.encoder = encoder
        self.clock = clock
        self.progress = progress
        self.started = time.monotonic()
        self.before = _opened(files)
        self.cutter = Cutter(encoder)
        same = self.before is not None and self.before.manifest.recipe == self.cutter.recipe
        self.alike = self.before if same else None
        """The generation in use, if it was made in just this way."""

    def run(self) -> RefreshReport:
        read = self._read()
        passages = read.passages
        if not passages:
            raise NotesError("error.notes_empty", path=str(self.folder))
        before = self.alike
        if before is not None and before.notes == tuple(read.notes):
            self.progress(1.0, "done")
            return self._report(before.id, read, passages, (0, len(before.dense or ())), Canaries(0, 0))
        generation_id = self._next_id()
        staged = self.files.staging(generation_id)
        try:
            rows, vectors, embedded = self._embed(passages)
            write_generation(staged, read.cuts, vectors, rows, self.alike)
            self.progress(0.9, "checking")
            counts = (embedded, len(rows) - embedded)
            report = self._report(generation_id, read, passages, counts, Canaries(0, 0))
            write_manifest(staged, self._manifest(report, rows))
            canaries = self._check(staged, vectors)
            report = self._report(generation_id, read, passages, counts, canaries)
            write_manifest(staged, self._manifest(report, rows))
            self.files.publish(generation_id)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        self.files.sweep()
        self.progress(1.0, "done")
        log.info("index refreshed", extra={"course": self.files.course, "generation": generation_id})
        return report

    def _read(self) -> _Read:
        found = find_notes(self.folder)
        known = self.alike.cuts() if self.alike else {}
        cuts: list[CutNote] = []
        skipped: list[tuple[str, str]] = []
        for number, file in enumerate(found):
            self.progress(0.2 * number / len(found), "reading")
            try:
                cuts.append(self._cut(file, known.get(note_path(self.folder, file))))
            except NotesError as error:
                skipped.append((note_path(self.folder, file), error.key))
        return _Read(cuts, skipped)

    def _cut(self, file: Path, before: CutNote | None) -> CutNote:
        """A file's note cut anew, or as it is in the generation in use if it hasn't changed since."""
        note = read_note(self.folder, file, before.note if before else None)
        return before if before and note is before.note else self.cutter.cut(note)

    def _embed(self, passages: Sequence[Passage]) -> tuple[NDArray[np.int32], Vectors | None, int]:
        """Numbers of the passages that the encoder reads, their vectors, and how many of these are new."""
        if self.encoder is None:
            return np.zeros(0, dtype=np.int32), None, 0
        texts = [passage.embedding_text for passage in passages]
        rows = [number for number, text in enumerate(texts) if self.encoder.reads(text)]
        vectors = np.zeros((len(rows), self.encoder.dimension), dtype=np.float32)
        known = self._known_vectors()
        new: list[int] = []
        for row, number in enumerate(rows):
            vector = known.get(content_hash(texts[number]))
            if vector is None:
                new.append(row)
            else:
                vectors[row] = vector
        for start in range(0, len(new), BATCH):
            self.progress(0.2 + 0.7 * start / len(new), "embedding")
            batch = new[start : start + BATCH]
            vectors[batch] = self.encoder.encode([texts[rows[row]] for row in batch], "passage")
        return np.array(rows, dtype=np.int32), vectors, len(new)

    def _known_vectors(self) -> dict[str, Vectors]:
        before = self.before
        if before is None or before.dense is None or self.encoder is None:
            return {}
        if before.manifest.encoder != self.encoder.identity:
            return {}
        texts = (before.passages[number].embedding_text for number in before.dense.passages)
        return {
            content_hash(text): vector for text, vector in zip(texts, before.dense.vectors(), strict=True)
        }

    def _check(self, staged: Path, vectors: Vectors | None) -> Canaries:
        """Opens the staged generation as a reader would and asks it for what it must find."""
        if vectors is not None and len(vectors):
            norms = np.linalg.norm(vectors, axis=1)
            if not np.allclose(norms, 1.0, atol=1e-3):
                raise NotesError(
                    "error.refresh_canaries", asked=len(vectors), found=int((abs(norms - 1) < 1e-3).sum())
                )
        generation = Generation.open(staged)
        if len(generation.lexical) == 0 or (
            vectors is not None and len(vectors) != len(generation.dense or ())
        ):
            raise NotesError("error.refresh_canaries", asked=1, found=0)
        wanted = _canaries(generation)
        queries = [query for query, _ in wanted]
        known = None
        if self.encoder is not None and vectors is not None and len(vectors):
            known = self.encoder.encode(queries, "query")
        found = 0
        for number, (query, sections) in enumerate(wanted):
            heard = known is not None and self.encoder is not None and self.encoder.reads(query)
            hits = search(
                generation, query, known[number] if known is not None and heard else None, CANARY_DEPTH
            )
            found += any(hit.passage.section_id in sections for hit in hits)
        if found < CANARY_SHARE * len(wanted):
            raise NotesError("error.refresh_canaries", asked=len(wanted), found=found)
        return Canaries(len(wanted), found)

    def _report(
        self,
        generation_id: str,
        read: _Read,
        passages: Sequence[Passage],
        vectors: tuple[int, int],
        canaries: Canaries,
    ) -> RefreshReport:
        old = self.before.manifest.hashes if self.before else {}
        new = {note.path: note.hash for note in read.notes}
        return RefreshReport(
            generation=generation_id,
            created_at=self.clock.now(),
            seconds=round(time.monotonic() - self.started, 3),
            notes=len(read.notes),
            sections=sum(len(note.sections) for note in read.notes),
            passages=len(passages),
            embedded=vectors[0],
            reused=vectors[1],
            restored=sum(note.repair.restored for note in read.notes),
            lost=sum(note.repair.lost for note in read.notes),
            added=tuple(path for path in new if path not in old),
            changed=tuple(path for path in new if path in old and old[path] != new[path]),
            removed=tuple(path for path in old if path not in new),
            skipped=tuple(read.skipped),
            canaries=canaries,
            sources=tuple(SourceReport.of(note) for note in read.notes),
        )

    def _manifest(self, report: RefreshReport, rows: NDArray[np.int32]) -> Manifest:
        return Manifest(
            id=report.generation,
            created_at=report.created_at,
            encoder=self.encoder.identity if self.encoder else None,
            notes=report.notes,
            sections=report.sections,
            passages=report.passages,
            vectors=len(rows),
            hashes={source.path: source.hash for source in report.sources},
            before=self.files.current(),
            report=report.to_json(),
            recipe=self.cutter.recipe,
        )

    def _next_id(self) -> str:
        """Counted up, so that ids sort by age whatever the clock says."""
        last = max((int(name.partition("-")[0]) for name in self.files.generations()), default=0)
        return f"{last + 1:06d}-{self.clock.now():%Y%m%dT%H%M%SZ}"


def _opened(files: CourseFiles) -> Generation | None:
    """The generation in use; None where there is none that can be read, so that a refresh mends it."""
    current = files.current()
    if current is None:
        return None
    try:
        return Generation.open(files.generation(current))
    except (FileNotFoundError, NotesError):
        log.warning("generation in use can't be read; building anew", extra={"generation": current})
        return None


def _canaries(generation: Generation) -> list[tuple[str, set[str]]]:
    """Queries with the ids of the sections that answer them: headings, else the first words of a passage."""
    step = max(len(generation.passages) // CANARIES, 1)
    same: dict[str, set[str]] = {}
    for passage in generation.passages:
        same.setdefault(_question(passage), set()).add(passage.section_id)
    return [
        (_question(passage), same[_question(passage)]) for passage in generation.passages[::step][:CANARIES]
    ]


def _question(passage: Passage) -> str:
    return " ".join(passage.headings[-2:]) or " ".join(passage.text.split()[:12])


def _silent(share: float, stage: str) -> None:
    del share, stage
