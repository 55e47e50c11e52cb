"""How Recap introduces itself, to a person and to a server."""

from __future__ import annotations

from bot.core.context import action_id
from bot.core.reply import Action, Reply
from bot.core.services import Services
from bot.core.voice import Voice
from knowledge.errors import RecapError


def welcome(services: Services, voice: Voice) -> Reply:
    """What a person sees who comes for the first time."""
    return _begin(services, voice, voice.say("welcome.ways"))


def greeting(services: Services, voice: Voice) -> Reply:
    """What a server reads to which Recap was added."""
    return _begin(services, voice, voice.say("welcome.server"))


def _begin(services: Services, voice: Voice, ways: str) -> Reply:
    """Says what Recap does, with one way into each of its jobs."""
    try:
        count = len(services.library.notes(services.course))
    except RecapError:
        count = 0
    known = voice.say("welcome.notes", count=count) if count else voice.say("welcome.indexing")
    return Reply(
        "\n\n".join((voice.say("welcome.intro"), known, ways)),
        actions=(
            Action(action_id("learn"), voice.label("action.learn"), "primary"),
            Action(action_id("quiz"), voice.label("action.quiz")),
            Action(action_id("help"), voice.label("action.help")),
        ),
        language=voice.language,
    )
