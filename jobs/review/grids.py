"""Questions from tables: what stands for a row in a column, or to which row an entry belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from jobs.review.blocks import Row, rows
from jobs.review.choices import Choice
from jobs.review.definitions import language_of
from jobs.review.prompts import NUMBERING, Prompt, heading, plain
from jobs.review.standing import broken, teaches
from jobs.review.wordings import WORDINGS
from knowledge.notes import Language, Note, Section, content_hash
from knowledge.terms import is_word, terms

LEAST = 3
"""Different entries of a column from which on it can be asked about."""
_OTHERS = 3
_SHORT, _SHORT_HAN, _LONG, _KEY, _LONGEST_CHOICE = 70, 35, 240, 60, 120
_MOSTLY_NUMBERS = 0.12
_UNFIT = re.compile(
    r"@|[❌✅✓✗☑•]|^\W*(?:\d[\d.,]*\W*\w{0,4}|yes|no|да|не|是|否|none|n/a)?\W*$", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    r"^(?:aspects?|features?|propert(?:y|ies)|characteristics?|criteri(?:on|a)|metrics?|categor(?:y|ies)|attributes?"
    r"|аспект|характеристика|свойство|признак|критерий|показател|方面|特性|特征|属性|指标|项目|类别|对比项?|)$",
    re.IGNORECASE,
)
"""What the first column of a comparison is headed by."""
_NAMELESS = re.compile(r"^(?:#|no\.?|№|index|id|号|序号|编号|\d+|column \d+)$", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[,，、;；/]|\bor\b|\band\b|\bили\b|\bи\b|或|和)\s*")


def grids(note: Note) -> list[Prompt]:
    """The questions of the note's tables."""
    return [
        prompt
        for section in note.sections
        if teaches(section)
        for table in _tables(section)
        for prompt in _asked(note, section, table)
    ]


def _tables(section: Section) -> Iterator[list[Row]]:
    table: list[Row] = []
    for row in rows(section):
        if table and (row.header != table[-1].header or row.line != table[-1].line + 1):
            yield table
            table = []
        table.append(row)
    if table:
        yield table


def _asked(note: Note, section: Section, table: Sequence[Row]) -> Iterator[Prompt]:
    grid = _grid(note, section, table)
    if grid is None:
        return
    for column in range(1, len(grid.header)):
        fit = not _NAMELESS.match(grid.header[column]) and not any(map(_unfit, grid.column(column)))
        if grid.compares and not len(grid.header) - 1 >= 3:
            continue
        for at in range(len(grid.cells)):
            if (fit or (grid.compares and not any(map(_unfit, grid.cells[at])))) and (
                prompt := _question(grid, column, at)
            ):
                yield prompt


@dataclass(frozen=True, slots=True)
class _Grid:
    """A table whose rows are all complete, its markup taken off."""

    section: Section
    heading: str
    language: Language
    header: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    compares: bool
    """Its columns are the things compared and its rows what they are compared by: entries of a row are of
    one kind, those of a column aren't."""

    def column(self, number: int) -> list[str]:
        return [row[number] for row in self.cells]


def _grid(note: Note, section: Section, table: Sequence[Row]) -> _Grid | None:
    header = tuple(plain(cell) for cell in table[0].header)
    filled = [row for row in table if len(row.cells) == len(header)]
    cells = tuple(
        (NUMBERING.sub("", plain(row.cells[0])), *(plain(cell) for cell in row.cells[1:])) for row in filled
    )
    keys = [row[0] for row in cells]
    if (
        len(header) < 2
        or len(cells) < LEAST
        or len(set(keys)) < len(keys)
        or _NAMELESS.match(header[0])
        or any(_unfit(key) or len(key) > _KEY for key in keys)
    ):
        return None
    title = heading(section.title) or note.title
    spoken = language_of(" ".join((title, *header, *keys)), note.language)
    compares = bool(_ATTRIBUTE.search(header[0])) or _across(cells) > _along(cells)
    return _Grid(section, title, spoken, header, cells, tuple(row.line for row in filled), compares)


def _question(grid: _Grid, column: int, at: int) -> Prompt | None:
    key, entry = grid.cells[at][0], grid.cells[at][column]
    if _words(key) & _words(entry) or not entry:
        return None
    short = _SHORT_HAN if re.search(r"[\u3400-\u9fff]", entry) else _SHORT
    words = WORDINGS[grid.language]
    if grid.compares:
        choices = _choices(entry, grid.cells[at][1:], "")
        form = "cell"
    elif len(entry) <= short:
        choices = _choices(entry, grid.column(column), key)
        form = "cell"
    elif len(entry) <= _LONG and grid.column(column).count(entry) == 1:
        choices = _choices(key, grid.column(0), entry)
        form = "row"
    else:
        return None
    if not choices or max(len(choice.text) for choice in choices) > _LONGEST_CHOICE:
        return None
    if form == "cell":
        text = words["cell"].format(heading=grid.heading, key=key, column=grid.header[column])
    else:
        text = words["row"].format(
            heading=grid.heading, first=grid.header[0], column=grid.header[column], value=entry
        )
    quality = 0.8 - 0.1 * (len(choices) < _OTHERS + 1)
    line = grid.lines[at]
    return Prompt("table", text, grid.section, line, line, own=True, choices=choices, quality=quality)


def _choices(right: str, beside: Sequence[str], asked: str) -> tuple[Choice, ...]:
    """The right entry among others that share none of their parts with it; empty where there are too few."""
    parts = _parts(right)
    told = _words(asked)
    others = dict.fromkeys(
        entry
        for entry in beside
        if entry
        and not _parts(entry) & parts
        and not _words(entry) & told
        and ("`" in entry) == ("`" in right)
    )
    listed = sorted(others, key=lambda entry: content_hash(f"{right}\n{entry}"))[:_OTHERS]
    if len(listed) < LEAST - 1:
        return ()
    return (Choice(right, correct=True), *(Choice(entry) for entry in listed))


def _across(cells: Sequence[Sequence[str]]) -> float:
    """How much alike the entries of a row are, from 0.0 to 1.0; the keys left out."""
    return _alike([row[1:] for row in cells])


def _along(cells: Sequence[Sequence[str]]) -> float:
    """The same of the entries of a column."""
    return _alike(list(zip(*cells, strict=True))[1:])


def _alike(groups: Sequence[Sequence[str]]) -> float:
    shares = [
        len(_words(one) & _words(other)) / max(len(_words(one) | _words(other)), 1)
        for group in groups
        for one, other in combinations(group, 2)
    ]
    return sum(shares) / len(shares) if shares else 0.0


def _parts(entry: str) -> set[str]:
    return {part.casefold().strip("` ") for part in _ITEM.split(entry) if part.strip()}


def _unfit(entry: str) -> bool:
    digits = sum(sign.isdigit() for sign in entry)
    return bool(_UNFIT.search(entry)) or broken(entry) or digits > _MOSTLY_NUMBERS * len(entry)


def _words(text: str) -> set[str]:
    return {term for term in terms(text) if is_word(term)}
