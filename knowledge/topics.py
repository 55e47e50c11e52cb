"""A note by what someone calls it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from knowledge.hearing import UNHEARD
from knowledge.index import Generation
from knowledge.notes import Note
from knowledge.retrieve import search
from knowledge.terms import terms

_LIKE = 0.74
"""How alike two names must be, as `SequenceMatcher.ratio` tells it, to be taken for one."""
_SEARCHED = 30


@dataclass(frozen=True, slots=True)
class NoteHit:
    """A note found by a topic."""

    note: Note
    score: float
    """1.0 for the exact title or path, less for a likeness; below 0.5 where only its text speaks for it."""


def find_note(generation: Generation, topic: str) -> list[NoteHit]:
    """Notes for a topic, best first: by title, path or heading, by likeness, else by retrieval.

    All notes for an empty topic, in order, with score 0.
    """
    wanted = _folded(topic)
    if not wanted:
        return [NoteHit(note, 0.0) for note in generation.notes]
    named = [NoteHit(note, max(_named(wanted, note))) for note in generation.notes]
    found = {hit.note.path: hit for hit in named if hit.score >= 0.5}
    hits = search(generation, topic, UNHEARD, _SEARCHED)
    best = hits[0].score if hits else 0.0
    for hit in hits:
        if hit.passage.note not in found:
            found[hit.passage.note] = NoteHit(generation.by_path[hit.passage.note], 0.49 * hit.score / best)
    return sorted(found.values(), key=lambda hit: -hit.score)


def _named(wanted: str, note: Note) -> Iterator[float]:
    """How well each name of the note fits."""
    path = PurePosixPath(note.path)
    yield 1.0 if wanted in (note.path.casefold(), path.name.casefold(), path.stem.casefold()) else 0.0
    yield _fits(wanted, note.title)
    yield 0.9 * _fits(wanted, path.stem)
    for section in note.sections:
        if section.headings:
            yield 0.85 * _fits(wanted, section.title)


def _fits(wanted: str, name: str) -> float:
    folded = _folded(name)
    if not folded:
        return 0.0
    if wanted == folded:
        return 1.0
    asked, named = set(terms(wanted)), set(terms(folded))
    if asked and asked == named:
        return 0.97
    if asked and asked < named:
        return 0.6 + 0.3 * len(asked) / len(named)
    if len(wanted) < 4:
        return 0.0
    ratio = SequenceMatcher(None, wanted, folded, autojunk=False)
    if ratio.real_quick_ratio() < _LIKE or ratio.quick_ratio() < _LIKE:
        return 0.0
    likeness = ratio.ratio()
    return 0.9 * likeness if likeness >= _LIKE else 0.0


def _folded(text: str) -> str:
    """Lower case, full-width levelled, signs and runs of white space as one space."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())
