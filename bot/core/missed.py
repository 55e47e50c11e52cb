"""What a person is offered after a miss, and how the task is tried that its section teaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.core.context import Context, action_id, number
from bot.core.errors import CommandError
from bot.core.reply import Action, Field
from jobs.review.ladder import parse_interval
from jobs.review.taught import Taught, taught

if TYPE_CHECKING:
    from bot.core.services import Services
    from bot.core.voice import Voice
    from jobs.review.records import Revealed
    from knowledge.notes import Citation

_AGAIN = 1


def is_miss(revealed: Revealed) -> bool:
    """Whether it was chosen or filled in wrongly, judged wrong, shown without an answer, or rated so."""
    shown = revealed.response is None
    return shown or revealed.proposed == _AGAIN or revealed.rating == _AGAIN


def ways(context: Context, revealed: Revealed, beside: str = "") -> tuple[Action, ...]:
    """*Explain*, *Ask about this*, and *Try it* where the section teaches a task.

    `beside`: the topic's title, where another question stands in the same message.
    """
    attempt, kind = revealed.attempt_id, "_of" if beside else ""
    found = [
        Action(action_id(name, attempt=attempt), context.label(f"action.{name}{kind}", title=beside))
        for name in ("explain", "ask_about")
    ]
    task = task_of(context.services, revealed.citation)
    if task is not None:
        label = context.label("action.try_taught", task=task.task)
        id_ = action_id("try_taught", attempt=attempt)
        found.append(Action(id_, label, fields=fields_of(context.voice, task)))
    return tuple(found)


def comes_again(context: Context, revealed: Revealed) -> bool:
    """Whether the rating *again* brings the question back tomorrow: it is of a ladder of whole days."""
    interval = context.services.reviews.asked(revealed.attempt_id, context.learner.id).interval
    return interval is not None and parse_interval(interval).whole_days


def task_of(services: Services, citation: Citation) -> Taught | None:
    """The task that the cited section teaches; None where it teaches none, or is gone."""
    section = services.library.section(services.course, citation.section_id)
    if section is None:
        return None
    return taught(section, services.library.note(services.course, section.note).language)


def taught_by(context: Context, arguments: Mapping[str, str]) -> Taught:
    """The task of the section that answers a question which was missed.

    CommandError `error.nothing_to_try` where its note was changed and teaches none any more.
    """
    revealed = context.services.misses.revealed(number(arguments, "attempt"), context.learner.id)
    task = task_of(context.services, revealed.citation)
    if task is None:
        raise CommandError("error.nothing_to_try")
    return task


def fields_of(voice: Voice, task: Taught | None) -> tuple[Field, ...]:
    """The form of *Try it*, filled with the section's example; without a task it is empty."""
    given = task or Taught("", "")
    text = Field("text", voice.label("option.text").capitalize(), given.text, multiline=True)
    if given.task != "classify":
        return (text,)
    return (text, Field("labels", voice.label("option.labels").capitalize(), given.labels))
