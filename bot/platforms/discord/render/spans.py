"""Inline text written in Discord's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.platforms.discord.render.limits import size
from bot.platforms.hosted.render.runs import Run, Runs, text_of

ZERO_WIDTH = "\u200b"

_SPECIAL = re.compile(r"([\\*_~|`])")
_MENTION = re.compile(r"@(?=everyone|here)|<(?=[@#:/]|a:|t:|id:|sound:)")
_ANGLE = re.compile(r"(?<!\\)<")
_SHORTCODE = re.compile(r":(?=[A-Za-z0-9_+\-]+:)")
_AT_START = re.compile(r"^(-#|#{1,3}|>{1,3}|[-+])(?=\s|$)")
_NUMBER_AT_START = re.compile(r"^(\d+)([.)])(?=\s|$)")
_TWO_BACKTICKS = "``"


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
            # There is no way to write two backticks within inline code.
            code = run.code and _TWO_BACKTICKS not in run.text
            if code and _ends_with([*pieces, *inner], "`"):
                inner.append(ZERO_WIDTH)
            inner.append(_code(run.text) if code else _text(run, [*pieces, *inner]))
            open_marks = run.marks
        if href:
            inner.append("".join(reversed(open_marks)))
            open_marks = ()
            pieces.append(_link(inner[0], "".join(inner[1:]), href, text_of(group)))
        else:
            pieces += inner
    pieces.append("".join(reversed(open_marks)))
    return "".join(pieces)


def room_of(runs: Runs) -> int:
    """What they take when written."""
    return size(written(runs))


def escaped(text: str) -> str:
    """Text that shows exactly itself; mentions, emoji names and links in it stay text."""
    text = _MENTION.sub(lambda found: found[0] + ZERO_WIDTH, text)
    text = _SPECIAL.sub(r"\\\1", text)
    text = _SHORTCODE.sub(r"\\:", text)
    text = text.replace("](", f"]{ZERO_WIDTH}(")  # an escape would become part of the link
    text = _ANGLE.sub(r"\\<", text)
    # Before the colon: behind another colon, the scheme would else be an emoji's name.
    return text.replace("://", f"{ZERO_WIDTH}://")


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
