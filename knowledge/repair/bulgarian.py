"""Damaged Bulgarian letters, found by the letters around them.

The code pages lose the very common с and я (ю, А, Н, О too). A word's fillings are weighed by a
trigram model of letters; `bulgarian.txt` has, for each two letters, those that follow, each with the
rounded binary logarithm of its count (base 20) in some 600 000 running words; ^ and $ are a word's ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from math import log2
from pathlib import Path

Slot = tuple[str, ...]

LETTERS = frozenset("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯЍабвгдежзийклмнопрстуфхцчшщъьюяѝ")
FOREIGN = frozenset("ыэёіїєђјљњћџѓќў")
"""Letters of other languages, whose words this can't judge."""
_RARE = 0.5
"""The count of a trigram that isn't in the table."""
_BEAM = 48
_ENOUGH = log2(4)


@lru_cache(4096)
def restore(word: tuple[Slot, ...]) -> list[str]:
    """The letters of a word, of which each slot has one or several candidates; "" for an unclear one."""
    slots = [[letter for letter in slot if letter in LETTERS] for slot in word]
    if not all(slots):
        return [slot[0] if len(slot) == 1 else "" for slot in word]
    beam = [(0.0, "^^")]
    for slot in [*slots, ["$"]]:
        longer = [
            (score + _surprise(text[-2:], letter), text + letter) for score, text in beam for letter in slot
        ]
        beam = sorted(longer, reverse=True)[:_BEAM]
    texts = [(score, text[2:-1]) for score, text in beam]
    best, found = texts[0]
    rivals = [
        next((score for score, text in texts if text[place] != letter), best - 2 * _ENOUGH)
        for place, letter in enumerate(found)
    ]
    return [letter if best - rival >= _ENOUGH else "" for letter, rival in zip(found, rivals, strict=True)]


def _surprise(context: str, letter: str) -> float:
    following = _trigrams().get(context.lower(), {})
    return log2(following.get(letter.lower(), _RARE) / (sum(following.values()) + 30 * _RARE))


@cache
def _trigrams() -> Mapping[str, Mapping[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for line in Path(__file__).with_name("bulgarian.txt").read_text(encoding="utf-8").splitlines():
        context, following = line.split(" ")
        table[context] = {
            letter: 2.0 ** int(size, 20) for letter, size in zip(following[::2], following[1::2], strict=True)
        }
    return table
