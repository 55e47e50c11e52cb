"""*Try it*: the task that a section teaches, and the form that is filled with its example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.core.context import Context, number
from bot.core.errors import CommandError
from bot.core.reply import Field
from jobs.review.taught import Taught, taught

if TYPE_CHECKING:
    from bot.core.services import Services
    from bot.core.voice import Voice
    from knowledge.notes import Citation


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
