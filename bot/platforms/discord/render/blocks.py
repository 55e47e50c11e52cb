"""What a message is made of: blocks of lines, and how each is cut where it must be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

from bot.platforms.discord.render.limits import size
from bot.platforms.discord.render.spans import ZERO_WIDTH, line_start_escaped, room_of, written
from bot.platforms.hosted.render.measure import cut_within
from bot.platforms.hosted.render.runs import Runs, cut, hard_cut

_LANGUAGE = re.compile(r"[A-Za-z0-9_+.#-]{1,20}")
_FENCE_INSIDE = re.compile(r"(?<=``)`")
_LEAST = 120
"""Characters of a cut text that are worth standing at the end of a message."""
_LEAST_LINES = 3


class Block(Protocol):
    """A piece of a message that stands on lines of its own."""

    @property
    def gap(self) -> bool:
        """Whether an empty line stands before it."""

    @property
    def quote(self) -> int:
        """Which quote of the text it belongs to; 0: none."""

    @property
    def text(self) -> str: ...

    def cut(self, room: int, fresh: bool) -> tuple[Self | None, Self | None]:
        """Two parts, of which the first takes at most `room`.

        The first is None where it isn't worth beginning here; on a `fresh` page it never is.
        """


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, a heading, an item of a list: one line, or several where it has hard breaks."""

    lines: tuple[Runs, ...]
    first: str = ""
    """What stands before the first line: `> `, `- `, `## `."""
    rest: str = ""
    """What stands before the others, and before what follows a cut."""
    gap: bool = True
    quote: int = 0

    @property
    def text(self) -> str:
        return "\n".join(
            (self.rest if number else self.first) + line_start_escaped(written(line))
            for number, line in enumerate(self.lines)
        )

    def cut(self, room: int, fresh: bool) -> tuple[Text | None, Text | None]:
        kept = 0
        while kept < len(self.lines) and size(replace(self, lines=self.lines[: kept + 1]).text) <= room:
            kept += 1
        if kept:
            return replace(self, lines=self.lines[:kept]), self._behind(self.lines[kept:])
        line, behind = self.lines[0], self.lines[1:]
        left = room - size(self.first) - 2  # an escape at the beginning of the line
        head, tail = cut(line, left, room_of, 0 if fresh else _LEAST)
        if not head:
            if not fresh:
                return None, self
            head, tail = hard_cut(line, left, room_of)
        return replace(self, lines=(head,)), self._behind((tail, *behind) if tail else behind)

    def _behind(self, lines: tuple[Runs, ...]) -> Text | None:
        return replace(self, lines=lines, first=self.rest, gap=False) if lines else None


@dataclass(frozen=True, slots=True)
class Code:
    """A fenced block; closed and opened again where it is cut, with `header` once more."""

    lines: tuple[str, ...]
    language: str = ""
    prefix: str = ""
    header: tuple[str, ...] = ()
    gap: bool = False
    quote: int = 0

    @property
    def text(self) -> str:
        shown = "\n".join((*self.header, *self.lines))
        if not shown.strip():
            shown = ZERO_WIDTH
        shown = _FENCE_INSIDE.sub(f"{ZERO_WIDTH}`", shown)
        language = self.language if _LANGUAGE.fullmatch(self.language) else ""
        fenced = f"```{language}\n{shown}\n```"
        return "\n".join(self.prefix + line for line in fenced.split("\n")) if self.prefix else fenced

    def cut(self, room: int, fresh: bool) -> tuple[Code | None, Code | None]:
        kept = self._fitting(room)
        if kept >= (1 if fresh else min(_LEAST_LINES, len(self.lines))):
            return replace(self, lines=self.lines[:kept]), self._behind(self.lines[kept:])
        if not fresh:
            return None, self
        line, behind = self.lines[0], self.lines[1:]
        place = self._place(line, room)
        first = replace(self, lines=(line[:place],))
        return first, self._behind((line[place:], *behind))

    def _fitting(self, room: int) -> int:
        """How many of the lines fit. What a fence within adds is seen where it is written."""
        used = size(replace(self, lines=()).text)
        kept = 0
        for line in self.lines:
            used += size(_FENCE_INSIDE.sub(f"{ZERO_WIDTH}`", line)) + size(self.prefix) + 1
            if used > room:
                break
            kept += 1
        return kept

    def _place(self, line: str, room: int) -> int:
        left = room - size(replace(self, lines=()).text) - 1
        while left > 1:
            place = max(1, cut_within(line, left) or left // 2)
            if size(replace(self, lines=(line[:place],)).text) <= room:
                return place
            left = left * 3 // 4
        return 1

    def _behind(self, lines: tuple[str, ...]) -> Code | None:
        return replace(self, lines=lines) if lines else None


def joined(before: Block, after: Block) -> str:
    """What stands between two blocks of one message."""
    if not after.gap:
        return "\n"
    return "\n> \n" if before.quote and before.quote == after.quote else "\n\n"


def pack(blocks: Sequence[Block], room: int) -> list[str]:
    """The blocks as texts of at most `room`, each cut where the sense allows it."""
    pages: list[str] = []
    page = ""
    last: Block | None = None
    waiting = list(reversed(blocks))
    while waiting:
        block = waiting.pop()
        between = joined(last, block) if last is not None and page else ""
        text = block.text
        if size(page) + size(between) + size(text) <= room:
            page, last = page + between + text, block
            continue
        if page and size(page) >= room // 2 and size(text) <= room:
            head: Block | None = None
            tail: Block | None = block
        else:
            head, tail = block.cut(room - size(page) - size(between), fresh=not page)
        if head is not None:
            page += between + head.text
        if tail is not None:
            pages.append(page)
            page, last = "", None
            waiting.append(tail)
        else:
            last = block
    return [*pages, page] if page else pages
