"""Choice questions in Markdown: a question with a list of boxes, or of letters and an answer that names one.

    1. Which algorithm merges the most frequent pair?        Which one is it?
       - [ ] Unigram                                         - [ ] This one
       - [x] BPE                                             - [x] That one
         > It begins with characters.                        Explanation: because …

Under a choice, a quotation, a nested item or a paragraph of its own explains it; a line that merely goes on
belongs to its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobs.review.blocks import Block, blocks, code_between
from jobs.review.choices import Choice, inline
from knowledge.notes import Section

OPTION = re.compile(r"^\s*(?:[-*+]\s+)?(?:\[[ xXхХ✓✔]\]|\(?[a-hа-зA-HА-З][.)])\s*\S")
_BOX = re.compile(r"^\s*(?:[-*+]\s+|\d{1,2}[.)]\s+)?\[(?P<mark>[ xXхХ✓✔])\]\s*(?P<text>\S.*)$")
_BOXED_ITEM = re.compile(r"^\[[ xXхХ✓✔]\]\s*\S")
_LETTER = re.compile(r"^\s*(?:[-*+]\s+)?\(?(?P<letter>[a-hа-зA-HА-З])[.)]\s*(?P<text>\S.*)$")
_NAMED = re.compile(r"^\W*([a-hа-зA-HА-З])\b(?:\s*(?:,|and|и|和|、)\s*([a-hа-зA-HА-З])\b)?\W*", re.IGNORECASE)
_WHY = re.compile(
    r"^[\s>*_]*(?:explanation|why|because|reason|обяснение|защо|защото|причина|解释|解析|说明|原因|理由)\s*[:：][\s*_]*",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"^[\s>*_]*(?:(?:correct )?answers?|solution|(?:верен )?отговори?|参考答案|正确答案|答案)\s*[:：][\s*_]*",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"^\s*(?:>|[-*+]\s)")
_LATIN, _CYRILLIC = "abcdefgh", "абвгдежз"


@dataclass(frozen=True, slots=True)
class Checklist:
    """A question and what it lets choose from."""

    question: str
    code: tuple[str, ...]
    """The fenced blocks between the question and its choices."""
    choices: tuple[Choice, ...]
    """As written; they needn't make a question."""
    explanation: str
    start: int
    end: int


def options(lines: Sequence[str], answer: str = "") -> tuple[tuple[Choice, ...], str]:
    """The choices among the lines under a question, and the explanation that stands behind them.

    `answer` is what the question's own line says after *Answer:*.
    """
    found: list[tuple[str, str, bool, list[str]]] = []
    behind: list[str] = [answer] if answer else []
    indent, apart = 0, False
    for line in lines:
        if not line.strip():
            apart = True
            continue
        deep = len(line) - len(line.lstrip())
        match = _BOX.match(line) or _LETTER.match(line)
        if match:
            indent = deep
            mark = match.groupdict().get("mark")
            letter = (match.groupdict().get("letter") or "").casefold()
            found.append((letter, match["text"], mark is not None and mark != " ", []))
        elif found and deep > indent and not _SAID.match(line):
            below = found[-1][3]
            if below or apart or _BESIDE.match(line) or _WHY.match(line):
                below.append(line.strip())
            else:
                found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}", *found[-1][2:])
        else:
            behind.append(line.strip())
        apart = False
    named, why = _named(behind)
    return (
        tuple(
            Choice(inline(text), right or _position(letter) in named, _explanation(below))
            for letter, text, right, below in found
        ),
        why,
    )


def checklists(section: Section) -> Iterator[Checklist]:
    """Lists of boxes at the left margin, each with the paragraph or the heading above that asks."""
    lines = section.text.split("\n")
    asking: Block | None = None
    boxes: list[Block] = []
    for block in (*blocks(section), None):
        if block is not None and block.kind != "text" and _BOXED_ITEM.match(block.text):
            boxes.append(block)
            continue
        if boxes:
            why = block if block is not None and block.kind == "text" and _tells_why(block.text) else None
            listed = lines[boxes[0].start - section.start : boxes[-1].end + 1 - section.start]
            yield _checklist(section, asking, boxes, why, listed)
            asking, boxes = None, []
            if why is not None:
                continue
        asking = block if block is not None and block.kind == "text" else None


def _checklist(
    section: Section, asking: Block | None, boxes: list[Block], why: Block | None, lines: list[str]
) -> Checklist:
    choices, explanation = options([*lines, *([why.text] if why else [])])
    return Checklist(
        question=asking.text if asking else section.title,
        code=tuple(code_between(section, asking.start if asking else section.start, boxes[0].start)),
        choices=choices,
        explanation=explanation,
        start=asking.start if asking else section.start,
        end=(why or boxes[-1]).end,
    )


def _tells_why(text: str) -> bool:
    return bool(_WHY.match(text) or _SAID.match(text) or text.startswith(">"))


def _named(behind: Sequence[str]) -> tuple[set[int], str]:
    """Which choices the text behind them names as right, and what else it says."""
    named: set[int] = set()
    kept: list[str] = []
    for line in behind:
        text = _SAID.sub("", line)
        letters = _NAMED.match(text) if text != line or line is behind[0] else None
        if letters:
            named |= {_position(letter.casefold()) for letter in letters.groups() if letter}
            text = text[letters.end() :]
        kept.append(text)
    return named, _explanation(kept)


def _explanation(lines: Sequence[str]) -> str:
    return inline(" ".join(_WHY.sub("", line.lstrip("> ").removeprefix("- ")) for line in lines))


def _position(letter: str) -> int:
    for alphabet in (_LATIN, _CYRILLIC):
        if letter and letter in alphabet:
            return alphabet.index(letter)
    return -1
