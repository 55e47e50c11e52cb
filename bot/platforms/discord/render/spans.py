"""Inline text as runs of one look: written in Discord's Markdown, and cut."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from bot.platforms.discord.render.limits import size
from bot.platforms.discord.render.measure import cuts

ZERO_WIDTH = "\u200b"

_SPECIAL = re.compile(r"([\\*_~|`])")
_MENTION = re.compile(r"@(?=everyone|here)|<(?=[@#:/]|a:|t:|id:|sound:)")
_ANGLE = re.compile(r"(?<!\\)<")
_SHORTCODE = re.compile(r":(?=[A-Za-z0-9_+\-]+:)")
_AT_START = re.compile(r"^(-#|#{1,3}|>{1,3}|[-+])(?=\s|$)")
_NUMBER_AT_START = re.compile(r"^(\d+)([.)])(?=\s|$)")
_TWO_BACKTICKS = "``"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look."""

    text: str
    marks: tuple[str, ...] = ()
    """Discord's markers around it, outermost first."""
    code: bool = False
    href: str = ""

    @property
    def whole(self) -> bool:
        """Whether it must not be cut: an address that is its own text."""
        return bool(self.href) and self.href == self.text


Runs = tuple[Run, ...]


def text_of(runs: Iterable[Run]) -> str:
    """What is read of them."""
    return "".join(run.text for run in runs)


def written(runs: Sequence[Run]) -> str:
    """Discord's Markdown that shows exactly these runs on one line."""
    pieces: list[str] = []
    open_marks: tuple[str, ...] = ()
    for href, group in _by_link(runs):
        inner: list[str] = []
        if href:
            inner.append("".join(reversed(open_marks)))
            open_marks = ()
        for run in group:
            shared = _shared(open_marks, run.marks)
            closed, opened = open_marks[shared:], run.marks[shared:]
            inner.append("".join(reversed(closed)))
            if opened and _ends_with_marker([*pieces, *inner]):
                inner.append(ZERO_WIDTH)
            inner += opened
            if run.code and _ends_with([*pieces, *inner], "`"):
                inner.append(ZERO_WIDTH)
            inner.append(_code(run.text) if run.code else _text(run, [*pieces, *inner]))
            open_marks = run.marks
        if href:
            inner.append("".join(reversed(open_marks)))
            open_marks = ()
            pieces.append(_link(inner[0], "".join(inner[1:]), href, text_of(group)))
        else:
            pieces += inner
    pieces.append("".join(reversed(open_marks)))
    return "".join(pieces)


def cut(runs: Runs, room: int, least: int = 0) -> tuple[Runs, Runs]:
    """Two parts of which the first takes at most `room`, cut after a sentence, else a word, else a character.

    The first is empty where nothing of it fits, or less than `least` characters would.
    """
    text = text_of(runs)
    starts = [0, *accumulate(len(run.text) for run in runs)]

    def allowed(place: int) -> bool:
        run = bisect_right(starts, place) - 1
        return run >= len(runs) or starts[run] == place or not runs[run].whole

    most = _most(runs, room, len(text))
    for places, share in zip(cuts(text[: most + 1]), (0.5, 0.2, 0.0), strict=True):
        for place in reversed(places):
            if place > most or place < max(least, share * most, 1):
                continue
            if allowed(place) and size(written(_before(runs, place))) <= room:
                return _before(runs, place), _after(runs, place)
    return (), runs


def hard_cut(runs: Runs, room: int) -> tuple[Runs, Runs]:
    """The same for what no other cut brings below `room`: one character of a thousand marks, an address."""
    broken = tuple(replace(run, href="" if run.whole else run.href) for run in runs)
    place = max(1, _most(broken, room, len(text_of(broken))))
    while place > 1 and size(written(_before(broken, place))) > room:
        place -= 1
    return _before(broken, place), _after(broken, place)


def escaped(text: str) -> str:
    """Text that shows exactly itself; mentions, emoji names and links in it stay text."""
    text = _MENTION.sub(lambda found: found[0] + ZERO_WIDTH, text)
    text = _SPECIAL.sub(r"\\\1", text)
    text = _SHORTCODE.sub(r"\\:", text)
    text = text.replace("](", f"]{ZERO_WIDTH}(")  # an escape would become part of the link
    text = _ANGLE.sub(r"\\<", text)
    return text.replace("://", f":{ZERO_WIDTH}//")


def line_start_escaped(text: str) -> str:
    """A written line whose beginning would make it a heading, a quote or a list item, kept from it."""
    return _NUMBER_AT_START.sub(r"\1\\\2", _AT_START.sub(r"\\\1", text))


def _text(run: Run, before: Sequence[str]) -> str:
    if run.whole:
        return run.text
    apart = run.text.startswith("(") and _ends_with(before, "]")
    return (ZERO_WIDTH if apart else "") + escaped(run.text)


def _link(before: str, label: str, href: str, text: str) -> str:
    if href == text:
        return f"{before}<{href}>"
    if not text.strip() or "[" in text or "]" in text or "://" in text:
        return f"{before}{label} (<{href}>)"
    return f"{before}[{label}](<{href}>)"


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _by_link(runs: Sequence[Run]) -> Iterator[tuple[str, list[Run]]]:
    group: list[Run] = []
    for run in runs:
        if group and (run.href != group[-1].href or run.whole):
            yield group[-1].href, group
            group = []
        group.append(run)
    if group:
        yield group[-1].href, group


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


def _ends_with(pieces: Sequence[str], mark: str) -> bool:
    return next((piece for piece in reversed(pieces) if piece), "").endswith(mark)


def _ends_with_marker(pieces: Sequence[str]) -> bool:
    return _ends_with(pieces, "*") or _ends_with(pieces, "~")


def _most(runs: Runs, room: int, length: int) -> int:
    """About how many characters fit, when written."""
    low, high = 0, min(length, max(room, 0))
    while low < high:
        middle = (low + high + 1) // 2
        if size(written(_before(runs, middle))) <= room:
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
