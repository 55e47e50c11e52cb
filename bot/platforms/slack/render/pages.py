"""Parts of a reply laid onto messages, each cut where the sense allows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.platforms.hosted.render.measure import cut_within
from bot.platforms.hosted.render.prose import Listing, Paragraph, Rule
from bot.platforms.hosted.render.runs import Runs, cut, hard_cut
from bot.platforms.slack.render.limits import BLOCK, TOTAL, weight
from bot.platforms.slack.render.rich import Part, Whole, elements, is_header, joins

PAGE = 10_000
"""What the words of a message take at most; the rest is for its buttons."""
MOST_BLOCKS = 40

_LEAST = 120
"""Characters of a cut text that are worth standing at the end of a message."""
_LEAST_LINES = 3
_OPENED = 320
"""What an element and the block around it take beside their content, at most."""
_JOINED = 80
_ELEMENT = 20
"""What an inline element takes beside its text, at least."""

Page = tuple[Part, ...]


def pack(parts: Iterable[Part], room: int = PAGE) -> list[Page]:
    """The parts as pages of at most `room`; the first is shown after a call of at most some 100."""
    pages: list[Page] = []
    page: list[Part] = []
    used = 0
    waiting = list(parts)[::-1]
    while waiting:
        part = waiting.pop()
        taken = weigh(part, page[-1] if page else None)
        if used + taken <= room and _fits(part, page):
            page.append(part)
            used += taken
            continue
        head, tail = _cut(part, room - used, fresh=not page, fits=taken <= room and used >= room // 2)
        if head is not None:
            page.append(head)
        if page:
            pages.append(tuple(page))
        page, used = [], 0
        if tail is not None:
            waiting.append(tail)
    return [*pages, tuple(page)] if page else pages


def weigh(part: Part, last: Part | None = None) -> int:
    """What it takes on a page behind another part; never less than what it does.

    For more than a whole message can hold: any figure above that. It isn't read to its end on every page.
    """
    around = _JOINED if joins(part, last) else _OPENED
    if isinstance(part, Paragraph):
        return _added(around, (_line_weight(line, part) for line in part.lines))
    if isinstance(part, Listing):
        least = _added(around, (len(line) + 1 for line in part.lines))
        return least if least > TOTAL else around + weight("\n".join(part.lines))
    return weight(part.block) + BLOCK if isinstance(part, Whole) else _OPENED


def _added(total: int, weights: Iterable[int]) -> int:
    """The sum, as far as it is below what a message can hold."""
    for one in weights:
        total += one
        if total > TOTAL:
            break
    return total


def _fits(part: Part, page: Sequence[Part]) -> bool:
    """Whether Slack takes one more such block in a message."""
    tables = sum(_is_table(one) for one in page)
    breaks = sum(_breaks(one, last) for one, last in zip(page[1:], page, strict=False))
    return 2 * breaks < MOST_BLOCKS and not (_is_table(part) and tables)


def _breaks(part: Part, last: Part) -> bool:
    """Whether it opens a block of its own."""
    return isinstance(part, Whole | Rule) or is_header(part) or part.at.quote not in (0, last.at.quote)


def _is_table(part: Part) -> bool:
    return isinstance(part, Whole) and part.block["type"] == "table"


def _line_weight(line: Runs, part: Paragraph) -> int:
    marked = part.at.quotes * 2 + 32 if part.at.quotes > 1 else 0
    return _runs_weight(line) + 32 + marked + (24 * len(line) if part.heading else 0)


def _runs_weight(runs: Runs) -> int:
    least = _added(0, (len(run.text) + _ELEMENT for run in runs if run.text))
    return least if least > TOTAL else weight(elements(runs))


def _cut(part: Part, room: int, *, fresh: bool, fits: bool) -> tuple[Part | None, Part | None]:
    """Two parts, of which the first takes at most `room`.

    The first is None where it isn't worth beginning here; on a `fresh` page it never is. `fits`: the next
    page can take it whole.
    """
    if fits or not isinstance(part, Paragraph | Listing) or (is_header(part) and not fresh):
        return (part, None) if fresh else (None, part)
    return _cut_words(part, room - _OPENED, fresh)


def _cut_words(part: Paragraph | Listing, room: int, fresh: bool) -> tuple[Part | None, Part | None]:
    if isinstance(part, Listing):
        return _cut_code(part, room, fresh)
    kept, used = 0, 0
    for line in part.lines:
        used += _line_weight(line, part)
        if used > room:
            break
        kept += 1
    if kept:
        return replace(part, lines=part.lines[:kept]), _rest(part, part.lines[kept:])
    line, behind = part.lines[0], part.lines[1:]
    left = room - (_line_weight(line, part) - _runs_weight(line))
    head, tail = cut(line, left, _runs_weight, 0 if fresh else _LEAST)
    if not head:
        if not fresh:
            return None, part
        head, tail = hard_cut(line, left, _runs_weight)
    return replace(part, lines=(head,)), _rest(part, (tail, *behind) if tail else behind)


def _rest(part: Paragraph, lines: tuple[Runs, ...]) -> Paragraph | None:
    return replace(part, lines=lines, at=replace(part.at, marker="", gap=False)) if lines else None


def _cut_code(code: Listing, room: int, fresh: bool) -> tuple[Listing | None, Listing | None]:
    kept, used = 0, 0
    for line in code.lines:
        used += weight(line)
        if used > room:
            break
        kept += 1
    if kept >= (1 if fresh else min(_LEAST_LINES, len(code.lines))):
        return replace(code, lines=code.lines[:kept]), _code_rest(code, code.lines[kept:])
    if not fresh:
        return None, code
    line, behind = code.lines[0], code.lines[1:]
    place = max(1, cut_within(line, room, _text_weight)) if line else 0
    while place > 1 and weight(line[:place]) > room:
        place = place * 3 // 4
    return replace(code, lines=(line[:place],)), _code_rest(code, (line[place:], *behind))


def _text_weight(text: str) -> int:
    """The same without the quotation marks."""
    return weight(text) - 2


def _code_rest(code: Listing, lines: tuple[str, ...]) -> Listing | None:
    return replace(code, lines=lines) if lines else None
