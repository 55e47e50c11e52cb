"""Sections read for answering: their units with the words of each.

Reading is done once, by the refresh, and kept with the generation; answering only looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from markdown_it.token import Token

from knowledge.notes import Section
from knowledge.question import definienda
from knowledge.terms import Clue, clues, terms
from knowledge.units import Unit, split_units

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_unit_values = attrgetter(*Unit.__slots__)
_OPENING = 8
"""Words of a unit's beginning that are looked at."""


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit with its words."""

    unit: Unit
    words: frozenset[str]
    context: frozenset[str]
    explains: tuple[frozenset[str], ...]
    """The words of each name of what the unit explains."""
    opening: tuple[Clue, ...]
    """Its first words."""


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section with its words."""

    section: Section
    units: tuple[ReadUnit, ...]
    title: frozenset[str]
    parent: frozenset[str]
    """The words of the heading above its own."""
    above: frozenset[str]
    """The words of the headings above that."""

    @property
    def telling(self) -> list[tuple[int, ReadUnit]]:
        """What may be quoted as an answer, with its place among the units."""
        return [
            (position, read)
            for position, read in enumerate(self.units)
            if not (read.unit.question or read.unit.leads)
        ]


def read_section(section: Section, tokens: Sequence[Token] | None = None) -> ReadSection:
    """A section cut into units, with the words of each. `tokens`: those of `section_tokens`, if at hand."""
    loanwords = _CYRILLIC.search(section.text) is not None
    headings = ("", "", *section.headings)
    return ReadSection(
        section,
        tuple(_read(unit, loanwords) for unit in split_units(section, tokens)),
        title=frozenset(terms(headings[-1])),
        parent=frozenset(terms(headings[-2])),
        above=frozenset(terms("\n".join(headings[:-2]))),
    )


def _read(unit: Unit, loanwords: bool) -> ReadUnit:
    names = definienda(unit.text) if unit.kind != "code" else ()
    return ReadUnit(
        unit,
        words=frozenset(terms(unit.text, loanwords)),
        context=frozenset(terms(unit.context, loanwords)),
        explains=tuple(frozenset(terms(name, loanwords)) for name in names),
        opening=tuple(clues(unit.text[:120], _OPENING)),
    )


def reading_json(home: ReadSection) -> list[Any]:
    """Plain JSON types; `reading_from_json` gives the same back."""
    units = [
        [
            _unit_values(read.unit),
            sorted(read.words),
            sorted(read.context),
            [sorted(names) for names in read.explains],
            [[clue.forms, clue.weight] for clue in read.opening],
        ]
        for read in home.units
    ]
    return [units, sorted(home.title), sorted(home.parent), sorted(home.above)]


def reading_from_json(section: Section, stored: Sequence[Any]) -> ReadSection:
    """A section as it was read when `stored` was written."""
    units, title, parent, above = stored
    return ReadSection(
        section,
        tuple(
            ReadUnit(
                Unit(*unit),
                words=frozenset(words),
                context=frozenset(context),
                explains=tuple(frozenset(names) for names in explains),
                opening=tuple(Clue(tuple(forms), weight) for forms, weight in opening),
            )
            for unit, words, context, explains, opening in units
        ),
        frozenset(title),
        frozenset(parent),
        frozenset(above),
    )
