"""What a reply's words are made of, before any platform's markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.platforms.hosted.render.runs import Run, Runs


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a piece stands."""

    quotes: int = 0
    """How many quotes are around it."""
    quote: int = 0
    """Which outermost quote of the text that is, from 1; 0: none."""
    lists: int = 0
    """How many lists are around it."""
    marker: str = ""
    """`- ` or `3. ` where it begins an item; empty: it is in none, or goes on in it."""
    gap: bool = True
    """Whether an empty line stands before it."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line, or several where there are hard breaks."""

    lines: tuple[Runs, ...]
    at: Standing = Standing()
    heading: int = 0
    """Its level from 1; 0: no heading."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Code, whose lines stay as they are."""

    lines: tuple[str, ...]
    language: str = ""
    at: Standing = Standing(gap=False)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of formatted cells."""

    header: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    at: Standing = Standing()


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""

    at: Standing = Standing()


Prose = Paragraph | Listing | Grid | Rule


def line(runs: Sequence[Run], *, marker: str = "", gap: bool = True) -> Paragraph:
    """A paragraph of one line that stands by itself, or in a list if it has a marker."""
    return Paragraph((tuple(runs),), Standing(lists=1 if marker else 0, marker=marker, gap=gap))
