"""Forms: which actions open one, with which fields. A form is made from the action's id alone.

Whoever offers such an action puts the same fields on it, so that a platform which keeps its messages needs no
second look; one that keeps nothing but ids (`Core.form`) gets them here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.core.alternatives import taken_apart
from bot.core.complete import OWN_NAMES
from bot.core.context import number
from bot.core.reply import Field
from bot.core.services import Services
from bot.core.voice import Voice
from jobs.errors import AttemptClosed
from knowledge.notes import Language

if TYPE_CHECKING:
    from jobs.people import Learner

AUTO: Final = "auto"
"""The setting *language*: that of what the person writes."""
OFF: Final = "off"
"""The setting *quiet*: no quiet hours."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked before an action is carried out."""

    title: str
    fields: tuple[Field, ...]
    lead: str = ""
    """Markdown above the fields: what is being answered."""


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    """Key of the catalogue."""
    fields: Callable[[Voice, Learner | None], tuple[Field, ...]]
    lead: Callable[[Services, Mapping[str, str], Learner], str] | None = None
    """Raises RecapErrors where the action can't be carried out by that learner, or not any more."""


def answer_fields(voice: Voice, learner: Learner | None = None) -> tuple[Field, ...]:
    """The answer to a question of ours."""
    return (Field("response", voice.label("question.your_answer"), multiline=True),)


def settings_fields(voice: Voice, learner: Learner | None) -> tuple[Field, ...]:
    """The settings as they stand; without a learner nothing is filled in, and what stays empty stays."""
    values = setting_values(learner) if learner else dict.fromkeys(("language", "zone", "hour", "quiet"), "")
    known = learner is not None
    languages = ((AUTO, voice.label("settings.auto")), *OWN_NAMES.items())
    hours = tuple((str(hour), f"{hour:02}:00") for hour in range(24))
    return (
        Field("language", voice.label("settings.language"), values["language"], False, known, languages),
        Field("zone", voice.label("settings.zone"), values["zone"], required=known),
        Field("hour", voice.label("settings.hour"), values["hour"], False, known, hours),
        Field("quiet", voice.label("settings.quiet"), values["quiet"], required=known),
    )


def setting_values(learner: Learner) -> dict[str, str]:
    """A learner's settings as they are typed."""
    quiet = OFF if learner.quiet_start is None else f"{learner.quiet_start}-{learner.quiet_end}"
    return {
        "language": learner.language or AUTO,
        "zone": learner.zone,
        "hour": str(learner.review_hour),
        "quiet": quiet,
    }


def blank(action: str, language: Language) -> Form | None:
    """The form of an action without anything that stands in the database; None: it opens none."""
    name, _ = taken_apart(action)
    kind = _KINDS.get(name)
    if kind is None:
        return None
    voice = Voice(language)
    return Form(voice.label(kind.title), kind.fields(voice, None))


def form(services: Services, action: str, voice: Voice, learner: Learner) -> Form | None:
    """The form of an action as things stand for a learner; None: it opens none.

    Raises RecapErrors where the learner can't carry out the action.
    """
    name, arguments = taken_apart(action)
    kind = _KINDS.get(name)
    if kind is None:
        return None
    lead = kind.lead(services, arguments, learner) if kind.lead else ""
    return Form(voice.label(kind.title), kind.fields(voice, learner), lead)


def _prompt(services: Services, arguments: Mapping[str, str], learner: Learner) -> str:
    asked = services.reviews.asked(number(arguments, "attempt"), learner.id)
    if asked.state != "open":
        raise AttemptClosed
    return asked.prompt


_KINDS: Mapping[str, _Kind] = {
    "answer": _Kind("action.answer", answer_fields, _prompt),
    "settings": _Kind("action.settings", settings_fields),
}
