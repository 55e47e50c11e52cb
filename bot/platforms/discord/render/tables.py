"""Tables, which Discord has none of: aligned in a monospace block, as a list, or as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from bot.core.reply import Table
from bot.platforms.discord.render.blocks import Code, Text
from bot.platforms.discord.render.inline import plain
from bot.platforms.discord.render.measure import clean, one_line, width
from bot.platforms.discord.render.spans import Run, Runs, text_of

WIDEST = 42
"""Columns of a monospace block on a phone."""
MOST_ROWS = 60
"""A longer table comes as a file."""
SHOWN_ROWS = 10
"""Of such a table, what the message shows of its beginning."""

_GAP = "  "
_EMPTY = "–"
_NUMBER = re.compile(r"[+−-]?[\d.,\u00a0\u202f ]*\d\s*%?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def blocks(header: Sequence[Runs], rows: Sequence[Sequence[Runs]], prefix: str = "") -> list[Text | Code]:
    """A table of formatted cells."""
    cells = [[text_of(cell) for cell in row] for row in (header, *rows)]
    linked = any(run.href for row in rows for cell in row for run in cell)
    if not rows or linked or _too_wide(cells, prefix):
        return list(_listed(header, rows, prefix))
    return [_aligned(cells, prefix)]


def table_blocks(table: Table) -> list[Text | Code]:
    """A table of plain cells."""
    header = [plain(one_line(cell)) for cell in table.header]
    return blocks(header, [[plain(one_line(cell)) for cell in row] for row in table.rows])


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


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell


def _too_wide(cells: Sequence[Sequence[str]], prefix: str) -> bool:
    widths = _widths(cells)
    return sum(widths) + len(_GAP) * (len(widths) - 1) + len(prefix) > WIDEST


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    count = max(len(row) for row in cells)
    return [max(width(row[n]) if n < len(row) else 0 for row in cells) for n in range(count)]


def _aligned(cells: Sequence[Sequence[str]], prefix: str) -> Code:
    widths = _widths(cells)
    right = [
        all(_NUMBER.fullmatch(row[n].strip()) for row in cells[1:] if n < len(row) and row[n].strip())
        and any(n < len(row) and row[n].strip() for row in cells[1:])
        for n in range(len(widths))
    ]
    lines = [
        _GAP.join(
            _padded(row[n] if n < len(row) else "", widths[n], right[n]) for n in range(len(widths))
        ).rstrip()
        for row in cells
    ]
    rule = _GAP.join("─" * one for one in widths)
    headed = any(cell.strip() for cell in cells[0])
    return Code(tuple(lines[1:]), prefix=prefix, header=(lines[0], rule) if headed else ())


def _padded(cell: str, columns: int, right: bool) -> str:
    space = " " * (columns - width(cell))
    return space + cell if right else cell + space


def _listed(header: Sequence[Runs], rows: Sequence[Sequence[Runs]], prefix: str) -> list[Text]:
    """Every row as an item: the first cell, then the others with their column's name."""
    names = [text_of(cell).strip() for cell in header]
    named = len(names) > 2
    lead = names[:1] if named and rows else names
    items = [_item(row, names if named else [], prefix) for row in rows]
    if not any(lead):
        return items
    head = plain(" · ".join(name for name in lead if name))
    return [Text((head,), f"{prefix}-# ", prefix), *items]


def _item(row: Sequence[Runs], names: Sequence[str], prefix: str) -> Text:
    runs: list[Run] = []
    for n, cell in enumerate(row):
        name = names[n] if n < len(names) else ""
        if n:
            runs.append(Run(" — " if n == 1 else " · "))
            if name:
                runs += plain(f"{name}: ")
        shown = cell if text_of(cell).strip() else plain(_EMPTY)
        runs += [_bold(run) for run in shown] if not n else shown
    return Text((tuple(runs),), f"{prefix}- ", f"{prefix}  ", gap=False)


def _bold(run: Run) -> Run:
    return run if "**" in run.marks else Run(run.text, ("**", *run.marks), run.code, run.href)
