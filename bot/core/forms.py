"""Forms: which actions open one, with which fields. A form is made from the action's id alone.

Whoever offers such an action puts the same fields on it, so that a platform which keeps its messages needs no
second look; one that keeps nothing but ids (`Core.form`) gets them here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.core import choosing, pausing, trying, where
from bot.core.alternatives import taken_apart
from bot.core.complete import OWN_NAMES
from bot.core.context import Context, number
from bot.core.reply import Field
from bot.core.voice import Voice
from jobs.errors import AttemptClosed, RoundClosed
from knowledge.notes import Language

if TYPE_CHECKING:
    from jobs.people import Learner
    from jobs.review.choices import Choice

SETTINGS: Final = ("language", "zone", "hour", "quiet")
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
    fields: Callable[[Voice, Mapping[str, str], Context | None], tuple[Field, ...]]
    """From the action's arguments; without a context nothing is filled in."""
    lead: Callable[[Context, Mapping[str, str]], str] | None = None
    """Raises RecapErrors where the action can't be carried out by that learner, or not any more."""
    further: tuple[str, ...] = ()
    """Names of fields that it has in some places only."""


def answer_fields(voice: Voice, choices: Sequence[Choice] = ()) -> tuple[Field, ...]:
    """The answer to a question of ours: in words, or the letters of its choices."""
    if not choices:
        return (Field("response", voice.label("question.your_answer"), multiline=True),)
    letters = ", ".join(choosing.letter(voice, at) for at in (0, min(2, len(choices) - 1)))
    return (Field("response", voice.label("question.letters", letters=letters)),)


def question_field(voice: Voice) -> Field:
    """A question of one's own."""
    return Field("question", voice.label("explain.question"), multiline=True)


def settings_fields(voice: Voice, context: Context | None) -> tuple[Field, ...]:
    """The settings as they stand; without a context nothing is filled in, and what stays empty stays."""
    known = context is not None
    values = setting_values(context.learner) if context else dict.fromkeys(SETTINGS, "")
    place: tuple[Field, ...] = ()
    if context and where.matters(context):
        place = (where.field(context, voice, where.current(context)),)
    languages = ((AUTO, voice.label("settings.auto")), *OWN_NAMES.items())
    hours = tuple((str(hour), f"{hour:02}:00") for hour in range(24))
    return (
        Field("language", voice.label("settings.language"), values["language"], False, known, languages),
        Field("zone", voice.label("settings.zone"), values["zone"], required=known),
        Field("hour", voice.label("settings.hour"), values["hour"], False, known, hours),
        Field("quiet", voice.label("settings.quiet"), values["quiet"], required=known),
        *place,
    )


def plan_fields(voice: Voice) -> tuple[Field, ...]:
    """The form that begins a group."""
    return (
        Field("topic", voice.label("group.field.topic"), required=False),
        Field("time", voice.label("group.field.time"), "18:00"),
        Field("zone", voice.label("group.field.zone"), voice.zone),
        Field("days", voice.label("group.field.days"), "mon-fri"),
        Field("closes", voice.label("group.field.closes"), "12h"),
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
    return Form(voice.label(kind.title), kind.fields(voice, {}, None))


def field_names(action: str) -> frozenset[str]:
    """The fields that an action's form can have, wherever it is opened; whatever else comes isn't its own."""
    kind, plain = _KINDS.get(taken_apart(action)[0]), blank(action, "en")
    return frozenset((*(one.name for one in plain.fields), *kind.further)) if kind and plain else frozenset()


def form(context: Context, action: str) -> Form | None:
    """The form of an action as things stand for the context's learner; None: it opens none.

    Raises RecapErrors where the learner can't carry out the action.
    """
    name, arguments = taken_apart(action)
    kind = _KINDS.get(name)
    if kind is None:
        return None
    lead = kind.lead(context, arguments) if kind.lead else ""
    return Form(context.label(kind.title), kind.fields(context.voice, arguments, context), lead)


def _prompt(context: Context, arguments: Mapping[str, str]) -> str:
    asked = context.services.reviews.asked(number(arguments, "attempt"), context.learner.id)
    if asked.state != "open":
        raise AttemptClosed
    return "\n\n".join((asked.prompt, choosing.listed(context.voice, asked.choices))).strip()


def _answer(voice: Voice, arguments: Mapping[str, str], context: Context | None) -> tuple[Field, ...]:
    if context is None:
        return answer_fields(voice)
    return answer_fields(voice, context.services.reviews.asked(number(arguments, "attempt")).choices)


def _round_prompt(context: Context, arguments: Mapping[str, str]) -> str:
    asked = context.services.groups.round(number(arguments, "round"))
    if asked.state != "open":
        raise RoundClosed
    return "\n\n".join((asked.prompt, choosing.listed(context.voice, asked.choices))).strip()


def _round_answer(voice: Voice, arguments: Mapping[str, str], context: Context | None) -> tuple[Field, ...]:
    if context is None:
        return answer_fields(voice)
    return answer_fields(voice, context.services.groups.round(number(arguments, "round")).choices)


def _try(voice: Voice, arguments: Mapping[str, str], context: Context | None) -> tuple[Field, ...]:
    return trying.fields_of(voice, trying.taught_by(context, arguments) if context else None)


_KINDS: Mapping[str, _Kind] = {
    "answer": _Kind("action.answer", _answer, _prompt),
    "ask_on": _Kind("action.ask", lambda voice, _, context: (question_field(voice),)),
    "try_taught": _Kind("action.try_form", _try, further=("labels",)),
    "group_answer": _Kind("action.answer", _round_answer, _round_prompt),
    "group_plan": _Kind("action.group_start", lambda voice, _, context: plan_fields(voice)),
    "pause": _Kind("action.pause_until", lambda voice, _, context: (pausing.field(voice),)),
    "settings": _Kind(
        "action.settings", lambda voice, _, context: settings_fields(voice, context), further=("where",)
    ),
}
