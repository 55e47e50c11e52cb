"""Which note a person means, and how buttons name one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.core.context import Context, action_id
from bot.core.reply import Action, Reply
from bot.core.services import Services
from knowledge.errors import NotesError

if TYPE_CHECKING:
    from knowledge.notes import Note

MOST_CHOICES = 6
_LONGEST = 56
_NAMED = 0.5
"""The score from which a note was found by a name of its own, not by what it says."""
_SURE = 0.95
_CLEAR = 0.15
"""How much better than the next a name must fit to be what was meant."""


def note_key(path: str) -> str:
    """A note's name inside an action's id, which has little room: its path, else a digest of it."""
    short = path.isprintable() and len(quote(path, safe="/")) <= _LONGEST
    return path if short else f"~{_digest(path)}"


def note_of(services: Services, key: str) -> Note:
    """The note that `note_key` named. NotesError `error.note_unknown` where it is gone."""
    if key.startswith("~"):
        for note in services.library.notes(services.course):
            if _digest(note.path) == key[1:]:
                return note
        raise NotesError("error.note_unknown", note=key)
    return services.library.note(services.course, key)


def meant(context: Context, arguments: Mapping[str, str]) -> list[Note]:
    """The note that a command's topic or a button means; several where it may be one of them.

    NotesError `error.topic_unknown` where no note fits.
    """
    services = context.services
    if key := arguments.get("note"):
        return [note_of(services, key)]
    topic = arguments.get("topic", "").strip()
    hits = services.library.find_note(services.course, topic)
    if not hits:
        raise NotesError("error.topic_unknown", topic=topic)
    best = hits[0]
    following = hits[1].score if len(hits) > 1 else 0.0
    if best.score >= max(_NAMED, following + _CLEAR) or best.score >= _SURE > following:
        return [best.note]
    named = [hit for hit in hits if hit.score >= _NAMED]
    return [hit.note for hit in (named or hits)[:MOST_CHOICES]]


def choose(context: Context, action: str, notes: Sequence[Note], key: str = "topic.which") -> Reply:
    """Asks which of several notes is meant."""
    return Reply(
        context.say(key),
        tone="question",
        actions=tuple(Action(action_id(action, note=note_key(note.path)), note.title) for note in notes),
        language=context.voice.language,
    )


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:16]
