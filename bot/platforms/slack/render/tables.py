"""Tables: Slack's own where one fits, else aligned in a monospace block, as a list, or as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.core import catalogue
from bot.core.reply import Table
from bot.platforms.hosted.render import markdown
from bot.platforms.hosted.render.attached import Attached
from bot.platforms.hosted.render.document import in_files
from bot.platforms.hosted.render.prose import Grid, Listing, Paragraph, Prose, Standing
from bot.platforms.hosted.render.runs import Runs, bold, text_of
from bot.platforms.hosted.render.tables import (
    EMPTY,
    FILE,
    SHOWN_ROWS,
    aligned,
    as_csv,
    listed,
    numeric,
    runs_in,
)
from bot.platforms.slack.render.limits import CELLS, COLUMNS, FILE_BYTES, ROWS, weight
from bot.platforms.slack.render.rich import Element, Part, Whole, elements
from knowledge.notes import Language


def parts(prose: Iterable[Prose], *, last: bool) -> Iterator[Part]:
    """The prose with what Slack can show of its tables.

    Slack shows the one table that a message may hold below all else, so only one at the very end is Slack's
    own. `last`: nothing more of the kind follows.
    """
    pieces = list(prose)
    for number, piece in enumerate(pieces):
        if not isinstance(piece, Grid):
            yield piece
        elif last and number == len(pieces) - 1 and not piece.at.quotes and not piece.at.lists:
            yield from grid(piece)
        else:
            yield from _words(piece)


def grid(piece: Grid) -> list[Part]:
    """A table that stands last."""
    own = _own(piece)
    return [own] if own is not None else list(_words(piece))


def table_parts(table: Table, language: Language, *, rich: bool) -> tuple[list[Part], list[Attached]]:
    """A reply's table. A large one comes as a file, if files may be (`rich`), and with its beginning."""
    piece = Grid(*runs_in(table))
    own = _own(piece)
    if own is not None:
        return [own], []
    large = len(table.rows) >= ROWS or weight([table.header, table.rows]) > CELLS
    if not rich or not large:
        return list(_words(piece)), []
    shown = min(SHOWN_ROWS, len(table.rows))
    more = catalogue.say(language, "hosted.rest_of_table", count=len(table.rows) - shown, file=FILE)
    notice = [one for one in markdown.parse(more) if isinstance(one, Paragraph)]
    beginning = grid(replace(piece, rows=piece.rows[:shown]))
    return [*notice, *beginning], in_files(as_csv(table), FILE, FILE_BYTES)


def _own(piece: Grid) -> Whole | None:
    """Slack's own table; None where it doesn't fit into one."""
    rows = (piece.header, *piece.rows)
    columns = max(len(row) for row in rows)
    if not piece.rows or len(rows) > ROWS or not 1 <= columns <= COLUMNS:
        return None
    texts = [[text_of(cell) for cell in row] for row in rows]
    right = numeric(texts[1:], columns)
    cells = [[_cell(row[n] if n < len(row) else ()) for n in range(columns)] for row in rows]
    settings = [{"align": "right"} if one else {"is_wrapped": True} for one in right]
    block = {"type": "table", "column_settings": settings, "rows": cells}
    if weight(block) > CELLS:
        return None
    return Whole(block, "\n".join(" | ".join(row) for row in texts))


def _cell(runs: Runs) -> Element:
    if not text_of(runs).strip():
        return {"type": "raw_text", "text": EMPTY}
    if all(not (run.marks or run.code or run.href) for run in runs):
        return {"type": "raw_text", "text": text_of(runs)}
    section = {"type": "rich_text_section", "elements": elements(runs)}
    return {"type": "rich_text", "elements": [section]}


def _words(piece: Grid) -> Iterator[Part]:
    at = piece.at
    if (lines := aligned(piece.header, piece.rows)) is not None:
        yield Listing((*lines[0], *lines[1]), at=replace(at, marker="", gap=False))
        return
    heading, items = listed(piece.header, piece.rows)
    if heading:
        yield Paragraph((tuple(bold(run) for run in heading),), replace(at, marker=""))
    below = Standing(at.quotes, at.quote, at.lists + 1, "- ", gap=False)
    for item in items:
        yield Paragraph((item,), below)
