"""A note cut into all that an index holds of it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from knowledge.embed import Encoder
from knowledge.notes import Note, Passage
from knowledge.passages import split_passages
from knowledge.reading import read_section, reading_json
from knowledge.scripts import count_scripts
from knowledge.sections import section_tokens

WINDOW_WITHOUT_ENCODER = 256
_LIBRARIES = ("ftfy", "jieba", "markdown-it-py", "pystemmer")
"""Those that decide what a note is read as."""


@dataclass(frozen=True, slots=True)
class CutNote:
    """A note with its passages, and its sections as they are read for answering."""

    note: Note
    passages: tuple[Passage, ...]
    readings: tuple[str, ...]
    """One line of JSON for each section (`knowledge.reading`)."""


class Cutter:
    """Cuts notes into passages that fit an encoder's window, and into what can be quoted."""

    def __init__(self, encoder: Encoder | None) -> None:
        self._count_tokens = encoder.count_tokens if encoder else _rough_tokens
        self._window = encoder.window if encoder else WINDOW_WITHOUT_ENCODER
        made_with = [_program(), unicodedata.unidata_version, encoder and encoder.identity, self._window]
        self.recipe = hashlib.sha256(json.dumps(made_with).encode()).hexdigest()
        """Of the same recipe, the same file gives the same note and cut: a hash of program and encoder."""

    def cut(self, note: Note) -> CutNote:
        passages: list[Passage] = []
        readings: list[str] = []
        for section in note.sections:
            tokens = section_tokens(section)
            passages += split_passages(section, self._count_tokens, self._window, tokens)
            readings.append(json.dumps(reading_json(read_section(section, tokens)), ensure_ascii=False))
        return CutNote(note, tuple(passages), tuple(readings))


def _rough_tokens(texts: Sequence[str]) -> list[int]:
    """About what a subword tokenizer would count, where there is none."""
    return [int(1.4 * sum(count_scripts(text).values()) + 0.2 * len(text.split())) + 2 for text in texts]


@cache
def _program() -> list[str]:
    folder = Path(__file__).parent
    files = sorted((*folder.rglob("*.py"), folder / "repair" / "bulgarian.txt"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return [digest, *map(_version, _LIBRARIES)]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
