"""`/group`: the study group of a channel, and the buttons under its questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import choosing, group_standing, groups_shown, topics
from bot.core.context import Context, action_id, number
from bot.core.errors import CommandError, NotAllowed
from bot.core.forms import plan_fields
from bot.core.handlers.settings import known_zone
from bot.core.reply import Action, Reply
from bot.core.turn import Press
from jobs.errors import NothingToAsk
from jobs.groups.records import Plan
from jobs.groups.timetable import WEEKDAYS, Timetable, read_days, read_open, read_time

if TYPE_CHECKING:
    from jobs.groups.records import Group
    from knowledge.notes import Note

AT = "18:00"
OPEN_FOR = "12h"


def group(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Shows the group of this place; for its admins, begins, changes or stops it, or asks at once."""
    if not context.turn.shared:
        raise CommandError("error.group_alone")
    what = arguments.get("what", "").strip()
    if what == "start" or (not what and _plans(arguments)):
        return plan(context, arguments)
    if what == "stop":
        return _stop(context)
    if what == "progress":
        found = context.services.groups.standing(context.turn.platform, _places(context))
        return group_standing.shown(context.voice, found, context.turn.pictures)
    return _quiz(context) if what == "quiz" else _show(context)


def plan(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Begins the group of this place, or gives it another plan."""
    _admit(context, "start")
    turn, services = context.turn, context.services
    note: Note | None = None
    if arguments.get("topic", "").strip() or arguments.get("note"):
        found = topics.meant(context, arguments)
        if len(found) > 1:
            titles = "; ".join(one.title for one in found)
            raise CommandError("error.group_topic", topic=arguments.get("topic", ""), titles=titles)
        note = found[0]
    given = {name: arguments.get(name, "").strip() for name in ("time", "zone", "days", "closes")}
    table = Timetable(
        read_time(given["time"] or AT),
        known_zone(given["zone"]) if given["zone"] else context.learner.zone,
        read_days(given["days"]) if given["days"] else WEEKDAYS,
    )
    wanted = Plan(
        services.course,
        note.path if note else None,
        table,
        read_open(given["closes"] or OPEN_FOR),
        context.voice.language,
    )
    space = turn.within[-1] if turn.within else ""
    shown = services.groups.start(turn.platform, turn.place, space, wanted, context.learner.id)
    services.planned()
    from_form = isinstance(turn.did, Press)
    if from_form:
        _tell_channel(context, shown.group_id)
    reply = groups_shown.group(context.voice, shown, services.clock.now(), context.say("group.started"))
    return replace(reply, tone="success", private=from_form)


def _tell_channel(context: Context, group_id: int) -> None:
    """Shows the group to all: the form was opened from a message that only its admin sees."""
    turn, services = context.turn, context.services
    with services.database.session() as session:
        services.outbox.put(
            session,
            key=f"group:{group_id}:plan:{int(services.clock.now().timestamp())}",
            platform=turn.platform,
            place=turn.place,
            kind="group",
            payload={"group": group_id, "course": services.course},
        )


def join(context: Context, arguments: Mapping[str, str]) -> Reply:
    """The one who pressed belongs to the group from now on."""
    shown = context.services.groups.join(number(arguments, "group"), context.learner.id)
    return Reply(
        context.say("group.joined", count=shown.members),
        tone="success",
        actions=(
            _naming(context, shown),
            Action(action_id("group_leave", group=shown.group_id), context.label("action.group_leave")),
        ),
        private=True,
        language=context.voice.language,
    )


def name(context: Context, arguments: Mapping[str, str]) -> Reply:
    """The one who pressed is named where they were right from now on, or no more."""
    named = bool(number(arguments, "on"))
    shown = context.services.groups.name(number(arguments, "group"), context.learner.id, named)
    return Reply(
        context.say("group.named_on" if named else "group.named_off"),
        tone="success",
        actions=(_naming(context, shown),),
        private=True,
        language=context.voice.language,
    )


def _naming(context: Context, shown: Group) -> Action:
    """Agrees to be named, or takes that back."""
    key = "action.group_unname" if shown.is_named else "action.group_name"
    return Action(
        action_id("group_name", group=shown.group_id, on=int(not shown.is_named)), context.label(key)
    )


def leave(context: Context, arguments: Mapping[str, str]) -> Reply:
    """The one who pressed belongs to the group no more."""
    context.services.groups.leave(number(arguments, "group"), context.learner.id)
    return context.reply("group.left", tone="success", private=True)


def resume(context: Context, arguments: Mapping[str, str]) -> Reply:
    """A group that paused because nobody answered is asked again, whoever pressed."""
    services, turn = context.services, context.turn
    shown = services.groups.resume(
        number(arguments, "group"), turn.platform, _places(context), context.learner.id
    )
    services.planned()
    reply = groups_shown.group(context.voice, shown, services.clock.now(), context.say("group.resumed"))
    return replace(reply, tone="success")


def choose_in_round(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Takes the choice that was pressed, unseen by the others."""
    return _take(context, number(arguments, "round"), (number(arguments, "choice"),))


def say_in_round(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Takes an answer in words, or as the letters of several choices."""
    response = arguments.get("response", "").strip()
    if not response:
        raise CommandError("error.answer_empty")
    round_id = number(arguments, "round")
    picked = choosing.picks(response, context.services.groups.round(round_id).choices)
    return _take(context, round_id, response if picked is None else picked)


def rate_mine(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Shows the one who pressed how their answer was, to be rated."""
    groups, round_id = context.services.groups, number(arguments, "round")
    revealed = groups.mine(round_id, context.learner.id)
    context.services.planned()
    return groups_shown.mine(context.voice, groups.round(round_id), revealed)


def _show(context: Context) -> Reply:
    shown = context.services.groups.at(context.turn.platform, _places(context), context.learner.id)
    if shown is not None:
        return groups_shown.group(context.voice, shown, context.services.clock.now())
    if not context.turn.person.is_admin:
        return context.reply("group.none", private=True)
    fields = plan_fields(context.voice)
    return Reply(
        context.say("group.none_admin"),
        actions=(Action("group_plan", context.label("action.group_start"), "primary", fields),),
        private=True,
        language=context.voice.language,
    )


def _stop(context: Context) -> Reply:
    _admit(context, "stop")
    context.services.groups.stop(context.turn.platform, _places(context), context.learner.id)
    return context.reply("group.stopped", tone="success")


def _quiz(context: Context) -> Reply:
    _admit(context, "quiz")
    try:
        context.services.groups.quiz(context.turn.platform, _places(context))
    except NothingToAsk as nothing:
        raise NothingToAsk("error.nothing_to_ask_at_all") from nothing
    context.services.planned()
    return context.reply("group.asked", tone="success", private=True)


def _take(context: Context, round_id: int, answer: str | tuple[int, ...]) -> Reply:
    taken = context.services.groups.answer(round_id, context.learner.id, answer)
    context.services.planned()
    return groups_shown.taken(context.voice, taken)


def _admit(context: Context, what: str) -> None:
    if not context.turn.shared:
        raise CommandError("error.group_alone")
    if not context.turn.person.is_admin:
        raise NotAllowed(command=f"/group {what}")


def _places(context: Context) -> tuple[str, ...]:
    """This place, then those around it: a thread belongs to its channel's group."""
    return (context.turn.place, *context.turn.within)


def _plans(arguments: Mapping[str, str]) -> bool:
    return any(arguments.get(name, "").strip() for name in ("time", "zone", "days", "closes", "topic"))
