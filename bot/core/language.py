"""Which language a person is spoken to in."""

from __future__ import annotations

from bot.core.catalogue import LANGUAGES
from knowledge.notes import Language

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


def known_language(language: str) -> Language:
    """A stored language as the catalogue's; English where it has none of that name."""
    return next((one for one in LANGUAGES if one == language), "en")
