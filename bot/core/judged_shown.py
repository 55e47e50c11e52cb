"""What the judge says of an answer in words, with its reasons, in a person's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.core.catalogue import escape

if TYPE_CHECKING:
    from bot.core.voice import Voice
    from jobs.review.judging.verdict import Judged

_LONGEST = 80
"""Characters of a clause that is quoted back."""


def said(voice: Voice, judged: Judged) -> str:
    """The verdict in a paragraph: what was named, what the notes say besides, what they say otherwise.

    Where it is wrong nothing is listed: the passage follows anyway.
    """
    if judged.verdict is None or judged.reason in ("unknown", "question"):
        return voice.say(f"judged.{judged.reason}")
    parts = [voice.say(f"judged.{judged.verdict}")]
    parts += [voice.say("judged.against", clause=_cut(clause)) for clause in judged.against[:1]]
    if judged.numbers:
        parts.append(
            voice.say("judged.numbers", numbers=_listed(voice, judged.numbers), count=len(judged.numbers))
        )
    if judged.verdict != "wrong" and judged.named:
        parts.append(voice.say("judged.named", terms=_listed(voice, judged.named)))
    if judged.verdict != "wrong" and judged.missed:
        kind = "besides" if judged.verdict == "right" else "missed"
        parts.append(voice.say(f"judged.{kind}", terms=_listed(voice, judged.missed)))
    return " ".join(parts)


def _listed(voice: Voice, terms: Iterable[str]) -> str:
    return ("、" if voice.language == "zh" else ", ").join(f"**{escape(term)}**" for term in terms)


def _cut(clause: str) -> str:
    return clause if len(clause) <= _LONGEST else f"{clause[: _LONGEST - 1].rstrip()}…"
