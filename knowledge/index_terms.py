"""What the lexical index counts of passages and of notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from knowledge.cutting import CutNote
from knowledge.notes import Note, Passage
from knowledge.postings import Fields
from knowledge.terms import terms

HEADING_WEIGHT = 2.0
"""How often a word of the own heading counts."""
ANCESTRY_WEIGHT = 2.0
FILE_WEIGHT = 1.0


def passage_terms(
    cuts: Sequence[CutNote], notes: Sequence[Note], passages: Sequence[Passage]
) -> Iterator[Fields | int]:
    """The terms of each passage, or its number among `passages`, those of `notes`, counted before."""
    numbers = {passage.id: number for number, passage in enumerate(passages)}
    for cut, known in _known(cuts, notes):
        for passage in cut.passages:
            yield _passage_fields(passage, cut.note.title) if known is None else numbers[passage.id]


def note_terms(cuts: Sequence[CutNote], notes: Sequence[Note]) -> Iterator[Fields | int]:
    """The terms of each note, or its number among `notes`, counted before."""
    for cut, known in _known(cuts, notes):
        yield _note_fields(cut.note) if known is None else known


def _known(cuts: Sequence[CutNote], notes: Sequence[Note]) -> Iterator[tuple[CutNote, int | None]]:
    numbers = {note.path: number for number, note in enumerate(notes)}
    for cut in cuts:
        number = numbers.get(cut.note.path)
        yield cut, number if number is not None and notes[number] == cut.note else None


def _passage_fields(passage: Passage, title: str) -> Fields:
    return (1.0, terms(passage.text)), *_place_fields(passage.headings, passage.note, title)


@lru_cache(maxsize=64)
def _place_fields(headings: tuple[str, ...], path: str, title: str) -> Fields:
    """What all passages of a section share."""
    words = _file_words(path)
    return (
        (HEADING_WEIGHT, terms(headings[-1]) if headings else []),
        (ANCESTRY_WEIGHT, terms(" \n".join(headings[:-1]))),
        (FILE_WEIGHT, terms(words if title in headings else f"{title}\n{words}")),
    )


def _note_fields(note: Note) -> Fields:
    return (1.0, terms(note.text)), (FILE_WEIGHT, terms(f"{note.title}\n{_file_words(note.path)}"))


def _file_words(path: str) -> str:
    """The path without its suffix; the slashes part words."""
    return path.rpartition(".")[0].replace("/", " ") or path
