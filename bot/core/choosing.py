"""Choices as a person sees and names them: by letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.core.voice import Voice
from jobs.review.choices import Choice
from jobs.review.exact import same_answer
from knowledge.notes import Language

LETTERS: Mapping[Language, str] = {"en": "ABCDEFGH", "bg": "АБВГДЕЖЗ", "zh": "ABCDEFGH"}
"""As tests in that language name their choices."""
LABEL = 60
"""Characters of a button."""
_PLAIN = re.compile(r"(?<!\w)(\*\*|\*|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_BETWEEN = re.compile(r"[\s,;.)(、，；）（&+/]+|\b(?:and|и)\b|和", re.IGNORECASE)


def letter(voice: Voice, position: int) -> str:
    return LETTERS[voice.letters or voice.language][position]


def listed(voice: Voice, choices: Sequence[Choice]) -> str:
    """The choices in full, one a line, as Markdown."""
    return "\n".join(f"- **{letter(voice, at)})** {choice.text}" for at, choice in enumerate(choices))


def named(voice: Voice, choices: Sequence[Choice], positions: Sequence[int]) -> str:
    """Some of them within a sentence: `**B)** BPE`."""
    return "; ".join(f"**{letter(voice, at)})** {choices[at].text}" for at in positions)


def button(voice: Voice, position: int, choice: Choice) -> str:
    """A choice as short as a button bears, without markup."""
    text = plain(choice.text)
    head = f"{letter(voice, position)}) "
    if len(head + text) <= LABEL:
        return head + text
    cut = text[: LABEL - len(head) - 1]
    # Between words, unless that would take most of it away (a language without spaces, one long name).
    at_word = cut.rpartition(" ")[0]
    return f"{head}{(at_word if len(at_word) > len(cut) // 2 else cut).rstrip(' ,;:.，；：。')}…"


def plain(text: str) -> str:
    """Markdown of a choice as plain text."""
    return _PLAIN.sub(r"\2", text)


def picks(typed: str, choices: Sequence[Choice]) -> tuple[int, ...] | None:
    """Which choices a person means who typed letters, or one choice's own words; None: neither.

    Words may differ as `jobs.review.exact` bears it, as long as they fit one choice alone. Letters count by
    their own alphabet, so that a Cyrillic В is the third and a Latin B the second.
    """
    folded = " ".join(typed.casefold().split())
    for at, choice in enumerate(choices):
        if folded.rstrip(".") in (one.casefold().rstrip(".") for one in (choice.text, plain(choice.text))):
            return (at,)
    named = [part for part in _BETWEEN.split(typed.strip().upper()) if part]
    if len(named) == 1 and len(named[0]) <= len(choices):
        named = list(named[0])  # ACD
    found = [
        next((letters.index(one) for letters in LETTERS.values() if len(one) == 1 and one in letters), -1)
        for one in named
    ]
    if found and len(set(found)) == len(found) and all(0 <= at < len(choices) for at in found):
        return tuple(sorted(found))
    meant = [at for at, choice in enumerate(choices) if same_answer(typed, plain(choice.text), "en")]
    return (meant[0],) if len(meant) == 1 else None
