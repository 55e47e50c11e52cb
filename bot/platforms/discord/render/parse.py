"""Prose as Discord's blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.platforms.discord.render import tables
from bot.platforms.discord.render.blocks import Block, Code, Text
from bot.platforms.hosted.render import markdown
from bot.platforms.hosted.render.prose import Grid, Listing, Paragraph, Prose, Rule, Standing
from bot.platforms.hosted.render.runs import Run, bold

RULE = "———"
_HEADINGS = {1: "## ", 2: "### "}


def parse(text: str) -> list[Block]:
    """The blocks of clean Markdown."""
    return list(blocks(markdown.parse(text)))


def blocks(prose: Iterable[Prose]) -> Iterator[Block]:
    for piece in prose:
        match piece:
            case Paragraph():
                yield _text(piece)
            case Listing(lines, language, at):
                yield Code(lines, language, _quoted(at), quote=at.quote)
            case Grid():
                yield from _table(piece)
            case Rule(at):
                yield _text(Paragraph(((Run(RULE),),), at))


def _text(paragraph: Paragraph) -> Text:
    at, lines = paragraph.at, paragraph.lines
    mark = _HEADINGS.get(paragraph.heading, "")
    if paragraph.heading and not mark:
        lines = tuple(tuple(bold(run) for run in line) for line in lines)
    if at.lists:
        mark = ""
    indent = _quoted(at) + "  " * max(0, at.lists - 1)
    rest = f"{indent}{'  ' if at.lists else ''}"
    first = f"{indent}{at.marker}{mark}" if at.marker or mark else rest
    return Text(lines, first, rest, at.gap, at.quote)


def _table(grid: Grid) -> Iterator[Text | Code]:
    for number, block in enumerate(tables.blocks(grid.header, grid.rows, _quoted(grid.at))):
        gap = number == 0 and grid.at.gap and isinstance(block, Text)
        yield replace(block, gap=gap, quote=grid.at.quote)


def _quoted(at: Standing) -> str:
    return "> " + "› " * (at.quotes - 1) if at.quotes else ""
