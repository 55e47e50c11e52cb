"""Questions behind a label, as learning paths have them: `Questions: What is …? How does …?`.

The label is nested under the step that it belongs to, its questions on the same line or as items below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jobs.review.blocks import numbered_lines
from jobs.review.prompts import Prompt, plain, prompt_at
from knowledge.notes import Section

_LABEL = re.compile(
    r"^(?P<indent>\s+)(?:[-*+•]|\d{1,2}[.)])\s+[*_]{0,2}"
    r"(?:(?:guiding |key |check |review )?questions?|въпроси?(?: за (?:размисъл|проверка))?|思考题?|问题|問題"
    r"|思考问题)"
    r"\s*[*_]{0,2}\s*[:：][*_]{0,2}\s*(?P<text>.*)$",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^(?P<indent>\s*)(?:[-*+•]|\d{1,2}[.)])\s+(?P<text>\S.*)$")
_ASKS = re.compile(r"[^?？]+[?？]")


def labelled(section: Section) -> list[Prompt]:
    """The questions behind such labels, each by itself; what answers them stands elsewhere."""
    return list(_labelled(section))


def _labelled(section: Section) -> Iterator[Prompt]:
    depth: int | None = None
    for number, line in numbered_lines(section):
        label = _LABEL.match(line)
        item = _ITEM.match(line)
        if label:
            depth = len(label["indent"].expandtabs(4))
            yield from _each(label["text"], section, number)
        elif depth is not None and item and len(item["indent"].expandtabs(4)) > depth:
            yield from _each(item["text"], section, number)
        elif line.strip():
            depth = None


def _each(text: str, section: Section, number: int) -> Iterator[Prompt]:
    for asked in _ASKS.findall(plain(text)):
        if len(asked.strip()) > 3:
            yield prompt_at("quiz", asked.strip(), section, number, number)
