"""Damaged Chinese characters, found by the words that they make with their neighbours.

Each stretch of characters is a lattice: every way to fill its holes and to cut it into words. The
best path by word frequency (a unigram model, as in jieba's own segmentation) decides; a hole's
margin is how much the best path with another character there falls behind. Frequencies are those of
jieba's dictionary, with the note's own undamaged words added.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from math import inf, log
from pathlib import Path

from knowledge.repair.terms import TERMS

Slot = Sequence[str]
"""The characters that may stand at one place; a single one where nothing is missing."""

_TOTAL = 60_000_000
"""About the sum of the dictionary's frequencies."""
_TERM = 500
_OWN_WORD = 300
"""What one occurrence in the note adds to a word's frequency."""
_SURE = log(20)
_ENOUGH = log(3)
_SAMPLE = 5_000
"""Damaged stretches of which the first round learns words for the second."""


@dataclass(frozen=True, slots=True)
class _Path:
    words: list[str]
    margins: list[float]
    """How clearly the best path's character wins at each place, as a difference of logarithms."""

    @property
    def text(self) -> str:
        return "".join(self.words)


def restore(stretches: Sequence[Sequence[Slot]], undamaged: Iterable[str]) -> list[list[str]]:
    """For each stretch the characters that stand in it; an empty string where none is likely enough.

    `undamaged` is what else the note says in Chinese.
    """
    pieces = list(undamaged)
    alphabet = {character for stretch in stretches for slot in stretch for character in slot}
    words = _dictionary(alphabet.union(*pieces))
    apart = Counter(word for piece in pieces for word in _best(piece, words).words if len(word) > 1)
    first = words.with_own(apart)
    sure = Counter(word for stretch in stretches[:_SAMPLE] for word in _sure_words(_best(stretch, first)))
    final = words.with_own(apart + sure)
    paths = [_best(stretch, final) for stretch in stretches]
    return [
        [
            character if margin >= _ENOUGH else ""
            for character, margin in zip(path.text, path.margins, strict=True)
        ]
        for path in paths
    ]


class _Words:
    """Word frequencies with their prefixes."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self.known = known
        self.prefixes = {word[:end] for word in known for end in range(1, len(word) + 1)}

    def with_own(self, counts: Mapping[str, int]) -> _Words:
        """These words, and more often those that the note says so many times."""
        more = {word: self.known.get(word, 0) + _OWN_WORD * count for word, count in counts.items()}
        return _Words({**self.known, **more})

    def score(self, word: str) -> float:
        return log(max(self.known.get(word, 0), 1) / _TOTAL)


def _dictionary(alphabet: set[str]) -> _Words:
    """jieba's words over an alphabet, read from its file.

    jieba itself isn't imported: it would log to stderr, keep a cache in the shared temporary folder,
    and hold all of its words in memory.
    """
    known = dict.fromkeys((term for term in TERMS if alphabet.issuperset(term)), _TERM)
    characters = re.escape("".join(character for character in alphabet if not character.isspace()))
    line = re.compile(f"\\n([{characters}]+) ([0-9]+)")
    spec = find_spec("jieba")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        lines = Path(folder, "dict.txt").read_text(encoding="utf-8")
        for word, frequency in (match.groups() for match in line.finditer("\n" + lines)):
            known[word] = max(known.get(word, 0), int(frequency))
    return _Words(known)


def _best(slots: Sequence[Slot], words: _Words) -> _Path:
    arcs = list(_arcs(slots, words))
    forward = [0.0] + [-inf] * len(slots)
    came: list[tuple[int, str]] = [(0, "")] * (len(slots) + 1)
    for start, word, score in arcs:
        end = start + len(word)
        if forward[start] + score > forward[end]:
            forward[end], came[end] = forward[start] + score, (start, word)
    backward = [-inf] * len(slots) + [0.0]
    by_place: list[defaultdict[str, float]] = [defaultdict(lambda: -inf) for _ in slots]
    for start, word, score in reversed(arcs):
        rest = score + backward[start + len(word)]
        backward[start] = max(backward[start], rest)
        for place, character in enumerate(word, start):
            by_place[place][character] = max(by_place[place][character], forward[start] + rest)
    best: list[str] = []
    end = len(slots)
    while end:
        end, word = came[end]
        best.append(word)
    return _Path(best[::-1], [_margin(place.values()) for place in by_place])


def _arcs(slots: Sequence[Slot], words: _Words) -> Iterable[tuple[int, str, float]]:
    """Every word that can stand somewhere, by its start: (start, word, score)."""
    for start in range(len(slots)):
        todo = list(slots[start])
        while todo:
            word = todo.pop()
            if len(word) == 1 or word in words.known:
                yield start, word, words.score(word)
            if start + len(word) < len(slots):
                longer = (word + character for character in slots[start + len(word)])
                todo.extend(candidate for candidate in longer if candidate in words.prefixes)


def _margin(scores: Iterable[float]) -> float:
    first, second = [*sorted(scores, reverse=True), -inf][:2]
    return first - second


def _sure_words(path: _Path) -> Iterable[str]:
    place = 0
    for word in path.words:
        if len(word) > 1 and min(path.margins[place : place + len(word)]) >= _SURE:
            yield word
        place += len(word)
