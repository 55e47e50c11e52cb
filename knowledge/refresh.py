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
from functools import partial
from pathlib import Path

from knowledge.canaries import check
from knowledge.clock import Clock
from knowledge.cutting import CutNote, Cutter
from knowledge.embed import Encoder
from knowledge.embedding import embed_passages, kept_vectors
from knowledge.errors import NotesError
from knowledge.index import Generation, Manifest, PassageVectors, write_generation, write_manifest
from knowledge.index_files import CourseFiles
from knowledge.notes import Note, Passage
from knowledge.reader import find_notes, note_path, read_note
from knowledge.report import Canaries, RefreshReport, SourceReport

__all__ = ["Canaries", "RefreshReport", "SourceReport", "refresh"]

log = logging.getLogger(__name__)

Progress = Callable[[float, str], None]


def refresh(
    course: str,
    notes: Path,
    index: Path,
    encoder: Encoder | None,
    clock: Clock,
    progress: Progress | None = None,
    partner: Encoder | None = None,
    as_it_is: bool = False,
) -> RefreshReport:
    """Builds the next generation of `course` from the folder `notes` and makes it the one in use.

    Only passages that are new to this encoder are embedded. Without an encoder the index is lexical only.
    Notes that haven't changed are taken from the generation in use; where neither they nor the encoder nor
    this program have, that generation stays. `partner` is heard beside the encoder; without one, what the
    generation in use has of another is kept for the passages that stay. `as_it_is`: the notes are those of
    the generation in use, whatever the folder holds by now.

    `progress` is told the share done and the stage: reading, embedding, checking, done.
    NotesError: `error.refresh_running`, `error.notes_missing`, `error.notes_empty`, `error.refresh_canaries`
    (the new index could not find its own headings), `error.index_unwritable`; `as_it_is`: `error.not_indexed`
    where no generation of this program and encoder is in use.
    """
    files = CourseFiles(index, course)
    try:
        with files.lock():
            files.sweep()
            refresh = _Refresh(files, notes, encoder, partner, clock, progress or _silent)
            return refresh.run(as_it_is)
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
        self,
        files: CourseFiles,
        folder: Path,
        encoder: Encoder | None,
        partner: Encoder | None,
        clock: Clock,
        progress: Progress,
    ) -> None:
        self.files = files
        self.folder = folder
        self.encoder = encoder
        self.partner = partner
        self.clock = clock
        self.progress = progress
        self.started = time.monotonic()
        self.before = _opened(files)
        self.cutter = Cutter(encoder)
        same = self.before is not None and self.before.manifest.recipe == self.cutter.recipe
        self.alike = self.before if same else None
        """The generation in use, if it was made in just this way."""

    def run(self, as_it_is: bool) -> RefreshReport:
        read = self._as_it_is() if as_it_is else self._read()
        passages = read.passages
        if not passages:
            raise NotesError("error.notes_empty", path=str(self.folder))
        before = self.alike
        unchanged = before is not None and before.notes == tuple(read.notes)
        if before is not None and unchanged and self._has_partner(before, passages):
            self.progress(1.0, "done")
            return self._report(before.id, read, passages, (0, len(before.dense or ())), Canaries(0, 0))
        generation_id = self._next_id()
        staged = self.files.staging(generation_id)
        try:
            own, partner = self._embed(passages)
            write_generation(staged, read.cuts, own, partner, self.alike)
            self.progress(0.9, "checking")
            done = [vectors for vectors in (own, partner) if vectors is not None]
            new = sum(vectors.embedded for vectors in done)
            counts = (new, sum(map(len, done)) - new)
            # Vectors added to the same notes are no state that anyone wants to go back to.
            earlier = before.manifest.before if before is not None and unchanged else self.files.current()
            manifest = partial(self._manifest, own, partner, earlier)
            report = self._report(generation_id, read, passages, counts, Canaries(0, 0))
            write_manifest(staged, manifest(report))
            canaries = check(staged, self.encoder, own)
            report = self._report(generation_id, read, passages, counts, canaries)
            write_manifest(staged, manifest(report))
            self.files.publish(generation_id)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        self.files.sweep()
        self.progress(1.0, "done")
        log.info("index refreshed", extra={"course": self.files.course, "generation": generation_id})
        return report

    def _has_partner(self, generation: Generation, passages: Sequence[Passage]) -> bool:
        """Whether the generation lacks nothing by the encoder that is to be heard beside its own."""
        partner = self.partner
        if partner is None:
            return True
        reads = sum(partner.reads(passage.embedding_text) for passage in passages)
        return generation.manifest.partner == partner.identity and len(generation.partner or ()) == reads

    def _as_it_is(self) -> _Read:
        if self.alike is None:
            raise NotesError("error.not_indexed", course=self.files.course)
        return _Read(list(self.alike.cuts().values()), [])

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

    def _embed(self, passages: Sequence[Passage]) -> tuple[PassageVectors | None, PassageVectors | None]:
        """By the index's own encoder and by the one beside it."""
        own_share = 0.1 if self.partner else 0.7
        own = partner = None
        if self.encoder is not None:
            own = embed_passages(
                passages, self.encoder, self.before, lambda done: self._embedding(0.2 + own_share * done)
            )
        if self.partner is None:
            partner = kept_vectors(passages, self.before)
        else:
            partner = embed_passages(
                passages, self.partner, self.before, lambda done: self._embedding(0.3 + 0.6 * done)
            )
        return own, partner

    def _embedding(self, share: float) -> None:
        self.progress(share, "embedding")

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

    def _manifest(
        self,
        own: PassageVectors | None,
        partner: PassageVectors | None,
        before: str | None,
        report: RefreshReport,
    ) -> Manifest:
        return Manifest(
            id=report.generation,
            created_at=report.created_at,
            encoder=self.encoder.identity if self.encoder else None,
            notes=report.notes,
            sections=report.sections,
            passages=report.passages,
            vectors=len(own or ()),
            partner=partner.identity if partner else None,
            partner_vectors=len(partner or ()),
            hashes={source.path: source.hash for source in report.sources},
            before=before,
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


def _silent(share: float, stage: str) -> None:
    del share, stage
