"""Tables where a platform can't show one: aligned in a monospace block, as a list, or as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from bot.core.reply import Table
from bot.platforms.hosted.render.inline import plain
from bot.platforms.hosted.render.measure import clean, one_line, width
from bot.platforms.hosted.render.runs import Run, Runs, bold, text_of

WIDEST = 42
"""Columns of a monospace block on a phone."""
SHOWN_ROWS = 10
"""Of a table that comes as a file, what the message shows of its beginning."""
FILE = "table.csv"
EMPTY = "–"

_GAP = "  "
_NUMBER = re.compile(r"[+−-]?[\d.,\u00a0\u202f ]*\d\s*%?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def runs_in(table: Table) -> tuple[tuple[Runs, ...], tuple[tuple[Runs, ...], ...]]:
    """Header and rows of a table of plain cells."""
    header = tuple(plain(one_line(cell)) for cell in table.header)
    return header, tuple(tuple(plain(one_line(cell)) for cell in row) for row in table.rows)


def as_csv(table: Table) -> bytes:
    """The table as a file that a spreadsheet opens: its mark at the beginning says that it is UTF-8.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    for row in (table.header, *table.rows):
        writer.writerow([_defused(clean(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_markdown(table: Table) -> str:
    """The table as Markdown."""
    rows = [
        "| " + " | ".join(one_line(cell).replace("\\", "\\\\").replace("|", "\\|") for cell in row) + " |"
        for row in (table.header, *table.rows)
    ]
    return "\n".join((rows[0], "|" + " --- |" * len(table.header), *rows[1:]))


def aligned(
    header: Sequence[Runs], rows: Sequence[Sequence[Runs]], room: int = WIDEST
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The lines of the header and of the rows in a monospace block of `room` columns.

    None where it is too wide, has no rows, or holds links, which would be lost.
    """
    cells = [[text_of(cell) for cell in row] for row in (header, *rows)]
    linked = any(run.href for row in rows for cell in row for run in cell)
    widths = _widths(cells)
    if not rows or linked or sum(widths) + len(_GAP) * (len(widths) - 1) > room:
        return None
    right = numeric(cells[1:], len(widths))
    lines = [
        _GAP.join(
            _padded(row[n] if n < len(row) else "", widths[n], right[n]) for n in range(len(widths))
        ).rstrip()
        for row in cells
    ]
    rule = _GAP.join("─" * one for one in widths)
    headed = any(cell.strip() for cell in cells[0])
    return (lines[0], rule) if headed else (), tuple(lines[1:])


def numeric(rows: Sequence[Sequence[str]], columns: int) -> list[bool]:
    """Which of the columns hold nothing but numbers."""
    return [
        all(_NUMBER.fullmatch(row[n].strip()) for row in rows if n < len(row) and row[n].strip())
        and any(n < len(row) and row[n].strip() for row in rows)
        for n in range(columns)
    ]


def listed(header: Sequence[Runs], rows: Sequence[Sequence[Runs]]) -> tuple[Runs, Iterator[Runs]]:
    """A heading, maybe empty, and every row as an item: the first cell, then the others with their column's
    name."""
    names = [text_of(cell).strip() for cell in header]
    named = len(names) > 2
    lead = names[:1] if named and rows else names
    heading = plain(" · ".join(name for name in lead if name)) if any(lead) else ()
    return heading, (_item(row, names if named else []) for row in rows)


def _item(row: Sequence[Runs], names: Sequence[str]) -> Runs:
    runs: list[Run] = []
    for n, cell in enumerate(row):
        name = names[n] if n < len(names) else ""
        if n:
            runs.append(Run(" — " if n == 1 else " · "))
            if name:
                runs += plain(f"{name}: ")
        shown = cell if text_of(cell).strip() else plain(EMPTY)
        runs += [bold(run) for run in shown] if not n else shown
    return tuple(runs)


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    count = max(len(row) for row in cells)
    return [max(width(row[n]) if n < len(row) else 0 for row in cells) for n in range(count)]


def _padded(cell: str, columns: int, right: bool) -> str:
    space = " " * (columns - width(cell))
    return space + cell if right else cell + space
