"""What a section can be quoted in: sentences, list items, table rows, code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from markdown_it.token import Token

from knowledge.notes import Section
from knowledge.sections import section_tokens
from knowledge.sentences import sentences

UnitKind = Literal["sentence", "item", "row", "list", "code"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece that makes sense when quoted alone."""

    text: str
    """Without list markers and table pipes; inline markup and code fences stay."""
    quote: str
    """The same as it stands in the note."""
    start: int
    end: int
    """First and last line in the note."""
    kind: UnitKind
    context: str = ""
    """What it hangs on: the parent item, the header row of a table, the line that leads a list in."""
    question: bool = False
    """Asks instead of telling: a quiz question, a prompt of a review plan."""
    task: bool = False
    """Something to do or to tick off."""
    leads: bool = False
    """Only leads in what follows it, as a line with a colon or all in bold does."""


_BOILERPLATE = re.compile(
    r"(?:!\[[^\]]*\]\([^)]*\)|\[!\[.*?\]\([^)]*\)\]\([^)]*\)|<?https?://\S+|</?[A-Za-z][^>]*>|[-*_=\s|:>#]+|&nbsp;)*"
)
_ONLY_LINKS = re.compile(r"(?:[-*+]?\s*\[[^\]]*\]\([^)]*\)[,.;:\s、。]*)+")
_MARKER = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")
_QUESTION_END = re.compile(r"[?？][\s*_`\"'”’»)）]*$")
_INTERVAL = re.compile(
    r"^[\s*_`]*(?:(?:after|след)\s+)?(?:\d+|one|two|three|един|една|два|две|три|[一二两三])\s*"
    r"(?:[smhdw]\b|mo\b|day|week|month|hour|minute|ден|дни|седмиц|месец|час|минут|天|日|周|星期|个?月|小时|分钟)",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"^\W*(?:задачи?|tasks?|exercises?|упражнени[ея]|练习题?|任务)\s*\d*\s*[:：.]", re.IGNORECASE
)
_CHECKBOX = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s")
_LEAD = re.compile(r"[:：][*_\s]*$|^(?:\*\*[^*]+\*\*|__[^_]+__)$")
_PROMPT_LABEL = re.compile(r"^\W*(?:въпроси?|questions?|quiz|q|问题|问)\s*\d*\W{0,3}[:：.]", re.IGNORECASE)
_OUTLINE = re.compile(
    r"\b(?:table of contents|contents|topics|agenda|objectives|what (?:you.ll|you will|we.ll|we will) learn"
    r"|exercises|quiz|next steps|success criteria|prior knowledge|review plan|references?)\b"
    r"|съдържание|цели на|теми|упражнения|въпроси|преговор"
    r"|目录|学习目标|练习题?|测验|小测|下一步|复习计划|参考(?:文献|资料)",
    re.IGNORECASE,
)
_LONGEST_LIST = 700


def split_units(section: Section, tokens: Sequence[Token] | None = None) -> tuple[Unit, ...]:
    """The section's units in reading order; a list that a line leads in follows that line as a whole too.

    Headings, pictures, bare links, rules and tags are left out. `tokens`: those of `section_tokens`, if at
    hand.
    """
    reader = _Reader(section, section_tokens(section) if tokens is None else tokens)
    units = [unit for unit in reader.units() if not _is_boilerplate(unit)]
    return tuple(_marked(unit) for unit in units)


def is_outline(section: Section) -> bool:
    """Whether a section only says what is to come or to be done: contents, objectives, exercises, a quiz."""
    return bool(_OUTLINE.search(section.title) or _TASK.match(section.title))


