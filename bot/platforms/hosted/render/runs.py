"""Inline text as runs of one look, and how it is cut."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import accumulate

from bot.platforms.hosted.render.measure import cuts


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look."""

    text: str
    marks: tuple[str, ...] = ()
    """Markdown's markers around it, outermost first: `**`, `*`, `~~`."""
    code: bool = False
    href: str = ""

    @property
    def whole(self) -> bool:
        """Whether it must not be cut: an address that is its own text."""
        return bool(self.href) and self.href == self.text


Runs = tuple[Run, ...]
Measure = Callable[[Runs], int]
"""How much room runs take on a platform."""


def text_of(runs: Iterable[Run]) -> str:
    """What is read of them."""
    return "".join(run.text for run in runs)


def bold(run: Run) -> Run:
    return run if "**" in run.marks else replace(run, marks=("**", *run.marks))


def cut(runs: Runs, room: int, measure: Measure, least: int = 0) -> tuple[Runs, Runs]:
    """Two parts of which the first takes at most `room`, cut after a sentence, else a word, else a character.

    The first is empty where nothing of it fits, or less than `least` characters would.
    """
    text = text_of(runs)
    starts = [0, *accumulate(len(run.text) for run in runs)]

    def allowed(place: int) -> bool:
        run = bisect_right(starts, place) - 1
        return run >= len(runs) or starts[run] == place or not runs[run].whole

    most = _most(runs, room, measure, len(text))
    for places, share in zip(cuts(text[: most + 1]), (0.5, 0.2, 0.0), strict=True):
        for place in reversed(places):
            if place > most or place < max(least, share * most, 1):
                continue
            if allowed(place) and measure(_before(runs, place)) <= room:
                return _before(runs, place), _after(runs, place)
    return (), runs


def hard_cut(runs: Runs, room: int, measure: Measure) -> tuple[Runs, Runs]:
    """The same for what no other cut brings below `room`: one character of a thousand marks, an address."""
    broken = tuple(replace(run, href="" if run.whole else run.href) for run in runs)
    place = max(1, _most(broken, room, measure, len(text_of(broken))))
    while place > 1 and measure(_before(broken, place)) > room:
        place -= 1
    return _before(broken, place), _after(broken, place)


def _most(runs: Runs, room: int, measure: Measure, length: int) -> int:
    """About how many characters fit, when written."""
    low, high = 0, min(length, max(room, 0))
    while low < high:
        middle = (low + high + 1) // 2
        if measure(_before(runs, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def _before(runs: Runs, place: int) -> Runs:
    kept: list[Run] = []
    for run in runs:
        if place <= 0:
            break
        kept.append(run if len(run.text) <= place else replace(run, text=run.text[:place]))
        place -= len(run.text)
    if kept:
        kept[-1] = replace(kept[-1], text=kept[-1].text if kept[-1].code else kept[-1].text.rstrip())
    return tuple(run for run in kept if run.text)


def _after(runs: Runs, place: int) -> Runs:
    kept: list[Run] = []
    for run in runs:
        if place < len(run.text):
            kept.append(run if place <= 0 else replace(run, text=run.text[place:]))
        place -= len(run.text)
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text if kept[0].code else kept[0].text.lstrip())
    return tuple(run for run in kept if run.text)
