"""Words as Slack's `rich_text`, in which nothing is interpreted: a mention or a link of a note stays text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.platforms.hosted.render.measure import is_blank
from bot.platforms.hosted.render.prose import Listing, Paragraph, Rule, Standing
from bot.platforms.hosted.render.runs import Run, Runs, bold, text_of
from bot.platforms.slack.render.limits import HEADER, size

Block = dict[str, Any]
Element = dict[str, Any]

NOTHING = "\u00a0"
"""Stands where Slack refuses an empty text."""
_STYLES = {"**": "bold", "*": "italic", "~~": "strike"}
_DEEPEST = 8
_RULE = "———"


@dataclass(frozen=True, slots=True)
class Whole:
    """A block that is never cut."""

    block: Block
    told: str = ""
    """What it says, for where blocks aren't shown."""

    @property
    def at(self) -> Standing:
        return Standing()


Words = Paragraph | Listing | Rule
Part = Words | Whole


def elements(runs: Iterable[Run]) -> list[Element]:
    """The runs as elements of `rich_text`."""
    found: list[Element] = []
    for run in runs:
        if not run.text:
            continue
        style = {_STYLES[mark]: True for mark in run.marks} | ({"code": True} if run.code else {})
        if run.href and "://" in run.text and not run.whole:
            # A label that looks like another address would hide where it leads.
            found.append(_styled({"type": "text", "text": f"{run.text} ("}, style))
            found.append({"type": "link", "url": run.href, "text": run.href})
            found.append({"type": "text", "text": ")"})
        elif run.href:
            found.append(_styled({"type": "link", "url": run.href, "text": run.text}, style))
        else:
            found.append(_styled({"type": "text", "text": run.text}, style))
    return found


def is_header(part: Part) -> bool:
    """Whether it is shown as a header: a title that stands alone and has no look of its own."""
    if not isinstance(part, Paragraph) or part.heading != 1 or part.at.lists or part.at.quotes:
        return False
    plain = all(not run.href and not run.code for line in part.lines for run in line)
    told = text_of(part.lines[0])
    return len(part.lines) == 1 and plain and size(told) <= HEADER and not is_blank(told)


def joins(part: Part, last: Part | None) -> bool:
    """Whether it goes on in the same element as the part before it."""
    if not isinstance(part, Paragraph) or not isinstance(last, Paragraph):
        return False
    if is_header(part) or is_header(last):
        return False
    at, before = part.at, last.at
    if (at.lists, at.quote) != (before.lists, before.quote):
        return False
    if not at.marker or not at.lists:
        return True
    return bool(before.marker) and _follows(at.marker, before.marker)


def blocks(parts: Sequence[Part], calling: str = "") -> list[Block]:
    """The blocks that show them. `calling`: the id of the user who is called at the beginning."""
    writer = _Writer()
    if calling:
        writer.call(calling)
    for part in parts:
        writer.put(part)
    return writer.blocks


def told(parts: Iterable[Part]) -> str:
    """What they say as plain text."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Whole):
            lines += ["", part.told] if part.told else []
            continue
        if part.at.gap and lines:
            lines.append("")
        if isinstance(part, Rule):
            lines.append(_RULE)
        elif isinstance(part, Listing):
            lines += part.lines
        else:
            indent = "  " * max(0, part.at.lists - 1)
            marks = (part.at.marker.replace("- ", "• "), "")
            lines += [f"{indent}{marks[number > 0]}{text_of(line)}" for number, line in enumerate(part.lines)]
    return "\n".join(lines).strip("\n")


class _Writer:
    """Puts one part behind the other, in the element that is open or in a new one."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._last: Part | None = None
        self._open: list[Element] | None = None
        """Where inline elements go on."""

    def call(self, user: str) -> None:
        inner: list[Element] = [{"type": "user", "user_id": user}]
        self._add("rich_text_section", inner)
        self._open = inner

    def put(self, part: Part) -> None:
        match part:
            case Whole(block):
                self.blocks.append(block)
                self._open = None
            case Rule():
                self.blocks.append({"type": "divider"})
                self._open = None
            case Listing():
                shown = "\n".join(part.lines)
                code = {"type": "text", "text": NOTHING if not shown.strip() else shown}
                self._add("rich_text_preformatted", [code], border=part.at.quotes > 0)
            case Paragraph():
                self._paragraph(part)
        self._last = part

    def _paragraph(self, part: Paragraph) -> None:
        if is_header(part):
            text = {"type": "plain_text", "text": text_of(part.lines[0]), "emoji": False}
            self.blocks.append({"type": "header", "text": text})
            self._open = None
            return
        inner = _inner(part)
        at, last = part.at, self._last
        if self._open is not None and last is None:  # behind the call
            if at.marker or at.quotes:
                self._start(part, inner)
            else:
                self._open += [{"type": "text", "text": " "}, *inner]
        elif self._open is not None and joins(part, last):
            if at.marker:
                self._item(inner)
            else:
                between = "\n\n" if at.gap else "\n"
                self._open += [{"type": "text", "text": between}, *inner]
        else:
            self._start(part, inner)

    def _start(self, part: Paragraph, inner: list[Element]) -> None:
        at, last = part.at, self._last
        if at.marker:
            number = at.marker.rstrip(". ")
            more: Element = {"style": "ordered" if number.isdigit() else "bullet"}
            if depth := min(at.lists - 1, _DEEPEST):
                more["indent"] = depth
            if number.isdigit() and int(number) > 1:
                more["offset"] = int(number) - 1
            section = {"type": "rich_text_section", "elements": inner}
            self._add("rich_text_list", [section], border=at.quotes > 0, **more)
            self._open = inner
        elif at.quotes and not at.lists:
            if isinstance(last, Paragraph) and last.at.quote not in (0, at.quote):
                self.blocks.append({"type": "rich_text", "elements": []})  # else two quotes would be one
            self._add("rich_text_quote", inner)
            self._open = inner
        else:
            apart = isinstance(last, Paragraph) and (last.at.lists or last.at.quotes)
            if at.gap and apart and self.blocks and self.blocks[-1]["type"] == "rich_text":
                inner.insert(0, {"type": "text", "text": "\n"})
            self._add("rich_text_section", inner)
            self._open = inner

    def _item(self, inner: list[Element]) -> None:
        items = self._rich()[-1]["elements"]
        items.append({"type": "rich_text_section", "elements": inner})
        self._open = inner

    def _add(self, kind: str, inner: list[Element], *, border: bool = False, **more: Any) -> None:
        element = {"type": kind, "elements": inner, **more} | ({"border": 1} if border else {})
        self._rich().append(element)
        self._open = None

    def _rich(self) -> list[Element]:
        if not self.blocks or self.blocks[-1]["type"] != "rich_text":
            self.blocks.append({"type": "rich_text", "elements": []})
        found: list[Element] = self.blocks[-1]["elements"]
        return found


def _inner(part: Paragraph) -> list[Element]:
    mark = "› " * (part.at.quotes - 1)
    found: list[Element] = []
    for number, line in enumerate(part.lines):
        shown: Runs = tuple(bold(run) for run in line) if part.heading else line
        if number:
            found.append({"type": "text", "text": "\n"})
        if mark:
            found.append({"type": "text", "text": mark})
        found += elements(shown)
    return found or [{"type": "text", "text": NOTHING}]


def _follows(marker: str, before: str) -> bool:
    number, last = marker.rstrip(". "), before.rstrip(". ")
    if number.isdigit() and last.isdigit():
        return int(number) == int(last) + 1
    return marker == before


def _styled(element: Element, style: dict[str, bool]) -> Element:
    return {**element, "style": style} if style else element
