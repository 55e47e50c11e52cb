"""Which language a person is spoken to in."""

from __future__ import annotations

import re

from bot.core.catalogue import LANGUAGES
from knowledge.notes import Language

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SURE = 12
"""Latin letters from which on a text counts as English; a model's name alone says nothing."""


def written_language(text: str) -> Language | None:
    """The language of what a person wrote, by its script; None where that says too little."""
    cyrillic = sum("\u0400" <= sign <= "\u04ff" for sign in text)
    han = sum("\u3400" <= sign <= "\u9fff" for sign in text)
    latin = sum(sign.isascii() and sign.isalpha() for sign in text)
    # Terms and code stay Latin in every language, so a few own letters outweigh many Latin ones.
    if han and han * 6 >= latin and han >= cyrillic:
        return "zh"
    if cyrillic >= 2 and cyrillic * 4 >= latin:
        return "bg"
    return "en" if latin >= _SURE and " " in text.strip() else None


def locale_language(locale: str) -> Language:
    """The catalogue's language for a BCP 47 locale; English where it has none."""
    head = locale.replace("_", "-").split("-")[0].lower()
    return next((language for language in LANGUAGES if language == head), "en")


def accepted_locale(header: str) -> str:
    """The first language of an `Accept-Language` header that we speak, else its first, else English."""
    weighted: list[tuple[float, str]] = []
    for part in header[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        if _LOCALE.fullmatch(name):
            weighted.append((_weight(weight), name))
    ordered = [name for _, name in sorted(weighted, key=lambda pair: -pair[0])]
    spoken = (name for name in ordered if name.split("-")[0].lower() in LANGUAGES)
    return next(spoken, ordered[0] if ordered else "en")


def known_language(language: str) -> Language:
    """A stored language as the catalogue's; English where it has none of that name."""
    return next((one for one in LANGUAGES if one == language), "en")


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
