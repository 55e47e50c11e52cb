"""Whether what was typed into a gap is what belongs there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from knowledge.notes import Language

_ARTICLE = re.compile(r"^(?:the|an?)\s+")
_ENDING = re.compile(r"(?<=[a-z]{3})(?:es|s)$")


def same_answer(given: str, expected: Iterable[str], language: Language) -> bool:
    """Whether `given` is one of `expected` but for case, accents, punctuation, an article or a plural -s."""
    typed = _level(given, language)
    return bool(typed) and any(typed == _level(one, language) for one in expected)


def _level(text: str, language: Language) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    # A breve makes й of и: another letter, no accent.
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign) or sign == "\u0306")
    words = " ".join(re.sub(r"[^\w\s+#.\u0306-]|(?<!\w)\.|\.(?!\w)", " ", bare).replace("-", " ").split())
    return _ENDING.sub("", _ARTICLE.sub("", words)) if language == "en" or words.isascii() else words
