"""`/course`: the courses there are, and which of them a place belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.context import Context, action_id
from bot.core.errors import CommandError, NotAllowed
from bot.core.parse import unknown_choice
from bot.core.reply import Action, Reply, Table
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from bot.core.services import Services

SERVER = "server"
_OFF = ("off", "-", "не", "关", "无")
_MOST_BUTTONS = 10


def course(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Shows the courses and this place's, once the place was bound or unbound where that was asked.

    Among others that is for admins; in a private place everybody chooses for themselves.
    """
    wanted = arguments.get("course", "").strip()
    if not wanted:
        return _shown(context, _why(context))
    turn, courses = context.turn, context.services.courses
    whole = arguments.get("where") == SERVER
    if (turn.shared or whole) and not turn.person.is_admin:
        raise NotAllowed(command="/course")
    if whole and not turn.within:
        raise CommandError("error.no_server")
    place = turn.within[-1] if whole else turn.place
    if wanted.casefold() in _OFF:
        courses.unbind(turn.platform, place)
        if not turn.shared:
            courses.forget(context.learner.id)
        done = context.say("course.unbound")
        return replace(_shown(context, f"{done} {_why(context)}"), tone="success")
    chosen = _meant(context, wanted)
    courses.bind(turn.platform, place, chosen.course, turn.within[-1] if turn.within else "")
    done = context.say(f"course.bound_{'server' if whole else 'here'}", title=chosen.title())
    return replace(_shown(context, done), tone="success")


def _meant(context: Context, wanted: str) -> Services:
    """The course of that name or title."""
    folded = wanted.casefold()
    for one in context.services.courses:
        if folded in (one.course, one.title().casefold()):
            return one
    raise unknown_choice("/course", wanted, [one.course for one in context.services.courses])


def _why(context: Context) -> str:
    """Which course this place is with, and what makes it so."""
    turn, courses = context.turn, context.services.courses
    here, bound = courses.at(turn.where, context.learner.id), courses.bound(turn.where)
    if len(courses) == 1:
        key = "course.only"
    elif bound is not None:
        key = "course.of_place" if bound[0] == turn.place else "course.of_server"
    else:
        key = "course.default" if here is courses.default else "course.last"
    return context.say(key, title=here.title())


def _shown(context: Context, lead: str) -> Reply:
    turn, courses = context.turn, context.services.courses
    if len(courses) == 1:
        return Reply(lead, private=True, language=context.voice.language)
    here = courses.at(turn.where, context.learner.id)
    actions: list[Action] = []
    if turn.person.is_admin or not turn.shared:
        actions = [
            Action(action_id("course", course=one.course), one.title())
            for one in [*courses][:_MOST_BUTTONS]
            if one is not here
        ]
        if (bound := courses.bound(turn.where)) and bound[0] == turn.place:
            actions.append(Action(action_id("course", course=_OFF[0]), context.label("course.release")))
    return Reply(
        lead,
        table=Table(
            tuple(context.label(f"course.{column}") for column in ("title", "name", "notes")),
            tuple((one.title(), one.course, _count(context, one)) for one in courses),
        ),
        actions=tuple(actions),
        private=True,
        language=context.voice.language,
    )


def _count(context: Context, one: Services) -> str:
    try:
        return context.voice.number(len(one.library.notes(one.course)))
    except RecapError:
        return context.label("course.not_indexed")
