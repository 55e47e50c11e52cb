"""What a note is once it has been read: its repaired text, cut into sections and passages.

Line numbers are 1-based and inclusive, and are those of the file as it lies on disk (repair never
adds or removes a line).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["en", "bg", "zh"]


def content_hash(text: str | bytes) -> str:
    """SHA-256 of a text or of raw bytes, as 64 hexadecimal digits."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the lines under it, up to the next heading of any level.

    The lines before the first heading are a section of level 0 with no own heading. Sections of a
    note follow one another without gap or overlap: every line belongs to exactly one.
    """

    id: str
    """16 hex digits of (note, heading path, occurrence): stable while the wording below changes."""
    note: str
    headings: tuple[str, ...]
    """Heading ancestry as plain text, outermost first, the own heading last; empty for level 0."""
    level: int
    start: int
    end: int
    text: str
    """The lines `start` to `end`, joined by newlines, the heading's line included."""

    @property
    def title(self) -> str:
        return self.headings[-1] if self.headings else ""

    @property
    def hash(self) -> str:
        return content_hash(self.text)


@dataclass(frozen=True, slots=True)
class Repair:
    """What the repair of a note did."""

    restored: int = 0
    """Characters that came back from mojibake although a byte of theirs was lost."""
    lost: int = 0
    """Characters that could not be restored and are U+FFFD now."""
    changed_lines: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """One file of notes."""

    path: str
    """Relative to the notes folder, with forward slashes."""
    title: str
    language: Language
    """The language of most of its prose."""
    text: str
    """Repaired, newlines normalised to \\n."""
    hash: str
    """SHA-256 of the file's raw bytes."""
    sections: tuple[Section, ...]
    repair: Repair = field(default=Repair())

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a section that fits an encoder's window; the unit of retrieval.

    Passages of a section cover its content without gap; a code block is never cut unless it alone
    is longer than the window.
    """

    id: str
    """16 hex digits of (section id, start, end, text)."""
    section_id: str
    note: str
    headings: tuple[str, ...]
    start: int
    end: int
    text: str

    @property
    def embedding_text(self) -> str:
        """What an encoder and the lexical index read: heading ancestry, then the passage."""
        return "\n".join((" > ".join(self.headings), self.text)) if self.headings else self.text


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quotation stands: `file § heading, lines a–b`."""

    note: str
    headings: tuple[str, ...]
    start: int
    end: int
    quote: str
    section_id: str

    @property
    def heading(self) -> str:
        return self.headings[-1] if self.headings else ""
