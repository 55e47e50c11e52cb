"""Where something was done on Slack, as the core knows places, and what its reply has to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.platforms.slack.places import Place
from bot.platforms.slack.render import source_of
from bot.platforms.slack.seam import Source


@dataclass(frozen=True, slots=True)
class Origin:
    """The three things that a Turn says about its place."""

    place: Place
    within: tuple[str, ...] = ()
    shared: bool = False


def origin(team: str, user: str, channel: str, thread: str = "", *, direct: bool) -> Origin:
    """The place of a channel, or of a thread in it.

    `direct`: the channel is that of the direct messages between the person and us, or there is none.
    """
    around = Place("dm", team, user) if direct else Place("channel", team, channel)
    space = str(Place("team", team))
    if thread and channel:
        return Origin(Place("thread", team, channel, thread), (str(around), space), not direct)
    return Origin(around, (space,), not direct)


def of_command(body: Mapping[str, Any], at: datetime) -> tuple[Source, Origin]:
    """Of a slash command; Slack has none in threads."""
    team, user, channel = _team(body), str(body["user_id"]), str(body.get("channel_id") or "")
    where = origin(team, user, channel, direct=_may_be_direct(channel))
    key = f"command:{body.get('trigger_id')}"
    url = str(body.get("response_url") or "")
    return Source(key, where.place, user, channel, response_url=url, at=at), where


def of_press(body: Mapping[str, Any], at: datetime) -> tuple[Source, Origin]:
    """Of a button or a menu, on a message or in App Home."""
    container, message = _mapping(body, "container"), _mapping(body, "message")
    channel = str(_mapping(body, "channel").get("id") or container.get("channel_id") or "")
    pressed = str(container.get("message_ts") or message.get("ts") or "")
    thread = str(container.get("thread_ts") or message.get("thread_ts") or "")
    return _interaction(
        body,
        "press",
        at,
        channel,
        "" if thread == pressed else thread,
        pressed=pressed,
        pressed_private=bool(container.get("is_ephemeral")),
    )


def of_shortcut(body: Mapping[str, Any], at: datetime) -> tuple[Source, Origin]:
    """Of an entry of the message menu, or of the menu of the app, which has no place."""
    channel, message = str(_mapping(body, "channel").get("id") or ""), _mapping(body, "message")
    thread = str(message.get("thread_ts") or "")
    return _interaction(body, "shortcut", at, channel, "" if thread == message.get("ts") else thread)


def of_form(body: Mapping[str, Any], at: datetime) -> tuple[Source, Origin]:
    """Of a form that was sent: where it was opened. One view is taken once, however often it is told of."""
    view, user = _mapping(body, "view"), str(_mapping(body, "user")["id"])
    key = f"form:{view.get('id') or body.get('trigger_id')}"
    try:
        found = source_of(view, key, user, at)
    except (KeyError, ValueError):
        found = None
    if found is None:
        where = origin(_team(body), user, "", direct=True)
        return Source(key, where.place, user, at=at), where
    direct = not found.channel or _may_be_direct(found.channel)
    where = origin(found.team, user, found.channel, found.thread, direct=direct)
    return replace(found, place=where.place), where


def of_message(body: Mapping[str, Any], at: datetime, *, threaded: bool) -> tuple[Source, Origin]:
    """Of a message, by whichever of the events that tell of it.

    `threaded`: what is said to us in a channel is answered in a thread of its own.
    """
    event = _mapping(body, "event")
    team, user, channel = event_team(body), str(event["user"]), str(event["channel"])
    direct = event.get("channel_type") == "im" or _may_be_direct(channel)
    thread = str(event.get("thread_ts") or "")
    if not thread and threaded and not direct:
        thread = str(event["ts"])
    where = origin(team, user, channel, thread, direct=direct)
    return Source(message_key(body), where.place, user, channel, thread, at=at), where


def message_key(body: Mapping[str, Any]) -> str:
    """The same for `message` and `app_mention`, which tell of the same message under two event ids."""
    event = _mapping(body, "event")
    return f"event:{event_team(body)}/{event.get('channel')}/{event.get('ts')}"


def event_team(body: Mapping[str, Any]) -> str:
    """The workspace that an event is told for: in shared channels, ours."""
    known = body.get("authorizations") or ()
    return str((known[0].get("team_id") if known else None) or body.get("team_id") or "")


def bot_user(body: Mapping[str, Any]) -> str:
    """Who we are where an event happened, if it says so."""
    known = body.get("authorizations") or ()
    return str(known[0].get("user_id") or "") if known and known[0].get("is_bot") else ""


def _interaction(
    body: Mapping[str, Any], kind: str, at: datetime, channel: str, thread: str, **pressed: Any
) -> tuple[Source, Origin]:
    team, user = _team(body), str(_mapping(body, "user")["id"])
    direct = not channel or _may_be_direct(channel)
    where = origin(team, user, channel, thread, direct=direct)
    url = str(body.get("response_url") or "")
    key = f"{kind}:{body.get('trigger_id')}"
    return Source(key, where.place, user, channel, thread, url, at, **pressed), where


def _team(body: Mapping[str, Any]) -> str:
    team = body.get("team_id") or _mapping(body, "team").get("id")
    return str(team or _mapping(body, "user").get("team_id") or "")


def _may_be_direct(channel: str) -> bool:
    """Direct messages of two, ours or those of two people: `Direct` tells them apart."""
    return channel.startswith("D")


def _mapping(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