class _Reader:
    def __init__(self, section: Section, tokens: Sequence[Token]) -> None:
        self.section = section
        self.lines = section.text.split("\n")
        self.tokens = tokens

    def units(self) -> Iterator[Unit]:
        position = 0
        lead: Unit | None = None
        while position < len(self.tokens):
            token = self.tokens[position]
            after = self._after(position)
            found: list[Unit] = []
            if token.type in ("fence", "code_block"):
                found = [self._unit(*self._range(token), "code")]
            elif token.type == "paragraph_open":
                found = list(self._sentences(token))
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                found = list(self._items(position, after, lead.text if lead else ""))
                whole = self._unit(*self._range(token), "list") if found else None
                if lead is not None and whole is not None:
                    yield from self._together(lead, whole, found)
            elif token.type == "table_open":
                found = list(self._rows(position, after))
            elif token.type == "blockquote_open":
                position += 1
                continue
            yield from found
            if token.type != "blockquote_close":
                lead = found[-1] if found and found[-1].text.rstrip("*_ ").endswith((":", "：")) else None
            position = after

    def _after(self, position: int) -> int:
        """The token behind the block that opens at `position`."""
        token = self.tokens[position]
        if token.nesting != 1:
            return position + 1
        for later in range(position + 1, len(self.tokens)):
            if self.tokens[later].level == token.level and self.tokens[later].nesting == -1:
                return later + 1
        return len(self.tokens)

    def _range(self, token: Token) -> tuple[int, int]:
        """First and last line of a block, 0-based, without blank lines at its end."""
        first, after = token.map or (0, 0)
        while after > first + 1 and not self.lines[after - 1].strip():
            after -= 1
        return first, after - 1

    def _unit(self, first: int, last: int, kind: UnitKind, context: str = "") -> Unit:
        quote = "\n".join(self.lines[first : last + 1])
        text = quote
        if kind == "item":
            text = " ".join(line.strip() for line in _MARKER.sub("", quote).split("\n") if line.strip())
        base = self.section.start
        return Unit(text, quote, base + first, base + last, kind, context)

    def _sentences(self, token: Token) -> Iterator[Unit]:
        first, last = self._range(token)
        paragraph = "\n".join(re.sub(r"^\s*>\s?", "", line) for line in self.lines[first : last + 1])
        for sentence, start, end in sentences(paragraph, self.section.start + first):
            yield Unit(sentence, sentence, start, end, "sentence")

    def _items(self, position: int, after: int, context: str) -> Iterator[Unit]:
        number = position + 1
        while number < after:
            token = self.tokens[number]
            if token.type != "list_item_open":
                number += 1
                continue
            end = self._after(number)
            first, last = self._range(token)
            inner = [n for n in range(number + 1, end) if self._is_inner_block(self.tokens[n], token.level)]
            own_last = last
            if inner:
                own_last = max((self.tokens[inner[0]].map or (first, 0))[0] - 1, first)
                while own_last > first and not self.lines[own_last].strip():
                    own_last -= 1
            item = self._unit(first, own_last, "item", context)
            yield item
            for block in inner:
                if self.tokens[block].type == "fence":
                    yield self._unit(*self._range(self.tokens[block]), "code", item.text)
                else:
                    yield from self._items(block, self._after(block), item.text)
            number = end

    @staticmethod
    def _is_inner_block(token: Token, level: int) -> bool:
        return token.level == level + 1 and token.type in ("bullet_list_open", "ordered_list_open", "fence")

    def _together(self, lead: Unit, whole: Unit, items: Sequence[Unit]) -> Iterator[Unit]:
        """The leading line and its list as one, if that isn't too long."""
        if len(lead.quote) + len(whole.quote) <= _LONGEST_LIST and len(items) > 1:
            first, last = lead.start - self.section.start, whole.end - self.section.start
            unit = self._unit(first, last, "list")
            if lead.kind == "sentence" and not unit.quote.lstrip().startswith(lead.quote):
                return  # the line holds more than the lead
            yield unit

    def _rows(self, position: int, after: int) -> Iterator[Unit]:
        header = ""
        for number in range(position, after):
            token = self.tokens[number]
            if token.type != "tr_open" or not token.map:
                continue
            cells = [
                t.content.strip() for t in self.tokens[number : self._after(number)] if t.type == "inline"
            ]
            if not header:
                header = " ".join(cells)
                continue
            line = token.map[0]
            text = " – ".join(cell for cell in cells if cell)
            base = self.section.start
            yield Unit(text, self.lines[line], base + line, base + line, "row", header)


def _is_boilerplate(unit: Unit) -> bool:
    if unit.kind == "code":
        return not re.search(r"\w", unit.text.strip("`~ \n"))
    text = unit.text.strip()
    return bool(_BOILERPLATE.fullmatch(text) or _ONLY_LINKS.fullmatch(text)) or not re.search(r"\w", text)


def _marked(unit: Unit) -> Unit:
    if unit.kind == "code":
        return unit
    question = _asks(unit)
    task = bool(_TASK.match(unit.text) or _CHECKBOX.match(unit.quote))
    leads = unit.kind != "list" and bool(_LEAD.search(unit.text))
    return replace(unit, question=question, task=task, leads=leads) if question or task or leads else unit


def _asks(unit: Unit) -> bool:
    if unit.kind == "row" and _INTERVAL.match(unit.text):
        return True
    return bool(_QUESTION_END.search(unit.text) or _PROMPT_LABEL.match(unit.text))
