"""Sentences of prose in English, Bulgarian and Chinese, with the lines that they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(
    r"(?P<cjk>[。！？]+[”’」』）)\"']*)"
    r"|(?P<latin>[.!?…]+[\"”’»)\]*_`]*)(?=\s+[\"“„«(\[*_`]*[A-ZА-Я0-9\u4e00-\u9fff]|\s*\Z|\s*[\u4e00-\u9fff])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|Dr|Mr|Mrs|Ms|Prof|Fig|Eq|No|approx|al|resp"
    r"|т\.е|т\.н|т\.нар|напр|др|вж|ср|стр|гл|фиг|проф|инж|ул|бр|хил|млн|млрд|лв|г|в)|\b[A-ZА-Я]|^\s*\d+)\.$"
)


_LONGEST = 900
"""Characters; what goes on for longer without a full stop is cut at the next best place."""
_PAUSE = re.compile(r"[;；,，、:：]\s*|\s+")


def sentences(text: str, first_line: int) -> Iterator[tuple[str, int, int]]:
    """(sentence, its first line, its last line) of a paragraph that begins at `first_line`.

    A line break inside a sentence stays as it is; nothing but white space between sentences is left out.
    """
    start = 0
    for match in _END.finditer(text):
        if match.lastgroup == "latin" and match.group().startswith("."):
            so_far = text[max(start, match.start() - 12) : match.start() + 1]
            if _ABBREVIATION.search(so_far) and match.end() < len(text.rstrip()):
                continue
        yield from _between(text, start, match.end(), first_line)
        start = match.end()
    yield from _between(text, start, len(text), first_line)


def _between(text: str, start: int, end: int, first_line: int) -> Iterator[tuple[str, int, int]]:
    while end - start > _LONGEST:
        pauses = [match.end() for match in _PAUSE.finditer(text, start + _LONGEST // 2, start + _LONGEST)]
        cut = pauses[-1] if pauses else start + _LONGEST
        yield from _between(text, start, cut, first_line)
        start = cut
    sentence = text[start:end].strip()
    if not sentence:
        return
    begin = start + len(text[start:end]) - len(text[start:end].lstrip())
    line = first_line + text.count("\n", 0, begin)
    yield sentence, line, line + sentence.count("\n")
