"""Tables, which Discord has none of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.core.reply import Table
from bot.platforms.discord.render.blocks import Code, Text
from bot.platforms.hosted.render.runs import Runs
from bot.platforms.hosted.render.tables import WIDEST, aligned, listed, runs_in

MOST_ROWS: Final = 60
"""A longer table comes as a file."""


def blocks(header: Sequence[Runs], rows: Sequence[Sequence[Runs]], prefix: str = "") -> list[Text | Code]:
    """A table of formatted cells: aligned in a monospace block, or as a list."""
    if (lines := aligned(header, rows, WIDEST - len(prefix))) is not None:
        return [Code(lines[1], prefix=prefix, header=lines[0])]
    heading, items = listed(header, rows)
    found = [Text((item,), f"{prefix}- ", f"{prefix}  ", gap=False) for item in items]
    return [Text((heading,), f"{prefix}-# ", prefix), *found] if heading else list(found)


def table_blocks(table: Table) -> list[Text | Code]:
    """A table of plain cells."""
    return blocks(*runs_in(table))
