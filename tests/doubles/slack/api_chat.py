"""chat.*: messages."""

from __future__ import annotations

from tests.doubles.slack import wire, writing
from tests.doubles.slack.access import own_message, to_write_in, writable
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError
from tests.doubles.slack.routing import method
from tests.doubles.slack.world import File, Json, Message


@method("chat.postMessage", "chat:write")
def post_message(desk: Desk, request: Request) -> Json:
    channel = to_write_in(desk, request, str(request.args.get("channel") or ""))
    writing.judge(desk, request.args)
    thread = str(request.args.get("thread_ts") or "")
    message = writing.write(desk, channel, request.team.bot, request.args, thread_ts=thread)
    shape = wire.message(message, desk.world, desk.base, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(desk: Desk, request: Request) -> Json:
    channel = writable(desk, request, str(request.args.get("channel") or ""))
    if not channel.has_bot:
        raise ApiError("not_in_channel")
    user = desk.world.users.get(str(request.args.get("user")))
    if user is None or user not in channel.members:
        raise ApiError("user_not_in_channel")
    writing.judge(desk, request.args)
    thread = str(request.args.get("thread_ts") or "")
    message = writing.write(desk, channel, request.team.bot, request.args, thread_ts=thread, only_for=user)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def update(desk: Desk, request: Request) -> Json:
    message = own_message(desk, request, "cant_update_message")
    if message.streaming:
        raise ApiError("streaming_state_conflict")
    writing.judge(desk, request.args)
    body = {key: value for key, value in request.args.items() if value is not None}
    if not {"text", "blocks", "attachments", "markdown_text", "metadata"} & set(body):
        raise ApiError("no_text")
    if "file_ids" in body:
        message.files = _files(desk, request, message)
    writing.rewrite(desk, message, body)
    shape = wire.message(message, desk.world, desk.base, metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "text": message.text, "message": shape}


@method("chat.delete", "chat:write")
def delete(desk: Desk, request: Request) -> Json:
    message = own_message(desk, request, "cant_delete_message")
    writing.remove(desk, message)
    return {"channel": message.channel.id, "ts": message.ts}


def _files(desk: Desk, request: Request, message: Message) -> list[File]:
    """Those that a changed message is to show; all of them, old and new."""
    given = request.args["file_ids"]
    found = []
    for id_ in given.split(",") if isinstance(given, str) else given:
        file = desk.world.files.get(id_)
        if file is None or file.team is not request.team or not file.completed:
            raise ApiError("file_not_found")
        if (message.channel.id, message.ts) not in file.shares:
            file.shares.append((message.channel.id, message.ts))
        found.append(file)
    return found
