"""The lines that a citation names: around them, and where they are after the note has changed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core import catalogue
from bot.core.context import action_id
from bot.core.topics import note_key
from knowledge.errors import NotesError
from knowledge.notes import Citation, Language

if TYPE_CHECKING:
    from knowledge.library import Library


_LONGEST_ACTION = 100


@dataclass(frozen=True, slots=True)
class PassageView:
    """Cited lines with the section around them."""

    note: str
    title: str
    headings: tuple[str, ...]
    start: int
    end: int
    first_line: int
    """The number of `lines[0]`."""
    lines: tuple[str, ...]


def view(library: Library, course: str, path: str, start: int, end: int) -> PassageView:
    """The section that holds line `start`, widened to `end` where the citation goes on beyond it."""
    note = library.note(course, path)
    section = next((one for one in note.sections if one.start <= start <= one.end), None)
    if section is None or end < start:
        raise NotesError("error.passage_gone", note=path, start=start, end=end)
    lines = note.lines
    last = min(max(section.end, end), len(lines))
    return PassageView(
        note=path,
        title=note.title,
        headings=section.headings,
        start=start,
        end=min(end, last),
        first_line=section.start,
        lines=tuple(lines[section.start - 1 : last]),
    )


def passage_action(citation: Citation) -> str:
    """The id of the action that shows a citation's lines, with what recognises them later."""
    lines = f"{citation.start}-{citation.end}"
    action = action_id("passage", note=note_key(citation.note), at=lines, of=mark(citation.quote))
    return action if len(action) <= _LONGEST_ACTION else action.rpartition("&")[0]


def lines_label(language: Language, start: int, end: int) -> str:
    """`lines 3–7`, as plain text."""
    return catalogue.label(language, "passage.lines" if end > start else "passage.line", start=start, end=end)


def mark(quote: str) -> str:
    """What recognises a quotation, whatever its markup and line breaks: a checksum and its length."""
    told = _told(quote)
    return f"{zlib.crc32(told.encode()):x}.{len(told):x}" if told else ""


def whereabouts(lines: Sequence[str], start: int, end: int, recognised: str) -> tuple[int, int] | None:
    """The lines (from, to) where the quotation behind a mark stands now; None where it is gone.

    That is `start` to `end` if it still stands there, else the first place where it does.
    """
    checksum, _, length = recognised.partition(".")
    try:
        wanted, size = int(checksum, 16), int(length, 16)
    except ValueError:
        return None
    if _found(lines[start - 1 : end], wanted, size) is not None:
        return start, end
    found = _found(lines, wanted, size)
    return (found[0] + 1, found[1] + 1) if found else None


def _found(lines: Sequence[str], wanted: int, size: int) -> tuple[int, int] | None:
    """The first and last of the lines that hold a text of that checksum and length."""
    told = [(number, character) for number, line in enumerate(lines) for character in _told(line)]
    if not size:
        return None
    text = "".join(character for _, character in told)
    for place in range(len(text) - size + 1):
        if zlib.crc32(text[place : place + size].encode()) == wanted:
            return told[place][0], told[place + size - 1][0]
    return None


def _told(text: str) -> str:
    """Letters and digits alone: neither markup nor line breaks nor a repaired dash change them."""
    return "".join(character for character in text if character.isalnum())
