"""Inline text: from Markdown tokens to pieces, and from pieces to Discord's Markdown."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from markdown_it.token import Token

from bot.platforms.discord.render.limits import size
from bot.platforms.discord.render.measure import cuts

LONGEST_URL = 512
"""A longer address is text: a link can't be cut."""
ZERO_WIDTH = "\u200b"

_MARKS = {"strong": "**", "em": "*", "s": "~~"}
_URL = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_URL_END = re.compile(r"[.,:;!?\"'”’»)\]*_~|`。，；：！？）】」]+$")
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


def plain(text: str, *marks: str) -> Runs:
    """Text that means nothing but itself; addresses in it become links."""
    return tuple(_linked(Run(text, marks)))


def runs_of(tokens: Iterable[Token]) -> list[Runs]:
    """The lines of an inline token's children."""
    lines: list[list[Run]] = [[]]
    marks: list[str] = []
    hrefs: list[str] = []
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        href = hrefs[-1] if hrefs else ""
        if kind == "link":
            if end == "open":
                hrefs.append(str(token.attrGet("href") or ""))
            else:
                hrefs.pop()
        elif kind in _MARKS:
            if end == "open":
                marks.append(_MARKS[kind])
            else:
                marks.pop()
        elif token.type == "hardbreak":
            lines.append([])
        elif token.type == "softbreak":
            lines[-1].append(Run(" ", tuple(marks), href=href))
        elif token.type == "code_inline":
            # Discord has no way to write two backticks within inline code.
            lines[-1].append(
                Run(token.content, tuple(marks), code=_TWO_BACKTICKS not in token.content, href=href)
            )
        elif token.type == "image":
            source = str(token.attrGet("src") or "")
            alt = "".join(_words(token.children or ())) or source
            lines[-1].append(Run(alt, tuple(marks), href=href or source))
        elif token.content:
            run = Run(token.content, tuple(marks), href=href)
            lines[-1] += [run] if href else _linked(run)
    return [tuple(_told(_merged(line))) for line in lines]


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
    text = text.replace("](", "\\](")
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


def _linked(run: Run) -> list[Run]:
    """The run with the bare addresses in it made links to themselves."""
    pieces, position = [], 0
    for found in _URL.finditer(run.text):
        address = _URL_END.sub("", found[0])
        if len(address) > LONGEST_URL or address.endswith("//") or not address.isprintable():
            continue
        pieces.append(replace(run, text=run.text[position : found.start()]))
        pieces.append(replace(run, text=address, href=address))
        position = found.start() + len(address)
    pieces.append(replace(run, text=run.text[position:]))
    return [piece for piece in pieces if piece.text]


def _told(runs: Iterable[Run]) -> Iterator[Run]:
    """Links whose address is no link on Discord, or too long for one, tell it as text."""
    pending = ""
    for run in runs:
        if pending and run.href != pending:
            yield Run(f" ({pending})")
            pending = ""
        if run.href and (len(run.href) > LONGEST_URL or not run.href.isprintable() or ">" in run.href):
            pending = run.href
            yield replace(run, href="")
        else:
            yield run
    if pending:
        yield Run(f" ({pending})")


def _merged(runs: Iterable[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        apart = last is None or last.code or run.code or last.whole or run.whole
        if last is None or apart or (last.marks, last.href) != (run.marks, run.href):
            merged.append(run)
        else:
            merged[-1] = replace(last, text=last.text + run.text)
    return [run for run in merged if run.text or run.code]


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        yield from _words(token.children or ()) if token.children else (token.content,)


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
    """About how many characters fit; never fewer than do."""
    low, high = 0, min(length, room)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(size(run.text) for run in _before(runs, middle)) <= room:
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
