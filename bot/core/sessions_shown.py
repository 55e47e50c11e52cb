"""How a session of reviews looks: what is due, where one stands in it, how it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.catalogue import escape
from bot.core.voice import Voice

if TYPE_CHECKING:
    from jobs.review.records import SessionPlace, SessionSummary

MOST_TITLES = 8
"""How many topics are named."""


def head(voice: Voice, place: SessionPlace, question: str) -> str:
    """The head of a question that stands in a session; before the first one stands what is due."""
    numbered = voice.say("session.head", number=place.number, count=place.count, question=question)
    if not place.first:
        return numbered
    lead = voice.say(
        "session.due", count=place.count, titles=_listed(voice, list(dict.fromkeys(place.titles)))
    )
    return f"{lead}\n\n{numbered}"


def summary(voice: Voice, session: SessionSummary, now: datetime) -> str:
    """How a session went, and what of it comes again."""
    done = voice.say("session.done", count=session.rated, right=session.right)
    parts = [done if session.rated else voice.say("session.over")]
    if session.put_off:
        parts.append(voice.say("session.put_off", count=session.put_off))
    if session.again_at is not None:
        when = voice.moment(session.again_at, now)
        parts.append(voice.say("session.again", when=when, titles=_listed(voice, session.again)))
    return " ".join(parts)


def _listed(voice: Voice, titles: Sequence[str]) -> str:
    """Titles in a row, as Markdown."""
    named = [f"**{escape(title)}**" for title in titles[:MOST_TITLES]]
    row = voice.label("session.comma").join(named)
    rest = len(titles) - len(named)
    return f"{row} {voice.say('home.more', count=rest)}" if rest > 0 else row
