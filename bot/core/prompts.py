"""What a person is offered to say where a conversation begins, in words of their own language.

Platforms that show such prompts send them as if the person had typed them; the ones that ask for more than an
answer are known again by their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from bot.core import catalogue
from bot.core.catalogue import LANGUAGES
from bot.core.services import Services
from bot.core.voice import Voice
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from jobs.people import Learner
    from knowledge.notes import Note

MOST = 4
_COMMANDS = ("review", "quiz")
_TRIED = 8
"""Notes that are looked at for prompts."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One of them."""

    title: str
    message: str
    """What is said for the person who picks it."""


def prompts(services: Services, learner: Learner | None, voice: Voice) -> tuple[Prompt, ...]:
    """First what is due, then the topics nearest to the learner; at most `MOST`."""
    found: list[Prompt] = []
    due = len(services.reviews.due(learner.id)) if learner else 0
    if due:
        found.append(Prompt(voice.label("prompt.due", count=due), voice.label("prompt.review")))
    topics = (
        Prompt(note.title, message)
        for note in _nearest(services, learner, voice)[:_TRIED]
        if _leads_to(services, note, message := voice.label("prompt.topic", title=note.title), voice)
    )
    found += islice(topics, MOST - 1 - len(found))
    return (*found, Prompt(voice.label("prompt.quiz"), voice.label("prompt.quiz")))


def meant(text: str) -> str | None:
    """The command that a prompt's words stand for; None: they are a question like any other."""
    said = text.strip()
    for command in _COMMANDS:
        if any(said == catalogue.label(language, f"prompt.{command}") for language in LANGUAGES):
            return command
    return None


def _leads_to(services: Services, note: Note, question: str, voice: Voice) -> bool:
    """Whether a question about a note is answered from that note: nobody is offered a dead end."""
    answer = services.library.ask(services.course, question, voice.language)
    return any(part.citation.note == note.path for part in answer.parts[:1])


def _nearest(services: Services, learner: Learner | None, voice: Voice) -> Sequence[Note]:
    """Notes in the learner's language before others; of these what they are at, then what is new."""
    try:
        notes = services.library.notes(services.course)
    except RecapError:
        return ()
    known = services.reviews.progress(learner.id).topics if learner else ()
    places = {topic.note: 2 if topic.finished else 0 for topic in known if not topic.section}
    return sorted(notes, key=lambda note: (note.language != voice.language, places.get(note.path, 1)))
