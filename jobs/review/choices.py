"""The choices of a question: what can be picked, what of it is right, and in which order it is shown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from knowledge.notes import content_hash

MOST = 8
"""Choices of one question; one with more is asked without them."""
_LAST = re.compile(
    r"^\W*(all|none|neither|both|any)\b.{0,12}\b(above|these|those|them|of the|answers?|options?)\b"
    r"|^\W*(всички|всичко|нито ед|никое|никой|двете|и двете|нищо от)\b.{0,30}$"
    r"|^\W*(以上|上述|都是|都不|皆是|皆非)",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"\b[A-HА-З]\b\s*(?:,|and|&|или|or|и|和|与|或)\s*\b[A-HА-З]\b|\b(options?|answers?) [A-H]\b"
)
_CODE = re.compile(r"<(code|tt|kbd|pre)\b[^<>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_STRONG = re.compile(r"</?(?:strong|b)\b[^<>]*>", re.IGNORECASE)
_EMPHASIS = re.compile(r"</?(?:em|i)\b[^<>]*>", re.IGNORECASE)
_OTHER_TAG = re.compile(
    r"</?(?:a|br|p|div|span|u|sub|sup|ul|ol|li|small|mark|img|h[1-6]|Tip)\b[^<>]*/?>|</?>", re.IGNORECASE
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be picked."""

    text: str
    """One line of Markdown: inline code and emphasis, no links."""
    correct: bool = False
    explain: str = ""
    """Why it is right or wrong, as the note says it; Markdown on one line."""


def usable(choices: Sequence[Choice]) -> bool:
    """Whether they make a question: at least two that differ, not too many, and something right."""
    texts = {choice.text.casefold() for choice in choices}
    return (
        2 <= len(choices) <= MOST
        and len(texts) == len(choices)
        and all(texts)
        and any(choice.correct for choice in choices)
    )


def several(choices: Iterable[Choice]) -> bool:
    """Whether more than one is right: all of them are to be named."""
    return sum(choice.correct for choice in choices) > 1


def shuffled(choices: Sequence[Choice], seed: str) -> tuple[Choice, ...]:
    """In an order that the seed decides, the same everywhere and for ever.

    *All of the above* stays last; where a choice names others by their letters, nothing moves.
    """
    if any(_LETTERED.search(choice.text) for choice in choices):
        return tuple(choices)
    mixed = sorted(
        (choice for choice in choices if not _LAST.search(choice.text)),
        key=lambda choice: content_hash(f"{seed}\n{choice.text}"),
    )
    return (*mixed, *(choice for choice in choices if _LAST.search(choice.text)))


def told(choices: Iterable[Choice], explanation: str) -> str:
    """What the question's own lines say to its answer."""
    right = (f"{one.text} – {one.explain}".removesuffix(" – ") for one in choices if one.correct)
    return "\n".join(text for text in (*right, explanation) if text)


def to_json(choices: Iterable[Choice]) -> list[dict[str, Any]]:
    """As a table keeps them."""
    return [asdict(choice) for choice in choices]


def from_json(stored: list[dict[str, Any]] | None) -> tuple[Choice, ...]:
    return tuple(Choice(**one) for one in stored or ())


def inline(text: str) -> str:
    """What a note's author wrote as Markdown, HTML or both, as one line of Markdown without links."""
    kept: list[str] = []

    def code(found: re.Match[str]) -> str:
        kept.append(" ".join(html.unescape(_OTHER_TAG.sub(" ", found[2])).replace("`", "'").split()))
        return f"\0{len(kept) - 1}\0" if kept[-1] else ""

    text = _CODE.sub(code, text.replace("\0", ""))
    text = _EMPHASIS.sub("*", _STRONG.sub("**", text))
    text = html.unescape(_OTHER_TAG.sub(" ", _LINK.sub(r"\1", text))).replace("\0\0", "\0 \0")
    text = " ".join(text.split())
    return re.sub(r"\0(\d+)\0", lambda found: f"`{kept[int(found[1])]}`", text)
