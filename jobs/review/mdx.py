"""The choice questions of MDX notes: `<Question choices={[{text: "…", explain: "…", correct: true}, …]}/>`.

What is asked stands before the tag: the heading, and the paragraphs and code between the heading, or the
question before, and the tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jobs.review.choices import Choice, inline
from jobs.review.jsx import Unreadable, read_tag
from knowledge.notes import Section

_OPENING = re.compile(r"^[ \t]*<(?:Question|Quiz|MultipleChoice)\b", re.MULTILINE)
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_NO_PROSE = re.compile(r"^\s*(?:[{<]|import\s|export\s|</)")
_MISREAD = re.compile(
    r"[\"'`,}]\s*(?:text|explain|explanation|correct)\s*:|\b(?:explain|explanation|correct)\s*:\s*[\"'`t]"
)
"""A text that holds this ran on into what follows it."""
_QUESTION = ("question", "prompt", "title")
_EXPLAIN = ("explain", "explanation", "feedback")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A question tag."""

    lead: str
    """What is asked, as far as it stands between the heading, or the tag before, and this tag."""
    choices: tuple[Choice, ...]
    """As written; they needn't make a question."""
    start: int
    end: int
    """Lines of the note, those of the tag alone."""


@lru_cache(maxsize=1024)
def tagged(section: Section) -> tuple[Tagged, ...]:
    """The question tags of a section, in order; one that is broken beyond reading is left out."""
    if "<" not in section.text or not _OPENING.search(section.text):
        return ()
    return tuple(_tagged(section))


def _tagged(section: Section) -> Iterator[Tagged]:
    text = section.text
    after = text.find("\n") + 1 if section.level else 0
    for opening in _OPENING.finditer(text):
        start = opening.end() - len(opening[0].lstrip())
        if opening.start() < after or _in_code(text[after : opening.start()]):
            continue
        try:
            attributes, end = read_tag(text, start)
        except Unreadable:
            continue
        said = next((attributes[name] for name in _QUESTION if isinstance(attributes.get(name), str)), "")
        yield Tagged(
            lead="\n\n".join(part for part in (_lead(text[after : opening.start()]), inline(said)) if part),
            choices=tuple(_choices(attributes)),
            start=section.start + text.count("\n", 0, start),
            end=section.start + text.count("\n", 0, end),
        )
        after = end


def _choices(attributes: Mapping[str, Any]) -> Iterator[Choice]:
    listed = attributes.get("choices") or attributes.get("options") or attributes.get("answers")
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            continue
        text = entry["text"]
        explain = next((entry[name] for name in _EXPLAIN if isinstance(entry.get(name), str)), "")
        # Without what was misread the right choice may be missing: an empty one makes no question.
        broken = _MISREAD.search(text)
        yield Choice(
            "" if broken else inline(text),
            entry.get("correct") in (True, "true"),
            "" if _MISREAD.search(explain) else inline(explain),
        )


def _lead(text: str) -> str:
    """The paragraphs and the code of what stands before a tag."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence and line.strip().startswith(fence) else fence or mark[1]
            lines.append(line.strip())
        elif fence:
            lines.append(line)
        elif not _NO_PROSE.match(line):
            lines.append(inline(line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _in_code(before: str) -> bool:
    """Whether a fence is open at the end of a text."""
    fence = ""
    for line in before.split("\n"):
        if mark := _FENCE.match(line):
            fence = "" if fence and line.strip().startswith(fence) else fence or mark[1]
    return bool(fence)
