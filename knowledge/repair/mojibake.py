"""UTF-8 that was read as windows-1252 or windows-1254 and saved again, undone.

Lines that ftfy can undo whole are ftfy's. The others have lost bytes: they are taken apart into
UTF-8 sequences (`codepage`), and the holes are filled (`filling`). A line is touched only where it,
or the text all around it, is plainly mojibake.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

from knowledge.notes import Repair
from knowledge.repair.codepage import BYTES, CONTINUATIONS, HOLES, LEADS, RUN, Element, elements
from knowledge.repair.filling import LOST, Cell, fill
from knowledge.repair.repaired import Repaired

_ONLY_1252 = re.compile("[ðÐÝÞýþŽž]")
# A space that was the byte A0: between the bytes of a sequence for sure, at its end by the looks of it.
_SPACE_INSIDE = re.compile(f"(?<=[{LEADS}]) (?=[{CONTINUATIONS}])")
_SPACE_BEHIND = re.compile(f"(?<=[ä-é][{CONTINUATIONS}]) (?=[ä-é][{CONTINUATIONS}])|(?<=Ã) (?= )")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line in which characters of the code page stand."""

    number: int
    parts: list[Element]
    sure: int
    """UTF-8 sequences beyond doubt."""
    sequences: int
    """UTF-8 sequences in which something follows the first byte."""
    strangers: Counter[str]
    """Characters of the code page that seem to stand for themselves."""


def undo(text: str) -> Repaired:
    """The text with its mojibake undone; a text without any comes back as it is."""
    if not RUN.search(text):
        return Repaired(text, Repair())
    before = text.split("\n")
    lines = _with_no_break_spaces(before)
    found = _found(lines)
    halves = _halves(found)
    everywhere = _is_everywhere(found, lines, halves)
    damaged: list[_Line] = []
    for line in found:
        source = lines[line.number]
        if everywhere or line.sure or not any(part.known for part in line.parts):
            lines[line.number] = _undone_by_ftfy(source)
        if lines[line.number] == source and (everywhere or _is_misread(line, source)):
            damaged.append(line)
    if everywhere and all(character.isascii() or RUN.match(character) for character in set(text)):
        halves = frozenset(BYTES)  # nothing in it is as it was written
    holes = _holes(found)
    rows = [list(_cells(line, holes, halves if everywhere else ())) for line in damaged]
    numbers = {line.number for line in damaged}
    filled = fill(rows, [line for number, line in enumerate(lines) if number not in numbers])
    for line, mended in zip(damaged, filled.lines, strict=True):
        lines[line.number] = mended
    changed = sum(old != new for old, new in zip(before, lines, strict=True))
    return Repaired("\n".join(lines), Repair(filled.restored, filled.lost, changed))


def _with_no_break_spaces(lines: list[str]) -> list[str]:
    """The lines, or, if the text was misread and then lost its no-break spaces, the lines with them."""
    if not any(_SPACE_INSIDE.search(line) for line in lines):
        return list(lines)
    spaced = [_SPACE_BEHIND.sub("\xa0", _SPACE_INSIDE.sub("\xa0", line)) for line in lines]
    found = _found(spaced)
    return spaced if _is_everywhere(found, spaced, _halves(found)) else list(lines)


def _found(lines: Sequence[str]) -> list[_Line]:
    return [_taken_apart(number, line) for number, line in enumerate(lines) if RUN.search(line)]


def _taken_apart(number: int, line: str) -> _Line:
    parts = list(elements(line))
    sure = sum(part.sure for part in parts)
    sequences = sum(len(part.known) > 1 for part in parts)
    strangers = Counter(part.source for place, part in enumerate(parts) if _is_stranger(parts, place))
    return _Line(number, parts, sure, sequences, strangers)


def _is_stranger(parts: Sequence[Element], place: int) -> bool:
    """Whether a character of the code page stands there that has no part in a misread sequence."""
    part = parts[place]
    if part.stray:
        return True
    if not part.broken or len(part.known) > 1:
        return False
    neighbours = [*parts[max(place - 1, 0) : place], *parts[place + 1 : place + 2]]
    return not any(neighbour.known for neighbour in neighbours)


def _halves(found: Sequence[_Line]) -> Collection[str]:
    """Characters like Ã that the text has with their other halves, so that a lone one is a half, too."""
    leads = Counter(part.source[0] for line in found for part in line.parts if part.whole)
    return frozenset(lead for lead, count in leads.items() if count > 1)


def _is_everywhere(found: Sequence[_Line], lines: Sequence[str], halves: Collection[str]) -> bool:
    """Whether the text as a whole was misread, all but a few characters of it."""
    strangers = sum(n for line in found for source, n in line.strangers.items() if source not in halves)
    sequences = sum(line.sequences for line in found)
    return strangers * 10 <= sequences and any(line.sure and is_bad(lines[line.number]) for line in found)


def _is_misread(line: _Line, source: str) -> bool:
    """Whether a line of a text that is mostly as it was written was misread."""
    return line.sure > 0 and line.strangers.total() * 4 <= line.sequences and is_bad(source)


def _undone_by_ftfy(line: str) -> str:
    if not is_bad(line):
        return line
    simple = fix_encoding(line, _only_encoding())
    return line if "\n" in simple or "\r" in simple or LOST in simple else simple


@cache
def _only_encoding() -> TextFixerConfig:
    """Whole lines, nothing guessed, nothing but the encoding."""
    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        restore_byte_a0=False,
        replace_lossy_sequences=False,
        decode_inconsistent_utf8=False,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )


def _holes(found: Sequence[_Line]) -> tuple[int, ...]:
    """The bytes that this text has lost: those that it might have and nowhere shows."""
    parts = [part for line in found for part in line.parts if part.known]
    seen = {byte for part in parts if part.whole for byte in part.known}
    if any(_ONLY_1252.search(part.source) for part in parts):
        seen |= {0x8E, 0x9E}
    return tuple(byte for byte in HOLES if byte not in seen)


def _cells(line: _Line, holes: tuple[int, ...], halves: Collection[str]) -> Iterator[Cell]:
    for place, part in enumerate(line.parts):
        if part.stray and "\x80" <= part.source <= "\x9f":
            yield Cell((), fixed=False)
        elif not part.broken or (part.source not in halves and _is_stranger(line.parts, place)):
            yield from (Cell((character,), fixed=True) for character in part.character)
        else:
            yield Cell(part.candidates(holes), fixed=False)
