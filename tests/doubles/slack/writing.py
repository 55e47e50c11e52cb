"""Messages and views come to be, change and go; each is judged first."""

from __future__ import annotations

import secrets
from typing import Any

from tests.doubles.slack import checks, kit, limits, news, wire
from tests.doubles.slack.desk import Desk
from tests.doubles.slack.errors import ApiError, Misuse
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.world import Channel, File, Json, Message, User, View


def judge(desk: Desk, body: Json, *, total: bool = True) -> None:
    """Misuse for what a message can't say; `total`: where all of its blocks together are limited."""
    problems = checks.of_message(body)
    blocks = body.get("blocks") or []
    if not problems and blocks and desk.contract is not None:
        problems = desk.contract.of_blocks(blocks)
    if problems:
        raise Misuse("invalid_blocks" if blocks else "invalid_arguments", *problems)
    if total and (problems := checks.of_total(blocks)):
        raise Misuse("msg_blocks_too_long", *problems)


def judge_view(desk: Desk, view: Any) -> Json:
    """The view as it is kept. Misuse for what no view can be."""
    if not isinstance(view, dict):
        raise Misuse("invalid_arguments", "view: no object")
    problems = checks.of_view(view)
    if not problems and desk.contract is not None:
        problems = desk.contract.of_view(view)
    if problems:
        raise Misuse("invalid_arguments", *(f"view/{each}" for each in problems))
    return {**view, "blocks": kit.filled(view["blocks"])}


def said(body: Json) -> tuple[str, list[Json]]:
    """Text and blocks; `no_text` for nothing at all."""
    text = str(body.get("text") or body.get("markdown_text") or "")
    blocks = list(body.get("blocks") or [])
    if body.get("markdown_text"):
        blocks = [{"type": "markdown", "text": body["markdown_text"]}]
    if not text.strip() and not blocks and not body.get("attachments"):
        raise ApiError("no_text")
    return text[: limits.MESSAGE_TEXT], kit.filled(blocks)


def write(
    desk: Desk,
    channel: Channel,
    author: User,
    body: Json,
    *,
    thread_ts: str = "",
    only_for: User | None = None,
    files: list[File] | None = None,
    subtype: str = "",
    by_url: bool = False,
) -> Message:
    """Puts a message into a channel and tells the app."""
    if files and not body.get("text") and not body.get("blocks"):
        message = Message(desk.world.ts(), channel, author, "")
    else:
        message = Message(desk.world.ts(), channel, author, *said(body))
    root = channel.messages.get(thread_ts)
    message.thread_ts = root.thread_ts if root and root.thread_ts else thread_ts
    message.metadata = body.get("metadata") or None
    message.attachments = list(body.get("attachments") or [])
    message.broadcast = bool(body.get("reply_broadcast"))
    message.ephemeral_to = only_for
    message.files = files or []
    message.subtype = subtype
    message.by_url = by_url
    channel.messages[message.ts] = message
    if thread_ts and author is channel.team.bot:
        channel.statuses.pop(thread_ts, None)
    if only_for is None:
        news.created(desk, message)
    desk.world.changed()
    return message


def rewrite(desk: Desk, message: Message, body: Json) -> None:
    """Changes what it says; what isn't in `body` stays, but text without blocks takes the blocks away, and
    empty metadata those that it had.
    """
    before = wire.message(message, desk.world, desk.base)
    message.edits.append((message.text, message.blocks))
    if "blocks" in body or "text" in body or "markdown_text" in body:
        message.text, message.blocks = said(body)
    if "metadata" in body:
        message.metadata = body["metadata"] or None
    if "attachments" in body:
        message.attachments = list(body["attachments"] or [])
    message.edited = desk.world.clock.now()
    if message.ephemeral_to is None:
        news.changed(desk, message, before)
    desk.world.changed()


def remove(desk: Desk, message: Message) -> None:
    before = wire.message(message, desk.world, desk.base)
    message.deleted = True
    if message.ephemeral_to is None:
        news.removed(desk, message, before)
    desk.world.changed()


def new_view(desk: Desk, user: User, body: Json, *, previous: View | None = None) -> View:
    id_ = desk.world.id("V")
    root = previous.root if previous else id_
    view = View(id_, user.team, user, body, _hash(desk), root, previous)
    desk.world.views[view.id] = view
    desk.world.changed()
    return view


def change_view(desk: Desk, view: View, body: Json) -> None:
    view.edits.append(view.body)
    view.body, view.hash = body, _hash(desk)
    desk.world.changed()


def close_views(view: View | None, *, all_of_them: bool = False) -> None:
    """Closes a modal; `all_of_them`: with those below it."""
    while view is not None:
        view.open = False
        view = view.previous if all_of_them else None


def _hash(desk: Desk) -> str:
    return f"{desk.world.ts().partition('.')[0]}.{secrets.token_hex(4)}"


def spend_trigger(desk: Desk, trigger_id: str) -> Invocation:
    """The invocation of a trigger, which works once and for three seconds."""
    invocation = desk.triggers.get(trigger_id)
    if invocation is None:
        raise ApiError("invalid_trigger_id")
    if desk.world.clock.now() - invocation.at > limits.TRIGGER:
        raise ApiError("expired_trigger_id")
    if invocation.trigger_used:
        raise ApiError("exchanged_trigger_id")
    invocation.trigger_used = True
    return invocation
