"""Lines with holes, filled: Chinese by words, Bulgarian by letters, all else by what is common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Literal

from knowledge.repair import bulgarian, chinese, symbols

LOST = "\ufffd"
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_EVIDENCE = 100_000
"""Undamaged Chinese characters of a note that are looked at for its words."""
_LONGEST_WORD = 100
_CONTEXT = 80
"""Characters before a hole that are looked at where no dictionary helps."""

Script = Literal["han", "bulgarian", ""]


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a line."""

    options: tuple[str, ...]
    """The character that stands there, or those that may."""
    fixed: bool

    @property
    def script(self) -> Script:
        if any("\u4e00" <= character <= "\u9fff" for character in self.options):
            return "han"
        return "bulgarian" if any(character in bulgarian.LETTERS for character in self.options) else ""


@dataclass(frozen=True, slots=True)
class Filled:
    lines: list[str]
    restored: int
    lost: int


_Stretch = list[Cell]
_Solver = Callable[[list[_Stretch]], Iterable[list[str]]]


def fill(rows: Sequence[Sequence[Cell]], others: Sequence[str]) -> Filled:
    """The lines with their holes filled, U+FFFD where that can't be done with some certainty.

    `others` are the note's lines that have no holes.
    """
    stretches = [(script, list(cells)) for row in rows for script, cells in groupby(row, lambda c: c.script)]
    by_words = _solved(stretches, "han", lambda found: _chinese(found, stretches, others))
    familiar = {cell.options[0] for row in rows for cell in row if cell.fixed}.union(*others)
    by_letters = _solved(
        stretches, "bulgarian", _bulgarian if familiar.isdisjoint(bulgarian.FOREIGN) else _nothing
    )
    lines: list[str] = []
    restored = lost = 0
    for row in rows:
        text = ""
        for place, cell in enumerate(row):
            if cell.fixed:
                text += cell.options[0]
                continue
            if cell.script == "han":
                character = next(by_words)
            elif cell.script == "bulgarian":
                character = next(by_letters)
            else:
                character = symbols.choose(cell.options, text[-_CONTEXT:], _next(row, place + 1), familiar)
            restored += bool(character)
            lost += not character
            text += character or LOST
        lines.append(text)
    return Filled(lines, restored, lost)


def _next(row: Sequence[Cell], place: int) -> str:
    """What comes next: the character there, or the commonest that may be."""
    return max(row[place].options, key=symbols.frequency, default="") if place < len(row) else ""


def _solved(stretches: Iterable[tuple[Script, _Stretch]], script: Script, solver: _Solver) -> Iterator[str]:
    """The characters found for the holes of a script, in order; empty where none is."""
    found = [cells for kind, cells in stretches if kind == script and not all(cell.fixed for cell in cells)]
    for cells, characters in zip(found, solver(found) if found else (), strict=True):
        yield from (c for c, cell in zip(characters, cells, strict=True) if not cell.fixed)


def _nothing(found: list[_Stretch]) -> Iterable[list[str]]:
    return ([""] * len(cells) for cells in found)


def _bulgarian(found: list[_Stretch]) -> Iterable[list[str]]:
    for cells in found:
        if len(cells) > _LONGEST_WORD:
            yield [cell.options[0] if cell.fixed else "" for cell in cells]
        else:
            yield bulgarian.restore(tuple(cell.options for cell in cells))


def _chinese(
    found: list[_Stretch], stretches: Iterable[tuple[Script, _Stretch]], others: Iterable[str]
) -> Iterable[list[str]]:
    slots = [tuple(cell.options for cell in cells) for cells in found]
    unique = list(dict.fromkeys(slots))
    inside = ("".join(c.options[0] if c.fixed else "\n" for c in cells) for _, cells in stretches)
    solved = dict(zip(unique, chinese.restore(unique, _undamaged(chain(inside, others))), strict=True))
    return (solved[slot] for slot in slots)


def _undamaged(texts: Iterable[str]) -> list[str]:
    """The Chinese of some texts, up to a length that is enough to know their words."""
    pieces: list[str] = []
    room = _EVIDENCE
    for piece in (piece for text in texts for piece in _HAN.findall(text)):
        if room <= 0:
            break
        pieces.append(piece[:room])
        room -= len(piece)
    return pieces
