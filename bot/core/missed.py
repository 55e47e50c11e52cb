"""What a person is offered after a miss."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import questions, trying
from bot.core.context import action_id
from bot.core.reply import Action, Reply
from jobs.review.ladder import parse_interval

if TYPE_CHECKING:
    from bot.core.services import Services
    from bot.core.voice import Voice
    from jobs.review.records import Revealed

_AGAIN = 1


def is_miss(revealed: Revealed) -> bool:
    """Whether it was chosen or filled in wrongly, judged wrong, shown without an answer, or rated so."""
    shown = revealed.response is None
    return shown or revealed.proposed == _AGAIN or revealed.rating == _AGAIN


def ways(services: Services, voice: Voice, revealed: Revealed, beside: str = "") -> tuple[Action, ...]:
    """*Explain*, *Ask about this*, and *Try it* where the section teaches a task.

    `beside`: the topic's title, where another question stands in the same message.
    """
    attempt, kind = revealed.attempt_id, "_of" if beside else ""
    found = [
        Action(action_id(name, attempt=attempt), voice.label(f"action.{name}{kind}", title=beside))
        for name in ("explain", "ask_about")
    ]
    task = trying.task_of(services, revealed.citation)
    if task is not None:
        label = voice.label("action.try_taught", task=task.task)
        id_ = action_id("try_taught", attempt=attempt)
        found.append(Action(id_, label, fields=trying.fields_of(voice, task)))
    return tuple(found)


def with_ways(services: Services, voice: Voice, revealed: Revealed, reply: Reply) -> Reply:
    """The reply that shows an answer, with the ways on where it was missed."""
    if not is_miss(revealed):
        return reply
    if comes_again(services, revealed):
        reply = questions.again_tomorrow(voice, reply)
    return replace(reply, actions=(*reply.actions, *ways(services, voice, revealed)))


def comes_again(services: Services, revealed: Revealed) -> bool:
    """Whether the rating *again* brings the question back tomorrow: it is of a ladder of whole days."""
    interval = services.reviews.asked(revealed.attempt_id).interval
    return interval is not None and parse_interval(interval).whole_days
