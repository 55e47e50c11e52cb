"""What a picture of a learner's progress is made of: plain values, all words said already."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rungs:
    """A topic's line: its name, how far up the ladder, how much is remembered."""

    name: str
    step: int
    steps: int
    share: float | None
    """0.0-1.0; None: not known yet."""
    told: str
    """The share in words."""
    beyond: int = 0
    """Reviews after the ladder."""


@dataclass(frozen=True, slots=True)
class Column:
    """One day or week."""

    count: int
    of: int
    """What the whole column stands for; `count` of it is drawn solid, the rest hatched."""
    told: str
    """Stands above the column."""
    day: str
    month: str = ""
    """Where a month begins on the axis."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Days or weeks, the earliest first."""

    title: str
    columns: tuple[Column, ...]
    legend: tuple[str, str] | None = None
    """What solid and what hatched means."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that stands in the picture, in words that the pen can write."""

    heads: tuple[str, str, str]
    """Of the topics: name, ladder, share remembered."""
    topics: tuple[Rungs, ...]
    more: str = ""
    """Says that there are further topics."""
    plots: tuple[Columns, ...] = ()
