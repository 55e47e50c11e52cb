"""Scripts of a text, counted in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LATIN = r"A-Za-z\u00c0-\u024f"
_CYRILLIC = r"\u0400-\u052f"
_CJK = r"\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"

_LATIN_WORDS = re.compile(f"[{_LATIN}]+")
_CYRILLIC_WORDS = re.compile(f"[{_CYRILLIC}]+")
_CJK_RUNS = re.compile(f"[{_CJK}]+")
_OTHER_LETTERS = re.compile(rf"[^\W\d_{_LATIN}{_CYRILLIC}{_CJK}]")
_LETTERS_AND_SPACES = bytes(ord("a" if chr(byte).isalpha() else " ") for byte in range(256))
"""Every letter of ASCII as an a, any other byte as a space."""
_CJK_CHARACTERS_IN_A_WORD = 1.6


def count_scripts(text: str) -> Mapping[str, float]:
    """Words by script: latin, cyrillic, cjk, other. A word of CJK is taken as 1.6 characters."""
    if text.isascii():
        words = (b" " + text.encode().translate(_LETTERS_AND_SPACES)).count(b" a")
        return {"latin": float(words), "cyrillic": 0.0, "cjk": 0.0, "other": 0.0}
    return {
        "latin": float(len(_LATIN_WORDS.findall(text))),
        "cyrillic": float(len(_CYRILLIC_WORDS.findall(text))),
        "cjk": sum(map(len, _CJK_RUNS.findall(text))) / _CJK_CHARACTERS_IN_A_WORD,
        "other": float(len(_OTHER_LETTERS.findall(text))),
    }
