"""An index generation: everything that a question is answered from, in one folder that is never changed.

manifest.json     format, id, time, encoder identity, counts, note hashes, report
notes.jsonl       one note a line: repaired text and where its sections begin and end
passages.jsonl    one passage a line
readings.jsonl    one section a line, cut into what can be quoted (`knowledge.reading`)
passages/, notes/               BM25 of each (`knowledge.lexical`)
vectors.faiss, rows.npy         vectors of the passages that the encoder reads, if there was one
tokens.npz                      their tokens, if these have vectors of their own (`knowledge.soft_match`)
partner/                        vectors of the encoder beside it, likewise
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from knowledge.cutting import CutNote
from knowledge.embed import Vectors
from knowledge.errors import NotesError
from knowledge.index_dense import Dense, save_dense
from knowledge.index_terms import note_terms, passage_terms
from knowledge.language import detect_language, written_in_english
from knowledge.lexical import Lexical, build_lexical
from knowledge.notes import Language, Note, Passage, Repair, Section
from knowledge.reading import ReadSection, reading_from_json
from knowledge.soft_match import PassageTokens

FORMAT = 7
PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself."""

    id: str
    created_at: datetime
    encoder: str | None
    """Identity of the encoder that made the vectors."""
    notes: int
    sections: int
    passages: int
    vectors: int
    partner: str | None
    """Identity of the encoder that is heard beside it."""
    partner_vectors: int
    hashes: dict[str, str]
    """SHA-256 of each note's file, by path."""
    before: str | None
    """The generation that was in use until this one; what a rollback returns to."""
    report: dict[str, Any]
    """`RefreshReport.to_json()` of the refresh that made it."""
    recipe: str = ""
    """How its notes were read and cut (`knowledge.cutting`)."""


class Generation:
    """A generation in memory. Immutable: any number of threads may read it, and its folder may go."""

    def __init__(
        self,
        manifest: Manifest,
        notes: Sequence[Note],
        passages: Sequence[Passage],
        lexical: Lexical,
        note_lexical: Lexical,
        dense: Dense | None,
        readings: Sequence[str],
        tokens: PassageTokens | None = None,
        partner: Dense | None = None,
    ) -> None:
        self.manifest = manifest
        self.notes = tuple(notes)
        self.passages = tuple(passages)
        self.lexical = lexical
        """BM25 over passages, numbered as in `passages`."""
        self.note_lexical = note_lexical
        """BM25 over notes, numbered as in `notes`."""
        self.dense = dense
        self.tokens = tokens
        self.partner = partner
        """Vectors of the encoder beside the index's own."""
        ids = (section.id for note in notes for section in note.sections)
        self._unread = dict(zip(ids, readings, strict=True))
        self._readings: dict[str, ReadSection] = {}

    @property
    def id(self) -> str:
        return self.manifest.id

    @cached_property
    def by_path(self) -> dict[str, Note]:
        return {note.path: note for note in self.notes}

    @cached_property
    def sections(self) -> dict[str, Section]:
        """By id."""
        return {section.id: section for note in self.notes for section in note.sections}

    @cached_property
    def note_of_passage(self) -> NDArray[np.int32]:
        """Number of the note that each passage is from."""
        numbers = {note.path: number for number, note in enumerate(self.notes)}
        return np.array([numbers[passage.note] for passage in self.passages], dtype=np.int32)

    @cached_property
    def languages(self) -> NDArray[np.str_]:
        """The language that each passage is mostly written in; that of its note where it is code or terms."""
        found = [self._language(passage) for passage in self.passages]
        return np.array(found, dtype="U2")

    def _language(self, passage: Passage) -> Language:
        language, own = detect_language(passage.text), self.by_path[passage.note].language
        return own if language == "en" != own and not written_in_english(passage.text) else language

    def reading(self, section: Section) -> ReadSection:
        """A section of this generation as it was read at the refresh."""
        reading = self._readings.get(section.id)
        if reading is None:
            reading = reading_from_json(section, json.loads(self._unread[section.id]))
            self._readings[section.id] = reading
        return reading

    def cuts(self) -> dict[str, CutNote]:
        """Its notes as they were cut, by path."""
        passages: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in self.passages:
            passages[passage.note].append(passage)
        return {
            note.path: CutNote(
                note, tuple(passages[note.path]), tuple(self._unread[section.id] for section in note.sections)
            )
            for note in self.notes
        }

    @classmethod
    def open(cls, folder: Path) -> Generation:
        """Reads a generation whole. FileNotFoundError if it is gone; NotesError if it can't be read."""
        try:
            manifest = read_manifest(folder)
            notes = [_note(json.loads(line)) for line in _lines(folder / "notes.jsonl")]
            passages = [_passage(json.loads(line)) for line in _lines(folder / "passages.jsonl")]
            if len(passages) != manifest.passages:
                raise ValueError(f"{len(passages)} of {manifest.passages} passages")
            return cls(
                manifest,
                notes,
                passages,
                Lexical.load(folder / "passages"),
                Lexical.load(folder / "notes"),
                Dense.load(folder, len(passages)),
                _lines(folder / "readings.jsonl"),
                PassageTokens.load(folder, len(passages)),
                Dense.load(folder / PARTNER, len(passages)),
            )
        except FileNotFoundError:
            raise
        except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
            raise NotesError("error.index_unreadable", path=str(folder)) from error


