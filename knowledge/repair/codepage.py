"""Text read through the wrong code page, as the UTF-8 that it was, with holes where bytes were lost.

UTF-8 read as windows-1252 or windows-1254 turns each byte into one character, but a few bytes have
none in the code page, and many editors drop the soft hyphen. The first byte of a sequence is never
among them, so that the sequences can still be told apart; only what stood in a hole is to be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

HOLES = (0x81, 0x8D, 0x8E, 0x8F, 0x90, 0x9D, 0x9E, 0xAD)
"""Bytes that windows-1254 (and -1252, but for 8E and 9E) leaves undefined, and the soft hyphen."""


def _bytes_of_characters() -> dict[str, int]:
    # No character has different bytes in the two code pages, so that one table serves both. The
    # control characters U+0080 to U+009F are what lenient decoders make of undefined bytes.
    table = {chr(byte): byte for byte in range(0x80, 0x100)}
    for encoding in ("cp1252", "cp1254"):
        for byte in range(0x80, 0x100):
            character = bytes([byte]).decode(encoding, "ignore")
            if character:
                table[character] = byte
    return table


BYTES = _bytes_of_characters()
LEADS = re.escape("".join(character for character, byte in BYTES.items() if 0xE0 <= byte <= 0xF4))
"""Characters that stand for the first byte of three or four, for a class of a regular expression."""
CONTINUATIONS = re.escape("".join(character for character, byte in BYTES.items() if byte < 0xC0))
RUN = re.compile(f"[{re.escape(''.join(BYTES))}]+")


@dataclass(frozen=True, slots=True)
class Element:
    """What a few characters of a misread text stand for."""

    source: str
    known: tuple[int, ...] = ()
    """The bytes of one UTF-8 sequence as far as they are there; empty if the source is itself."""
    length: int = 0
    """How many bytes the sequence had."""

    @property
    def whole(self) -> bool:
        return bool(self.known) and len(self.known) == self.length

    @property
    def sure(self) -> bool:
        """Whether this is hardly anything but a misread sequence."""
        return (self.whole and not self.doubtful) or self.source.startswith(("â€", "ðŸ", "ğŸ"))

    @property
    def doubtful(self) -> bool:
        """A letter and a quotation mark or dash, as they also meet in text that was read aright."""
        return self.length == 2 and self.source[-1] in "‘’‚“”„–—…•›"

    @property
    def broken(self) -> bool:
        return len(self.known) < self.length

    @property
    def stray(self) -> bool:
        """A character of the code page that is no part of a sequence."""
        return not self.length and self.source in BYTES

    @property
    def character(self) -> str:
        """The character of a whole sequence, or the source."""
        return bytes(self.known).decode("utf-8") if self.whole else self.source

    def candidates(self, holes: tuple[int, ...] = HOLES) -> tuple[str, ...]:
        """The assigned characters that a broken sequence can have been."""
        return _candidates(self.known, self.length, holes)


@lru_cache(4096)
def _candidates(known: tuple[int, ...], length: int, holes: tuple[int, ...]) -> tuple[str, ...]:
    missing = length - len(known)
    found: dict[str, None] = {}
    for places in combinations(range(length - 1), missing):
        for fillers in product(holes, repeat=missing):
            present, filled = iter(known[1:]), iter(fillers)
            tail = bytes(next(filled if place in places else present) for place in range(length - 1))
            character = (bytes(known[:1]) + tail).decode("utf-8", "ignore")
            if len(character) == 1 and unicodedata.category(character) not in ("Cc", "Cn", "Co", "Cs"):
                found[character] = None
    return tuple(found)


def elements(line: str) -> Iterator[Element]:
    """The line as whole and broken UTF-8 sequences; what can't be one stands for itself."""
    position = 0
    for run in RUN.finditer(line):
        if position < run.start():
            yield Element(line[position : run.start()])
        position = run.end()
        yield from _sequences(run[0])
    if position < len(line):
        yield Element(line[position:])


def _sequences(run: str) -> Iterator[Element]:
    position = 0
    while position < len(run):
        lead = BYTES[run[position]]
        length = _length(lead)
        known = [lead]
        for character in run[position + 1 : position + length]:
            if not 0x80 <= BYTES[character] <= 0xBF:
                break
            known.append(BYTES[character])
        if not length or (len(known) == length and not bytes(known).decode("utf-8", "ignore")):
            yield Element(run[position])
            position += 1
        else:
            yield Element(run[position : position + len(known)], tuple(known), length)
            position += len(known)


def _length(lead: int) -> int:
    for length, first, last in ((2, 0xC2, 0xDF), (3, 0xE0, 0xEF), (4, 0xF0, 0xF4)):
        if first <= lead <= last:
            return length
    return 0
