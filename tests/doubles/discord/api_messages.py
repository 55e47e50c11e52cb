"""REST: messages, typing, threads."""

from __future__ import annotations

from tests.doubles.discord import news, rights, wire, writing
from tests.doubles.discord.desk import Desk, Request
from tests.doubles.discord.errors import (
    ApiError,
    missing_access,
    missing_permissions,
    not_the_author,
    unknown_channel,
    unknown_message,
)
from tests.doubles.discord.routing import Answer, route
from tests.doubles.discord.world import DM, PUBLIC_THREAD, Channel, Json, Message, User


def channel_of(desk: Desk, request: Request) -> Channel:
    """The channel in the path, if the bot sees it."""
    channel = desk.world.channels.get(int(request.parameters["channel_id"]))
    if channel is None or channel.deleted:
        raise unknown_channel()
    if channel.guild is not None and not channel.guild.bot_in:
        raise missing_access()
    if not rights.sees(channel, desk.bot):
        raise missing_access()
    return channel


def _message_of(desk: Desk, request: Request, channel: Channel) -> Message:
    message = desk.world.message(channel.id, int(request.parameters["message_id"]))
    if message is None or message.ephemeral:
        raise unknown_message()
    return message


def shown(desk: Desk, message: Message) -> Json:
    return wire.message(message, desk.base, desk.app.reads)


@route("GET", "/channels/{channel_id}/messages")
def history(desk: Desk, request: Request) -> Answer:
    """Newest first; nothing without the permission to read history."""
    channel = channel_of(desk, request)
    if not rights.may(channel, desk.bot, rights.READ_MESSAGE_HISTORY):
        return 200, []
    query = request.query
    limit = int(query.get("limit", 50))
    there = [each for each in channel.messages.values() if not each.deleted and not each.ephemeral]
    if "after" in query:
        there = [each for each in there if each.id > int(query["after"])][:limit]
    elif "around" in query:
        middle = int(query["around"])
        there = sorted(there, key=lambda each: abs(each.id - middle))[:limit]
        there.sort(key=lambda each: each.id)
    elif "before" in query:
        there = [each for each in there if each.id < int(query["before"])]
    return 200, [shown(desk, each) for each in reversed(there[-limit:])]


@route("POST", "/channels/{channel_id}/messages")
def create(desk: Desk, request: Request) -> Answer:
    channel = channel_of(desk, request)
    return 200, shown(desk, writing.send_checked(desk, channel, request.body, request.files))


@route("GET", "/channels/{channel_id}/messages/{message_id}")
def read(desk: Desk, request: Request) -> Answer:
    channel = channel_of(desk, request)
    if not rights.may(channel, desk.bot, rights.READ_MESSAGE_HISTORY):
        raise missing_permissions()
    return 200, shown(desk, _message_of(desk, request, channel))


@route("PATCH", "/channels/{channel_id}/messages/{message_id}")
def edit(desk: Desk, request: Request) -> Answer:
    channel = channel_of(desk, request)
    message = _message_of(desk, request, channel)
    if message.author is not desk.bot:
        raise not_the_author()
    return 200, shown(desk, writing.rewrite(desk, message, request.body, request.files))


@route("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete(desk: Desk, request: Request) -> Answer:
    channel = channel_of(desk, request)
    message = _message_of(desk, request, channel)
    if message.author is not desk.bot:
        if channel.kind == DM:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
        if not rights.may(channel, desk.bot, rights.MANAGE_MESSAGES):
            raise missing_permissions()
    writing.erase(desk, message)
    return 204, None


@route("POST", "/channels/{channel_id}/typing")
def typing(desk: Desk, request: Request) -> Answer:
    channel = channel_of(desk, request)
    needed = rights.SEND_MESSAGES_IN_THREADS if channel.is_thread else rights.SEND_MESSAGES
    if channel.kind != DM and not rights.may(channel, desk.bot, needed):
        raise missing_permissions()
    channel.typing.append(desk.world.clock.now())
    desk.world.changed()
    news.typing(desk, channel, desk.bot)
    return 204, None


def open_thread(desk: Desk, parent: Channel, name: str, owner: User, start: Message | None) -> Channel:
    """A public thread; one that starts at a message has that message's id."""
    world = desk.world
    thread = Channel(
        start.id if start else world.snowflake(),
        PUBLIC_THREAD,
        name,
        guild=parent.guild,
        parent=parent,
        owner=owner,
        created=world.clock.now(),
        members=[owner],
    )
    assert parent.guild is not None
    parent.guild.channels[thread.id] = thread
    world.channels[thread.id] = thread
    if start is not None:
        start.thread = thread
    world.changed()
    news.of_channel(desk, thread, "CREATE")
    return thread


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def thread_from_message(desk: Desk, request: Request) -> Answer:
    channel = channel_of(desk, request)
    message = _message_of(desk, request, channel)
    if not rights.may(channel, desk.bot, rights.CREATE_PUBLIC_THREADS):
        raise missing_permissions()
    if channel.kind != 0:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    if message.thread is not None:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    thread = open_thread(desk, channel, request.body["name"], desk.bot, message)
    return 201, wire.channel(thread, desk.bot)


@route("POST", "/channels/{channel_id}/threads")
def thread_alone(desk: Desk, request: Request) -> Answer:
    channel = channel_of(desk, request)
    if not rights.may(channel, desk.bot, rights.CREATE_PUBLIC_THREADS):
        raise missing_permissions()
    thread = open_thread(desk, channel, request.body["name"], desk.bot, None)
    return 201, wire.channel(thread, desk.bot)


@route("PUT", "/channels/{channel_id}/thread-members/@me")
def join_thread(desk: Desk, request: Request) -> Answer:
    thread = channel_of(desk, request)
    if desk.bot not in thread.members:
        thread.members.append(desk.bot)
    return 204, None


@route("DELETE", "/channels/{channel_id}/thread-members/@me")
def leave_thread(desk: Desk, request: Request) -> Answer:
    thread = channel_of(desk, request)
    thread.members = [who for who in thread.members if who is not desk.bot]
    return 204, None


@route("PATCH", "/channels/{channel_id}")
def change_thread(desk: Desk, request: Request) -> Answer:
    """Of a thread: its name, and whether it is closed."""
    thread = channel_of(desk, request)
    if not thread.is_thread or (
        thread.owner is not desk.bot and not rights.may(thread, desk.bot, rights.MANAGE_THREADS)
    ):
        raise missing_permissions()
    thread.name = request.body.get("name", thread.name)
    thread.archived = request.body.get("archived", thread.archived)
    desk.world.changed()
    news.of_channel(desk, thread, "UPDATE")
    return 200, wire.channel(thread, desk.bot)


@route("GET", "/channels/{channel_id}")
def read_channel(desk: Desk, request: Request) -> Answer:
    return 200, wire.channel(channel_of(desk, request), desk.bot)
