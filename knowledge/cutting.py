"""A note cut into all that an index holds of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from knowledge.notes import Note, Passage
from knowledge.passages import CountTokens, split_passages
from knowledge.reading import read_section, reading_json
from knowledge.sections import section_tokens


@dataclass(frozen=True, slots=True)
class CutNote:
    """A note with its passages, and its sections as they are read for answering."""

    note: Note
    passages: tuple[Passage, ...]
    readings: tuple[str, ...]
    """One line of JSON for each section (`knowledge.reading`)."""


def cut_note(note: Note, count_tokens: CountTokens, window: int) -> CutNote:
    """Cuts a note's sections into passages of at most `window` tokens and into what can be quoted."""
    passages: list[Passage] = []
    readings: list[str] = []
    for section in note.sections:
        tokens = section_tokens(section)
        passages += split_passages(section, count_tokens, window, tokens)
        readings.append(json.dumps(reading_json(read_section(section, tokens)), ensure_ascii=False))
    return CutNote(note, tuple(passages), tuple(readings))
