"""Whether the app may do something in a channel, in Slack's words where it may not."""

from __future__ import annotations

from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError
from tests.doubles.slack.world import Channel, Message

HISTORY = {
    "channel": "channels:history",
    "group": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}
READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def known(desk: Desk, request: Request, id_: str) -> Channel:
    """A channel that the app can know of: public ones, and those it is in."""
    channel = desk.world.channels.get(id_)
    hidden = channel is None or channel.deleted or channel.team is not request.team
    if channel is None or hidden or (channel.kind != "channel" and not channel.has_bot):
        raise ApiError("channel_not_found")
    return channel


def writable(desk: Desk, request: Request, id_: str) -> Channel:
    channel = known(desk, request, id_)
    if channel.archived:
        raise ApiError("is_archived")
    return channel


def to_write_in(desk: Desk, request: Request, id_: str) -> Channel:
    """Where a message goes: a channel, or a person, whose direct messages are meant."""
    if id_[:1] in ("U", "W"):
        user = desk.world.users.get(id_)
        if user is None or user.team is not request.team:
            raise ApiError("channel_not_found")
        return dm_with(desk, request, id_)
    channel = writable(desk, request, id_)
    if channel.kind == "im":
        other = next(each for each in channel.members if each is not request.team.bot)
        dm_with(desk, request, other.id)
    assert request.token is not None
    if not channel.has_bot and "chat:write.public" not in request.token.scopes:
        raise ApiError("not_in_channel")
    return channel


def dm_with(desk: Desk, request: Request, *ids: str) -> Channel:
    """The conversation with these people; made when there is none."""
    people = []
    for id_ in ids:
        user = desk.world.users.get(id_)
        if user is None or user.team is not request.team:
            raise ApiError("user_not_found")
        if user.deleted:
            raise ApiError("user_disabled")
        if user.bot or not user.dms_open:
            raise ApiError("cannot_dm_bot")
        people.append(user)
    return desk.world.dm(request.team.bot, *people)


def readable(desk: Desk, request: Request) -> Channel:
    """A channel whose messages the app may read."""
    channel = known(desk, request, str(request.args.get("channel") or ""))
    request.need(HISTORY[channel.kind])
    if not channel.has_bot:
        raise ApiError("not_in_channel")
    return channel


def own_message(desk: Desk, request: Request, otherwise: str) -> Message:
    """A message of the app's own, in a channel."""
    channel = known(desk, request, str(request.args.get("channel") or ""))
    message = desk.world.message(channel.id, str(request.args.get("ts") or ""))
    if message is None:
        raise ApiError("message_not_found")
    if message.user is not request.team.bot:
        raise ApiError(otherwise)
    return message
