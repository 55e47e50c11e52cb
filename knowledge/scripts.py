"""Scripts of a text, counted in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORDS = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f]+)"
    r"|(?P<cyrillic>[\u0400-\u052f]+)"
    r"|(?P<cjk>[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af])"
    r"|(?P<other>[^\W\d_])"
)
_CJK_CHARACTERS_IN_A_WORD = 1.6


def count_scripts(text: str) -> Mapping[str, float]:
    """Words by script: latin, cyrillic, cjk, other. A word of CJK is taken as 1.6 characters."""
    counts = {"latin": 0.0, "cyrillic": 0.0, "cjk": 0.0, "other": 0.0}
    for match in _WORDS.finditer(text):
        script = match.lastgroup or "other"
        counts[script] += 1 / _CJK_CHARACTERS_IN_A_WORD if script == "cjk" else 1.0
    return counts
