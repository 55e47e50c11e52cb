"""The buttons after a miss: what the notes say besides, a question on the section, its task to be tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import missed, trying
from bot.core.cited import quoted
from bot.core.context import Context, action_id, number
from bot.core.errors import CommandError
from bot.core.forms import question_field
from bot.core.handlers.ask import answered
from bot.core.handlers.try_task import try_task
from bot.core.questions import open_note
from bot.core.reply import Action, Reply
from jobs.review.explaining import explanation
from jobs.review.prompts import heading, plain

if TYPE_CHECKING:
    from jobs.review.records import Revealed
    from knowledge.notes import Citation

_LONGEST_TOPIC = 200
"""Characters of a question that says what a conversation is about."""


def explain(context: Context, arguments: Mapping[str, str]) -> Reply:
    """What the notes say on a missed question beyond its passage, with where they say it."""
    services = context.services
    revealed = services.misses.revealed(number(arguments, "attempt"), context.learner.id)
    found = explanation(services.library, services.course, revealed)
    citations: list[Citation] = []
    parts = [context.say("explain.nothing" if found.empty else "explain.lead", topic=_topic(revealed))]
    for term, told in found.terms:
        parts += [context.say("explain.term", term=term), *(quoted(part, citations) for part in told)]
    for name, told in (("asked", found.asked), ("elsewhere", found.elsewhere), ("around", found.around)):
        if told:
            parts += [context.say(f"explain.{name}"), *(quoted(part, citations) for part in told)]
    others = [
        way
        for way in missed.ways(context.services, context.voice, revealed)
        if not way.id.startswith("explain")
    ]
    reply = Reply(
        "\n\n".join(parts),
        tone="answer",
        citations=tuple(citations),
        actions=(*others, open_note(context.voice, revealed.citation)),
        language=context.voice.language,
    )
    return _mine(context, reply)


def ask_about(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Begins a conversation on the section of a missed question: what is written next there is about it."""
    turn, attempt = context.turn, number(arguments, "attempt")
    revealed = context.services.misses.begin(attempt, context.learner.id, turn.platform, turn.place)
    asks = Action(
        action_id("ask_on", attempt=attempt),
        context.label("action.ask"),
        "primary",
        (question_field(context.voice),),
    )
    reply = Reply(
        context.say("explain.ask", topic=_topic(revealed)),
        tone="question",
        actions=(asks, open_note(context.voice, revealed.citation)),
        language=context.voice.language,
    )
    return _mine(context, reply)


def ask_on(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Answers a question about the section of a missed question."""
    asked = arguments.get("question", "").strip()
    if not asked:
        raise CommandError("error.question_empty")
    revealed = context.services.misses.revealed(number(arguments, "attempt"), context.learner.id)
    return answered(context, asked, (f"{_topic(revealed).rstrip('?？.。 ')}?",))


def try_taught(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Runs the task that the section teaches, on its example or on what was put in its place."""
    task = trying.taught_by(context, arguments)
    text = arguments.get("text", "").strip() or task.text
    given = {"task": task.task, "text": text}
    if task.task == "classify":
        given["labels"] = arguments.get("labels", "").strip() or task.labels
    return try_task(context, given)


def _topic(revealed: Revealed) -> str:
    """What a question is about: its section's heading, else the question itself."""
    return heading(revealed.citation.heading) or plain(revealed.prompt)[:_LONGEST_TOPIC]


def _mine(context: Context, reply: Reply) -> Reply:
    return replace(reply, private=context.turn.shared)
