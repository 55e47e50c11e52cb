"""A person's own page: what is due, how it goes, settings, courses; for admins the index and its gaps.

Platforms that have such a page (an app's home) lay it out; nothing on it is a turn, and looking at it makes
nobody known who wasn't.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from bot.core import failures
from bot.core.context import Context
from bot.core.handlers.course import course
from bot.core.handlers.notes import notes
from bot.core.handlers.progress import standing
from bot.core.handlers.review import nothing_due
from bot.core.handlers.settings import settings
from bot.core.handlers.welcome import welcome
from bot.core.reply import Action, Reply
from jobs.people import Learner
from jobs.review.records import DueReview
from knowledge.errors import RecapError
from knowledge.notes import Language

log = logging.getLogger(__name__)

Name = Literal["welcome", "due", "progress", "settings", "courses", "index", "gaps"]

MOST_DUE = 5
"""How many of the due reviews are named."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page, under a title of its own."""

    name: Name
    title: str
    """Plain text."""
    reply: Reply


@dataclass(frozen=True, slots=True)
class Home:
    """The page, in its order."""

    language: Language
    sections: tuple[Section, ...]

    def section(self, name: Name) -> Section | None:
        return next((one for one in self.sections if one.name == name), None)


def nobody(name: str, zone: str | None, locale: str) -> Learner:
    """Stands in for who was never met: in no row, and thrown away again."""
    return Learner(0, name, None, zone or "UTC", 0, None, None, locale)


def home(context: Context) -> Home:
    """The page of the context's learner. A part that can't be had says so in its place."""
    admin: tuple[Name, ...] = ("index", "gaps") if context.turn.person.is_admin else ()
    known: tuple[Name, ...] = ("due", "progress", "settings") if context.learner.id else ("welcome",)
    names: tuple[Name, ...] = (*known, "courses", *admin)
    return Home(context.voice.language, tuple(_section(context, name) for name in names))


def _section(context: Context, name: Name) -> Section:
    courses = context.services.courses
    return Section(
        name, context.label(f"home.{name}"), courses.signed(_filled(context, name), context.services)
    )


def _filled(context: Context, name: Name) -> Reply:
    try:
        return _PARTS[name](context)
    except RecapError as error:
        return failures.sentence(error, context.voice)
    except Exception:
        reference = secrets.token_hex(3)
        log.exception("the part %s of a page failed [%s]", name, reference)
        return context.reply("error.internal", tone="error", private=True, reference=reference)


def _named(context: Context, review: DueReview) -> str:
    key = "home.recall" if review.beyond else "home.review"
    return context.say(key, title=review.title, step=review.step + 1, steps=review.steps)


def _due(context: Context) -> Reply:
    due = context.services.reviews.due(context.learner.id)
    if not due:
        return nothing_due(context)
    lines = [f"- {_named(context, one)}" for one in due[:MOST_DUE]]
    if len(due) > MOST_DUE:
        lines.append(f"- {context.say('home.more', count=len(due) - MOST_DUE)}")
    return Reply(
        "\n".join((context.say("progress.due", count=len(due)), "", *lines)),
        actions=(
            Action("review", context.label("action.review"), "primary"),
            Action("quiz", context.label("action.quiz_now")),
        ),
        language=context.voice.language,
    )


def _progress(context: Context) -> Reply:
    """Without buttons: those of what is due stand above it."""
    told = standing(context, due=False)
    return replace(told, actions=()) if told.table is not None or told.image is not None else told


_PARTS: dict[Name, Callable[[Context], Reply]] = {
    "welcome": lambda context: welcome(context.services, context.voice),
    "due": _due,
    "progress": _progress,
    "settings": lambda context: settings(context, {}),
    "courses": lambda context: course(context, {}),
    "index": lambda context: notes(context, {}),
    "gaps": lambda context: notes(context, {"action": "gaps"}),
}
