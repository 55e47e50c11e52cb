"""chat.startStream and its like: a message that grows."""

from __future__ import annotations

from tests.doubles.slack import kit, limits, news, wire, writing
from tests.doubles.slack.access import own_message, to_write_in
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError, Misuse
from tests.doubles.slack.routing import method
from tests.doubles.slack.world import Json, Message, reading


@method("chat.startStream", "chat:write")
def start(desk: Desk, request: Request) -> Json:
    args = request.args
    channel = to_write_in(desk, request, str(args.get("channel") or ""))
    thread = str(args.get("thread_ts") or "")
    if thread not in channel.messages:
        raise ApiError("thread_not_found")
    if channel.kind != "im" and not (args.get("recipient_team_id") and args.get("recipient_user_id")):
        raise ApiError(
            "missing_recipient_team_id" if not args.get("recipient_team_id") else "missing_recipient_user_id"
        )
    text, blocks = _text(args), _blocks(desk, args)
    message = Message(desk.world.ts(), channel, request.team.bot, "", thread_ts=thread, streaming=True)
    channel.messages[message.ts] = message
    channel.statuses.pop(thread, None)
    _grow(message, text, blocks)
    desk.world.changed()
    return {"channel": channel.id, "ts": message.ts}


@method("chat.appendStream", "chat:write")
def append(desk: Desk, request: Request) -> Json:
    message = _streaming(desk, request)
    text = _text(request.args)
    if not text and not request.args.get("chunks"):
        raise ApiError("no_text")
    _grow(message, text, _blocks(desk, request.args))
    desk.world.changed()
    return {"channel": message.channel.id, "ts": message.ts}


@method("chat.stopStream", "chat:write")
def stop(desk: Desk, request: Request) -> Json:
    message = _streaming(desk, request)
    args = request.args
    ending = {"text": message.text or " ", "blocks": args.get("blocks"), "metadata": args.get("metadata")}
    writing.judge(desk, ending)
    _grow(message, _text(args), _blocks(desk, args))
    shown = [{"type": "markdown", "text": message.text}] if message.text else []
    message.blocks = kit.filled([*shown, *message.blocks, *(args.get("blocks") or [])])
    message.metadata = args.get("metadata") or None
    message.streaming = False
    news.created(desk, message)
    desk.world.changed()
    shape = wire.message(message, desk.world, desk.base, metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "message": shape}


def _streaming(desk: Desk, request: Request) -> Message:
    message = own_message(desk, request, "message_not_owned_by_app")
    if not message.streaming:
        raise ApiError("message_not_in_streaming_state")
    return message


def _text(args: Json) -> str:
    """What a piece says: `markdown_text`, or the text in `chunks`."""
    chunks = args.get("chunks") or []
    if chunks and args.get("markdown_text"):
        raise Misuse("invalid_arguments", "markdown_text and chunks exclude one another")
    text = str(args.get("markdown_text") or "")
    text += "".join(str(each.get("text", "")) for each in chunks if each.get("type") == "markdown_text")
    if len(text) > limits.STREAMED_TEXT:
        raise Misuse("msg_too_long", f"more than {limits.STREAMED_TEXT} characters in a piece")
    return text


def _blocks(desk: Desk, args: Json) -> list[Json]:
    """The blocks in `chunks`, which stand there as they come."""
    chunks = [each for each in args.get("chunks") or [] if each.get("type") == "blocks"]
    blocks = [block for each in chunks for block in each.get("blocks") or []]
    if blocks:
        writing.judge(desk, {"text": " ", "blocks": blocks})
    return kit.filled(blocks)


def _grow(message: Message, text: str, blocks: list[Json]) -> None:
    if text:
        message.parts.append(text)
        message.text += text
    if blocks:
        message.parts.append("\n".join(reading(blocks)))
        message.blocks = [*message.blocks, *blocks]
        if len(message.blocks) > limits.MESSAGE_BLOCKS:
            raise Misuse(
                "invalid_blocks", f"more than {limits.MESSAGE_BLOCKS} blocks in the pieces of a message"
            )