def read_manifest(folder: Path) -> Manifest:
    """The manifest alone. FileNotFoundError if there is none; NotesError if it is of another format."""
    stored = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if stored.pop("format", None) != FORMAT:
        raise NotesError("error.index_unreadable", path=str(folder))
    return Manifest(**{**stored, "created_at": datetime.fromisoformat(stored["created_at"])})


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """What an encoder made of an index's passages."""

    identity: str
    vectors: Vectors
    passages: NDArray[np.int32]
    """The numbers of the passages that have a vector, ascending."""
    embedded: int
    """How many of the vectors are new."""
    tokens: PassageTokens | None = None

    def __len__(self) -> int:
        return len(self.passages)


def write_generation(
    folder: Path,
    cuts: Sequence[CutNote],
    own: PassageVectors | None,
    partner: PassageVectors | None = None,
    before: Generation | None = None,
) -> None:
    """Writes all but the manifest into a new folder; `own`: by the index's encoder, `partner`: beside it.

    The terms of notes that `before`, of the same recipe, has too aren't counted again.
    """
    for part in ("passages", "notes"):
        (folder / part).mkdir(parents=True)
    passages = (passage for cut in cuts for passage in cut.passages)
    _write_lines(folder / "notes.jsonl", (_dumped(_note_json(cut.note)) for cut in cuts))
    _write_lines(folder / "passages.jsonl", (_dumped(_passage_json(passage)) for passage in passages))
    _write_lines(folder / "readings.jsonl", (reading for cut in cuts for reading in cut.readings))
    known_notes, known_passages = (before.notes, before.passages) if before else ((), ())
    lexical, note_lexical = (before.lexical, before.note_lexical) if before else (None, None)
    build_lexical(passage_terms(cuts, known_notes, known_passages), lexical).save(folder / "passages")
    build_lexical(note_terms(cuts, known_notes), note_lexical).save(folder / "notes")
    if own is not None:
        save_dense(folder, own.vectors, own.passages)
        if own.tokens is not None:
            own.tokens.save(folder)
    if partner is not None:
        save_dense(folder / PARTNER, partner.vectors, partner.passages)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest, which makes a generation complete."""
    stored = {
        "format": FORMAT,
        **{name: getattr(manifest, name) for name in manifest.__slots__},
        "created_at": manifest.created_at.isoformat(),
    }
    (folder / "manifest.json").write_text(json.dumps(stored, ensure_ascii=False, indent=1), encoding="utf-8")


def _note_json(note: Note) -> dict[str, Any]:
    return {
        "path": note.path,
        "title": note.title,
        "language": note.language,
        "text": note.text,
        "hash": note.hash,
        "repair": [note.repair.restored, note.repair.lost, note.repair.changed_lines],
        "sections": [[s.id, list(s.headings), s.level, s.start, s.end] for s in note.sections],
    }


def _note(stored: dict[str, Any]) -> Note:
    lines = stored["text"].split("\n")
    sections = tuple(
        Section(
            id=section_id,
            note=stored["path"],
            headings=tuple(headings),
            level=level,
            start=start,
            end=end,
            text="\n".join(lines[start - 1 : end]),
        )
        for section_id, headings, level, start, end in stored["sections"]
    )
    return Note(
        path=stored["path"],
        title=stored["title"],
        language=stored["language"],
        text=stored["text"],
        hash=stored["hash"],
        sections=sections,
        repair=Repair(*stored["repair"]),
    )


def _passage_json(passage: Passage) -> list[Any]:
    return [getattr(passage, name) for name in Passage.__slots__]


def _passage(stored: list[Any]) -> Passage:
    identity, section_id, note, headings, start, end, text = stored
    return Passage(identity, section_id, note, tuple(headings), start, end, text)


def _dumped(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False)


def _write_lines(file: Path, lines: Iterable[str]) -> None:
    with file.open("w", encoding="utf-8", errors="surrogatepass") as stream:
        stream.writelines(line + "\n" for line in lines)


def _lines(file: Path) -> list[str]:
    # Not splitlines(): notes may hold U+2028 and the like, which JSON leaves as they are.
    with file.open(encoding="utf-8", errors="surrogatepass", newline="\n") as stream:
        return [line.removesuffix("\n") for line in stream]
