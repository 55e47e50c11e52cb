"""What the app is told of as an event, where it subscribed to it and has the scope."""

from __future__ import annotations

import time

from tests.doubles.slack import wire
from tests.doubles.slack.desk import Desk
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.post import EVENTS
from tests.doubles.slack.world import Channel, Json, Message, Team, User, View

MESSAGES = {
    "channel": ("message.channels", "channels:history"),
    "group": ("message.groups", "groups:history"),
    "im": ("message.im", "im:history"),
    "mpim": ("message.mpim", "mpim:history"),
}


def tell(
    desk: Desk,
    team: Team,
    event: Json,
    user: User,
    *,
    name: str = "",
    channel: Channel | None = None,
    message: Message | None = None,
) -> Invocation | None:
    """Sends one event; None where the app isn't installed or didn't subscribe to it."""
    world, app = desk.world, desk.app
    if not team.installed or (name or event["type"]) not in app.events:
        return None
    now = world.clock.now()
    payload = {
        "token": app.verification_token,
        "team_id": team.id,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": world.id("Ev"),
        "event_time": wire.seconds(now),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": team.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{world.id('E')}",
    }
    invocation = Invocation(world, "event", user, team, payload, now, time.perf_counter(), channel)
    if message is not None:
        message.events.append(invocation)
        invocation.source = message
        invocation.thread_ts = message.thread_ts
        invocation.edits_before = len(message.edits)
    invocation.begin()
    desk.invocations.append(invocation)
    desk.post.send(invocation, EVENTS)
    return invocation


def _of_message(desk: Desk, message: Message, event: Json) -> None:
    channel = message.channel
    name, _ = MESSAGES[channel.kind]
    if channel.has_bot and message.ephemeral_to is None:
        tell(desk, channel.team, event, message.user, name=name, channel=channel, message=message)


def created(desk: Desk, message: Message) -> None:
    """A message, and apart from it that it mentions the app."""
    channel = message.channel
    shape = wire.message(message, desk.world, desk.base)
    shape.pop("app_id", None) if not message.user.bot else None
    event = {**shape, "channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}
    for key in ("reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed"):
        event.pop(key, None)
    _of_message(desk, message, event)
    bot = channel.team.bot
    if bot.mention in message.text and message.user is not bot and channel.kind != "im" and channel.has_bot:
        mention = {key: value for key, value in event.items() if key != "channel_type"}
        mention["type"] = "app_mention"
        tell(desk, channel.team, mention, message.user, channel=channel, message=message)


def changed(desk: Desk, message: Message, before: Json) -> None:
    moment = desk.world.ts()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": wire.message(message, desk.world, desk.base),
        "previous_message": before,
        "channel": message.channel.id,
        "hidden": True,
        "ts": moment,
        "event_ts": moment,
        "channel_type": message.channel.kind,
    }
    _of_message(desk, message, event)


def removed(desk: Desk, message: Message, before: Json) -> None:
    moment = desk.world.ts()
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": message.channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": moment,
        "event_ts": moment,
        "channel_type": message.channel.kind,
    }
    _of_message(desk, message, event)


def home_opened(desk: Desk, user: User, channel: Channel, tab: str, view: View | None) -> Invocation | None:
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": desk.world.ts(),
    }
    if view is not None and tab == "home":
        event["view"] = wire.view(view, desk.app.id)
    return tell(desk, user.team, event, user)


def assistant(
    desk: Desk, user: User, channel: Channel, thread: str, context: Json, name: str
) -> Invocation | None:
    event = {
        "type": name,
        "assistant_thread": {
            "user_id": user.id,
            "context": context,
            "channel_id": channel.id,
            "thread_ts": thread,
        },
        "event_ts": desk.world.ts(),
    }
    return tell(desk, user.team, event, user, channel=channel)


def membership(desk: Desk, channel: Channel, user: User, joined: bool, inviter: User | None = None) -> None:
    """That somebody came or went; that the app itself was put out."""
    letter = {"channel": "C", "group": "G"}.get(channel.kind)
    if letter is None:
        return
    bot = channel.team.bot
    event: Json = {
        "type": "member_joined_channel" if joined else "member_left_channel",
        "user": user.id,
        "channel": channel.id,
        "channel_type": letter,
        "team": channel.team.id,
        "event_ts": desk.world.ts(),
    }
    if inviter is not None:
        event["inviter"] = inviter.id
    if channel.has_bot:
        tell(desk, channel.team, event, user, channel=channel)
    elif user is bot and not joined:
        name = "channel_left" if channel.kind == "channel" else "group_left"
        left = {"type": name, "channel": channel.id, "actor_id": "", "event_ts": desk.world.ts()}
        tell(desk, channel.team, left, user, channel=channel)


def of_team(desk: Desk, team: Team, event: Json) -> Invocation | None:
    return tell(desk, team, event, desk.app.owner or team.bot)


def simple(desk: Desk, channel: Channel, user: User, kind: str) -> None:
    """`channel_archive` and the like."""
    event = {"type": kind, "channel": channel.id, "user": user.id, "event_ts": desk.world.ts()}
    if channel.has_bot:
        tell(desk, channel.team, event, user, channel=channel)
