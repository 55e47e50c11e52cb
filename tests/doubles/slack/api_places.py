"""conversations.*: channels and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.doubles.slack import limits, news, wire
from tests.doubles.slack.access import READ, dm_with, known, readable, writable
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError
from tests.doubles.slack.routing import method
from tests.doubles.slack.world import Json, Message

READS = tuple(READ.values())
TYPES = {"channel": "public_channel", "group": "private_channel", "im": "im", "mpim": "mpim"}


@method("conversations.open", "im:write", "mpim:write")
def open_conversation(desk: Desk, request: Request) -> Json:
    if request.args.get("channel"):
        channel = known(desk, request, str(request.args["channel"]))
    else:
        ids = [each.strip() for each in str(request.args.get("users") or "").split(",") if each.strip()]
        if not ids:
            raise ApiError("users_list_not_supplied")
        request.need("im:write" if len(ids) == 1 else "mpim:write")
        channel = dm_with(desk, request, *ids)
    if not truthy(request.args.get("return_im")):
        return {"channel": {"id": channel.id}}
    return {"no_op": True, "already_open": True, "channel": wire.channel(channel, request.team.bot)}


@method("conversations.info", *READS)
def info(desk: Desk, request: Request) -> Json:
    channel = known(desk, request, str(request.args.get("channel") or ""))
    request.need(READ[channel.kind])
    count = truthy(request.args.get("include_num_members"))
    shape = wire.channel(channel, request.team.bot, count=count)
    return {"channel": {**shape, "locale": "en-US"} if truthy(request.args.get("include_locale")) else shape}


@method("conversations.list", *READS)
def list_channels(desk: Desk, request: Request) -> Json:
    bot = request.team.bot
    wanted = str(request.args.get("types") or "public_channel").replace(" ", "").split(",")
    for kind, name in TYPES.items():
        if name in wanted:
            request.need(READ[kind])
    found = [
        wire.channel(each, bot, count=True)
        for each in desk.world.channels.values()
        if each.team is request.team
        and TYPES[each.kind] in wanted
        and (each.kind == "channel" or bot in each.members)
        and not each.deleted
        and not (each.archived and truthy(request.args.get("exclude_archived")))
    ]
    page, cursor = paged(found, request)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.members", *READS)
def members(desk: Desk, request: Request) -> Json:
    channel = known(desk, request, str(request.args.get("channel") or ""))
    page, cursor = paged([each.id for each in channel.members], request)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
def join(desk: Desk, request: Request) -> Json:
    channel = writable(desk, request, str(request.args.get("channel") or ""))
    if channel.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    bot = request.team.bot
    if bot in channel.members:
        shape = wire.channel(channel, bot)
        return {"channel": shape, "warning": "already_in_channel"}
    channel.members.append(bot)
    news.membership(desk, channel, bot, True)
    return {"channel": wire.channel(channel, bot)}


@method("conversations.history", "channels:history", "groups:history", "im:history", "mpim:history")
def history(desk: Desk, request: Request) -> Json:
    channel = readable(desk, request)
    there = [each for each in channel.messages.values() if _in_channel(each) and _within(each, request)]
    page, cursor = paged(there[::-1], request)
    actions = {"channel_actions_ts": None, "channel_actions_count": 0}
    return {**_messages(desk, request, page, cursor), "pin_count": 0, **actions}


@method("conversations.replies", "channels:history", "groups:history", "im:history", "mpim:history")
def replies(desk: Desk, request: Request) -> Json:
    channel = readable(desk, request)
    ts = str(request.args.get("ts") or "")
    message = desk.world.message(channel.id, ts)
    if message is None:
        raise ApiError("thread_not_found")
    root, *rest = wire.thread(channel, message.thread_ts or ts)
    page, cursor = paged([root, *(each for each in rest if _within(each, request))], request)
    return _messages(desk, request, page, cursor)


def _in_channel(message: Message) -> bool:
    """Replies in threads aren't in the channel's own history, unless they were sent there too."""
    own = message.thread_ts in ("", message.ts) or message.broadcast
    return own and not message.deleted and message.ephemeral_to is None


def _within(message: Message, request: Request) -> bool:
    oldest, latest = request.args.get("oldest"), request.args.get("latest")
    if truthy(request.args.get("inclusive")) and message.ts in (oldest, latest):
        return True
    after = not oldest or float(oldest) == 0 or message.ts > str(oldest)
    return after and (not latest or message.ts < str(latest))


def _messages(desk: Desk, request: Request, page: Sequence[Message], cursor: str) -> Json:
    metadata = truthy(request.args.get("include_all_metadata"))
    shapes = [wire.message(each, desk.world, desk.base, metadata=metadata) for each in page]
    answer: Json = {"messages": shapes, "has_more": bool(cursor)}
    if request.method == "conversations.history":
        answer |= {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}
    return {**answer, "response_metadata": {"next_cursor": cursor}} if cursor else answer


def truthy(value: Any) -> bool:
    return str(value).lower() in ("true", "1")


def paged(found: Sequence[Any], request: Request) -> tuple[list[Any], str]:
    """A page of a list and the cursor of the next, "" at the end."""
    limit = min(int(request.args.get("limit") or 100), limits.PAGE)
    given = str(request.args.get("cursor") or "")
    if given and not given.startswith("next:"):
        raise ApiError("invalid_cursor")
    start = int(given.removeprefix("next:") or 0)
    end = start + limit
    return list(found[start:end]), f"next:{end}" if end < len(found) else ""
