"""The lines around a citation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.errors import NotesError

if TYPE_CHECKING:
    from knowledge.library import Library


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
