"""Which of our languages a text is written in, judged by its script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from knowledge.notes import Language

Script = Literal["latin", "cyrillic", "cjk", "other"]

_NO_PROSE = re.compile(
    r"^(?P<fence>```+|~~~+).*?(?:^(?P=fence)|\Z)"  # fenced code
    r"|`[^`\n]*`"  # code in a line
    r"|<!--.*?-->|</?[A-Za-z][^<>\n]*>"  # tags
    r"|\b(?:https?|ftp)://[^\s<>()\[\]，。）]+|\bwww\.[^\s<>()]+"  # addresses
    r"|\]\([^()\s]*\)",  # a link's target
    re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(
    r"(?P<cjk>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
    r"|(?P<other_cjk>[\u3040-\u30ff\u3100-\u312f\uac00-\ud7af\u1100-\u11ff])"
    r"|(?P<cyrillic>[\u0400-\u052f]+(?:[-'’][\u0400-\u052f]+)*)"
    r"|(?P<latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff][\w./'’-]*)"
    r"|(?P<other>[^\W\d_])"
)
_ANY_WORD = re.compile(re.sub(r"\?P<\w+>", "?:", _WORD.pattern))
_NOT_LATIN = re.compile(r"[\u0400-\u052f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""A letter of Bulgarian or Chinese."""
_HAN_WORD = 1 / 1.6
"""A Chinese word has about 1.6 characters."""
_ENGLISH = 0.2
"""The share of English prose that is grammar, at the least."""
_GRAMMAR = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can did do does for from has have how i if in into is it its many me"
        " much my not of on or should than that the their there these this to use was we were what when"
        " where which who why will with would you your",
    )
)
"""English words that show English grammar; other Latin words also stand as terms in any language."""


def detect_language(text: str) -> Language:
    """The language of most of the prose; code, addresses and identifiers don't count.

    Bulgarian and Chinese technical prose is full of English terms, so a Latin word weighs half
    unless it is one of English grammar. English where there is nothing to go by.
    """
    if not _NOT_LATIN.search(text):
        return "en"
    weights = {"en": 0.0, "bg": 0.0, "zh": 0.0}
    for kind, word, times in _words(text):
        if kind == "cjk":
            weights["zh"] += _HAN_WORD * times
        elif kind == "cyrillic":
            weights["bg"] += times
        elif kind == "latin" and not _is_identifier(word):
            weights["en"] += times if word.lower().rstrip(".") in _GRAMMAR else 0.5 * times
    if weights["bg"] > max(weights["en"], weights["zh"]):
        return "bg"
    if weights["zh"] > weights["en"]:
        return "zh"
    return "en"


def written_in_english(text: str) -> bool:
    """Whether it has English sentences, and not only code and terms, which stand in notes of any language."""
    latin = grammar = 0
    for kind, word, times in _words(text):
        if kind == "latin":
            latin += times
            grammar += times if word.lower().rstrip(".") in _GRAMMAR else 0
    return grammar >= _ENGLISH * max(latin, 1)


def dominant_script(text: str) -> Script:
    """The script of most letters of the prose; "other" also where there are none."""
    letters: Counter[Script] = Counter()
    for kind, word, times in _words(text):
        match kind:
            case "cjk" | "other_cjk":
                letters["cjk"] += 2 * times  # a character says as much as two letters or more
            case "cyrillic":
                letters["cyrillic"] += len(word) * times
            case "latin":
                letters["latin"] += len(word) * times
            case _:
                letters["other"] += times
    return max(letters, key=lambda script: letters[script]) if letters else "other"


def prose(text: str) -> str:
    """The text without code in backticks, tags and addresses."""
    return _NO_PROSE.sub(" ", text)


def _words(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, word, how often it comes)."""
    for word, times in Counter(_ANY_WORD.findall(prose(text))).items():
        kind = _WORD.match(word)
        yield (kind and kind.lastgroup) or "", word, times


def _is_identifier(word: str) -> bool:
    if word[1:].islower():
        return "_" in word
    return "_" in word or any(a.islower() and b.isupper() for a, b in pairwise(word))
