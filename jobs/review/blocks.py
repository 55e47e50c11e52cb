"""A section as its author laid it out: list items, paragraphs and table rows, with their line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from jobs.review.mdx import tagged
from knowledge.notes import Section

_FENCE = re.compile(r"^\s*(?P<fence>`{3,}|~{3,})")
_ITEM = re.compile(
    r"^(?P<indent>\s*)(?:(?P<bullet>[-*+•])|(?P<number>\d{1,3})[.)]|[（(]\d{1,3}[)）])\s+(?P<text>\S.*)$"
    r"|^(?P<indent2>\s*)(?P<number2>\d{1,3})[、．]\s*(?P<text2>\S.*)$"
)
_BEGINS = re.compile(rf"{_ITEM.pattern}|^\s+\(?[a-hа-зA-HА-З][.)]\s")
"""A nested item, or a choice with its letter."""
_HEADING = re.compile(r"^ {0,3}#{1,6}(\s|$)")
_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Block:
    """A list item with what is nested in it, or a paragraph."""

    kind: str
    """bullet | number | text"""
    text: str
    """The item's or paragraph's own lines, joined by spaces, without its bullet."""
    body: tuple[str, ...]
    """The lines nested under an item; empty for a paragraph."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, cells without their outer space."""

    header: tuple[str, ...]
    cells: tuple[str, ...]
    line: int


def numbered_lines(section: Section) -> Iterator[tuple[int, str]]:
    """The section's lines outside of code and question tags, with their numbers; its heading left out."""
    fence = ""
    tags = _tag_lines(section)
    for offset, line in enumerate(section.text.split("\n")):
        if (offset == 0 and section.level) or section.start + offset in tags:
            continue
        match = _FENCE.match(line)
        if match and not fence:
            fence = match["fence"]
        elif match and match["fence"].startswith(fence) and line.strip() == match["fence"]:
            fence = ""
        elif not fence:
            yield section.start + offset, line


def code_of(section: Section) -> list[str]:
    """The fenced blocks of code, fences included."""
    return [code for _, code in code_spans(section)]


def code_between(section: Section, start: int, end: int) -> list[str]:
    """Those after the line `start` and before the line `end`."""
    return [code for line, code in code_spans(section) if start < line < end]


@lru_cache(maxsize=256)
def code_spans(section: Section) -> tuple[tuple[int, str], ...]:
    """The fenced blocks of code, fences included, with the lines on which they begin."""
    outside = {number for number, _ in numbered_lines(section)} | _tag_lines(section)
    found: list[tuple[int, list[str]]] = []
    last = 0
    for offset, line in enumerate(section.text.split("\n")):
        number = section.start + offset
        if number in outside or (offset == 0 and section.level):
            continue
        if found and number == last + 1:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
        last = number
    return tuple((number, "\n".join(lines)) for number, lines in found)


def blocks(section: Section) -> list[Block]:
    """The top-level list items and paragraphs, in order; tables and code left out."""
    found: list[Block] = []
    lines = list(numbered_lines(section))
    position = 0
    while position < len(lines):
        number, line = lines[position]
        if not line.strip() or _HEADING.match(line) or line.lstrip().startswith("|"):
            position += 1
            continue
        item = _item(line)
        stop = _item_end(lines, position, item[0]) if item else _paragraph_end(lines, position)
        inside = lines[position:stop]
        while len(inside) > 1 and not inside[-1][1].strip():
            inside.pop()
        if item:
            own = 1
            while own < len(inside) and inside[own][1].strip() and not _BEGINS.match(inside[own][1]):
                own += 1
            text = [item[2], *(text.strip() for _, text in inside[1:own])]
            body = tuple(text for _, text in inside[own:])
            found.append(Block(item[1], " ".join(text), body, number, inside[-1][0]))
        else:
            text = [text.strip() for _, text in inside]
            found.append(Block("text", " ".join(text), (), number, inside[-1][0]))
        position = stop
    return found


def rows(section: Section) -> list[Row]:
    """The body rows of every table."""
    found: list[Row] = []
    lines = list(numbered_lines(section))
    header: tuple[str, ...] = ()
    for position, (number, line) in enumerate(lines):
        if "|" not in line:
            header = ()
        elif _RULE.match(line) and "-" in line:
            continue
        elif header:
            found.append(Row(header, _cells(line), number))
        elif position + 1 < len(lines) and _RULE.match(lines[position + 1][1]):
            header = _cells(line)
    return found


def _tag_lines(section: Section) -> set[int]:
    return {number for tag in tagged(section) for number in range(tag.start, tag.end + 1)}


def _item(line: str) -> tuple[int, str, str] | None:
    match = _ITEM.match(line)
    if match is None:
        return None
    indent = match["indent"] if match["indent"] is not None else match["indent2"]
    kind = "bullet" if match["bullet"] else "number"
    return len(indent.expandtabs(4)), kind, match["text"] or match["text2"]


def _item_end(lines: list[tuple[int, str]], position: int, indent: int) -> int:
    blank = False
    for later in range(position + 1, len(lines)):
        line = lines[later][1]
        if not line.strip():
            blank = True
            continue
        deeper = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) > indent
        if _HEADING.match(line) or (_item(line) and not deeper) or (blank and not deeper):
            return later
        blank = False
    return len(lines)


def _paragraph_end(lines: list[tuple[int, str]], position: int) -> int:
    for later in range(position + 1, len(lines)):
        line = lines[later][1]
        gap = lines[later][0] != lines[later - 1][0] + 1
        if gap or not line.strip() or _item(line) or _HEADING.match(line) or line.lstrip().startswith("|"):
            return later
    return len(lines)


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return tuple(cell.strip().replace("\\|", "|") for cell in _CELL.split(inner))
