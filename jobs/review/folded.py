"""Answers that are folded away: `<details><summary>…</summary>…</details>`.

The summary asks, or it only says that an answer is inside and what stands before it asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jobs.review.blocks import numbered_lines
from jobs.review.choices import inline
from jobs.review.prompts import NUMBERING, Prompt, plain
from knowledge.notes import Section

_FOLD = re.compile(
    r"<details\b[^<>]*>\s*<summary\b[^<>]*>(?P<summary>.*?)</summary\s*>(?P<answer>.*?)(?P<close></details\s*>)",
    re.IGNORECASE | re.DOTALL,
)
_ONLY_ANSWER = re.compile(
    r"^\W*(?:(?:click|tap|press)\b.{0,25}|show|see|view|reveal|open|expand|покажи|виж|点击(?:查看|展开)?|查看|显示|展开)?\W*"
    r"(?:the |me )?(?:answers?|solutions?|отговор(?:и|а|ът)?|решение(?:то)?|参考答案|答案|解答"
    r"|解析)\W*(?:here)?\W*$",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?？]\W*$")
_LABEL = re.compile(
    r"^\W*(?:q|question|въпрос|в|问题|問題|问|問)\s*\.?\s*\d{0,3}\s*[:：.)、]\W*(?=\S)", re.IGNORECASE
)
_ITEM = re.compile(r"^\s*(?:[-*+•]\s+|\d{1,3}[.)、]\s*|>\s*)+")


def unfolded(section: Section, found: Sequence[Prompt], asks: bool) -> list[Prompt]:
    """Those found so far and the section's questions with a folded answer; each question comes once.

    `asks`: whether the headings say that what stands here is asked, so that a summary needs no question mark.
    """
    folded = list(_folded(section, asks)) if "<details" in section.text.casefold() else []
    texts = {prompt.text for prompt in folded}
    kept = [prompt for prompt in found if prompt.section is not section or prompt.text not in texts]
    return [*kept, *folded]


def _folded(section: Section, asks: bool) -> Iterator[Prompt]:
    prose = {number for number, _ in numbered_lines(section)}
    for fold in _FOLD.finditer(section.text):
        opening = section.start + section.text.count("\n", 0, fold.start())
        answer = fold["answer"]
        if opening not in prose or not answer.strip():
            continue
        said = _question(inline(fold["summary"]))
        if _ONLY_ANSWER.match(said):
            said = _before(section, fold.start())
            if not (_ASKS.search(said) or asks):
                continue
        elif not (_ASKS.search(said) or asks or _LABEL.match(inline(fold["summary"]))):
            continue
        if len(said) > 2:
            first, last = _lines(section, fold)
            yield Prompt("quiz", said, section, first, last, own=True)


def _lines(section: Section, fold: re.Match[str]) -> tuple[int, int]:
    """The lines of the answer, without those that hold nothing but a tag."""
    answer = fold["answer"]
    start = fold.start("answer") + len(answer) - len(answer.lstrip())
    end = fold.start("answer") + len(answer.rstrip())
    return (
        section.start + section.text.count("\n", 0, start),
        section.start + section.text.count("\n", 0, end),
    )


def _before(section: Section, position: int) -> str:
    """The question above: the last paragraph or item, else the heading."""
    above = section.text[:position].rstrip()
    paragraph = re.split(r"\n\s*\n", above)[-1]
    lines = paragraph.split("\n")
    starts = [at for at, line in enumerate(lines) if _ITEM.match(line)]
    text = " ".join(line.strip() for line in lines[starts[-1] if starts else 0 :])
    if not text or text.startswith(("#", "</")):
        text = section.title
    return _question(text)


def _question(text: str) -> str:
    text = NUMBERING.sub("", _ITEM.sub("", text))
    return plain(_LABEL.sub("", text)).strip()
