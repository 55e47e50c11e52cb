"""Lines of the notes that a card quotes: whole code, whole tables, whole numbered lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.review.blocks import code_spans
from knowledge.notes import Section

_LONGEST = 30
"""Lines of a block that is quoted whole, although the encoder reads it in parts."""
_ROW = re.compile(r"\s*\|")
_STEP = re.compile(r"\d{1,3}[.)]\s")


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a section; its note needn't be the one that asks."""

    section: Section
    start: int
    end: int


def quoted(place: Place) -> str:
    """The text of a place."""
    lines = place.section.text.split("\n")
    return "\n".join(lines[place.start - place.section.start : place.end + 1 - place.section.start])


def trimmed(section: Section, start: int, end: int) -> tuple[int, int] | None:
    """The span without the section's heading and without blank lines at its ends; None: it is blank."""
    lines = section.text.split("\n")
    start = max(start, section.start + (1 if section.level else 0))
    full = [
        number for number in range(start, min(end, section.end) + 1) if lines[number - section.start].strip()
    ]
    return (full[0], full[-1]) if full else None


def telling_span(section: Section, start: int, end: int) -> tuple[int, int] | None:
    """The trimmed span with what it would cut made whole: code, tables, numbered lists.

    Where it is nothing but code, the paragraph before it comes along, or else the one after it.
    """
    span = trimmed(section, start, end)
    if span is None:
        return None
    start, end = span
    code = [(line, line + text.count("\n")) for line, text in code_spans(section)]
    for first, last in (*code, *_runs(section, code)):
        if first <= end and start <= last and last - first < _LONGEST:
            start, end = min(start, first), max(end, last)
    if not any(first <= start and end <= last for first, last in code):
        return start, end
    prose = [number for number in _full(section) if not _within(number, code)]
    before = [number for number in prose if number < start]
    after = [number for number in prose if number > end]
    if before:
        return _neighbours(before[::-1], -1), end
    return start, _neighbours(after, 1) if after else end


def _runs(section: Section, code: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The lines of tables and of numbered lists, from the first to the last of each."""
    lines = section.text.split("\n")
    run: list[int] = []
    kind: re.Pattern[str] | None = None
    for number in (*_full(section), section.end + 2):
        text = "" if number > section.end or _within(number, code) else lines[number - section.start]
        if run and kind and number == run[-1] + 1 and (kind.match(text) or text.startswith(("  ", "\t"))):
            run.append(number)
            continue
        if len(run) > 1:
            yield run[0], run[-1]
        kind = next((one for one in (_ROW, _STEP) if one.match(text)), None)
        run = [number] if kind else []


def _full(section: Section) -> list[int]:
    """The numbers of the lines beneath the heading that aren't blank."""
    return [
        number
        for number, line in enumerate(section.text.split("\n"), section.start)
        if line.strip() and not (section.level and number == section.start)
    ]


def _within(number: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= number <= last for first, last in spans)


def _neighbours(lines: Sequence[int], step: int) -> int:
    """The last of the line numbers that follow one another without a gap."""
    last = lines[0]
    while last + step in lines:
        last += step
    return last
