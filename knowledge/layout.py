"""Where a text may be cut: blocks, list items, rows, stanzas of code, lines, sentences, stretches.

Every cut leaves spans that follow one another without gap, as offsets into the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token

from knowledge.markdown import opening_heading

Span = tuple[int, int]
"""From the first offset up to the second."""

_Places = Callable[[int, int], Iterator[int]]
_STANZA = re.compile(r"\n[ \t]*\n(?=[^\n])")
_LINE = re.compile(r"\n(?=.)", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=\S)|(?<=[。！？；])(?=[^。！？；”’」』）])")
_NO_PLACES = ("inline", "thead_open", "tbody_open")
_BREAKS = frozenset(" \t,;:，、：；/|)]}")
_LONGEST_EMOJI = 16
_JOINER = "\u200d"
_CHARACTERS_PER_TOKEN = 4


class Layout:
    """The places where a text of Markdown may be cut, from coarse to fine; `tokens` are its blocks."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        after = opening_heading(tokens)
        self.body = self.lines[after] if after < len(self.lines) else len(text)
        """Where the text begins after the heading that it opens with; 0 if it opens with none."""
        levels: dict[int, int] = {}
        for token in tokens:
            if token.map and token.type not in _NO_PLACES and token.map[0] < len(self.lines):
                offset = self.lines[token.map[0]]
                levels[offset] = min(token.level, levels.get(offset, token.level))
        self._cuts = sorted(levels.items())

    def finer(self, span: Span, room: int) -> list[Span]:
        """The span cut at the coarsest places inside it; empty if it is a single character.

        `room` is the number of tokens that a part may have at most, for cuts inside a sentence.
        """
        for places in (self._blocks, self._matches(_STANZA), self._matches(_LINE), self._matches(_SENTENCE)):
            cuts = list(places(*span))
            if cuts:
                return _between(span, cuts)
        return _between(span, self._stretches(*span, room))

    def line(self, offset: int) -> int:
        """The 0-based number of the line that the offset is in."""
        return bisect_right(self.lines, offset) - 1

    def trimmed(self, span: Span) -> Span:
        """The span without the blank lines at its ends; its start for both if it is blank."""
        start, end = span
        text = self.text[start:end]
        content = text.strip()
        if not content:
            return start, start
        first = len(text) - len(text.lstrip())
        newline = text.find("\n", len(text.rstrip()))
        return start + text.rfind("\n", 0, first) + 1, end if newline < 0 else start + newline

    def _blocks(self, start: int, end: int) -> Iterator[int]:
        low = bisect_right(self._cuts, (start, 1_000))
        inside = self._cuts[low : bisect_left(self._cuts, (end, -1))]
        coarsest = min((level for _, level in inside), default=0)
        return (offset for offset, level in inside if level == coarsest)

    def _matches(self, pattern: re.Pattern[str]) -> _Places:
        def places(start: int, end: int) -> Iterator[int]:
            found = (match.end() for match in pattern.finditer(self.text, start, end))
            return (offset for offset in found if start < offset < end)

        return places

    def _stretches(self, start: int, end: int, room: int) -> Iterator[int]:
        """Cuts inside a sentence, behind a space or comma if one is near, never inside an emoji."""
        most = room * _CHARACTERS_PER_TOKEN
        size = most if end - start > most else (end - start) // 2
        while size and end - start > size:
            wanted = start + size
            nearest = range(wanted, start + size // 2, -1)
            cut = next((at for at in nearest if self.text[at - 1] in _BREAKS), wanted)
            backwards = range(cut, max(cut - _LONGEST_EMOJI, start), -1)
            start = next((at for at in backwards if not self._joined(at)), cut)
            yield start

    def _joined(self, offset: int) -> bool:
        before, after = self.text[offset - 1], self.text[offset]
        return (
            _JOINER in (before, after)
            or unicodedata.category(after) in ("Mn", "Me")
            or "\U0001f3fb" <= after <= "\U0001f3ff"
        )


def _between(span: Span, cuts: Iterable[int]) -> list[Span]:
    places = [span[0], *cuts, span[1]]
    return list(pairwise(places)) if len(places) > 2 else []
