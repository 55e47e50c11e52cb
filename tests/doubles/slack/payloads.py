"""What the app is sent when a person acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.doubles.slack import forms, wire
from tests.doubles.slack.desk import Desk
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.world import Channel, Json, Message, User, elements

NAMES = {"im": "directmessage", "mpim": "", "group": "privategroup"}


def command(desk: Desk, made: Invocation, name: str, text: str) -> Json:
    assert made.channel is not None
    return {
        "token": desk.app.verification_token,
        "team_id": made.team.id,
        "team_domain": made.team.domain,
        "channel_id": made.channel.id,
        "channel_name": _name(made.channel),
        "user_id": made.user.id,
        "user_name": made.user.name.lower(),
        "command": name,
        "text": text,
        "api_app_id": desk.app.id,
        "is_enterprise_install": "false",
        "response_url": desk.hook(made, "commands"),
        "trigger_id": made.trigger_id,
    }


def _base(desk: Desk, made: Invocation, kind: str) -> Json:
    return {
        "type": kind,
        "user": _user(made.user),
        "api_app_id": desk.app.id,
        "token": desk.app.verification_token,
        "team": {"id": made.team.id, "domain": made.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def action(desk: Desk, made: Invocation, pressed: Json, values: Mapping[str, Any]) -> Json:
    """A button or menu; of a message that only one person sees, no `message` is sent."""
    payload = {**_base(desk, made, "block_actions"), "trigger_id": made.trigger_id}
    payload["actions"] = [{**pressed, "action_ts": desk.world.ts()}]
    if made.view is not None:
        made.view.values = forms.state(made.view.blocks, values if _known(made.view.blocks, values) else {})
        payload["container"] = {"type": "view", "view_id": made.view.id}
        payload["view"] = wire.view(made.view, desk.app.id)
        payload["state"] = {"values": made.view.values}
        payload.pop("state")
        return payload
    source = made.source
    assert source is not None
    payload["container"] = _container(source)
    payload["channel"] = {"id": source.channel.id, "name": _name(source.channel)}
    payload["state"] = {"values": forms.state(source.blocks, values if _known(source.blocks, values) else {})}
    payload["response_url"] = desk.hook(made, "actions")
    if source.ephemeral_to is None:
        payload["message"] = _message(desk, source)
    return payload


def _known(blocks: list[Json], values: Mapping[str, Any]) -> bool:
    """Whether the element keeps a state (an overflow menu doesn't)."""
    kept = [each for each in elements(blocks) if each["type"] != "overflow"]
    return {each["action_id"] for each in kept} >= set(values)


def suggestion(desk: Desk, made: Invocation, element: Json, typed: str) -> Json:
    payload = _base(desk, made, "block_suggestion")
    payload |= {"action_id": element["action_id"], "block_id": element["block_id"], "value": typed}
    if made.view is not None:
        payload["container"] = {"type": "view", "view_id": made.view.id}
        return {**payload, "view": wire.view(made.view, desk.app.id)}
    assert made.source is not None
    payload["container"] = _container(made.source)
    payload["channel"] = {"id": made.source.channel.id, "name": _name(made.source.channel)}
    return payload


def of_view(desk: Desk, made: Invocation, kind: str, **more: Any) -> Json:
    assert made.view is not None
    payload = {**_base(desk, made, kind), "view": wire.view(made.view, desk.app.id), **more}
    if kind == "view_submission":
        payload |= {"trigger_id": made.trigger_id, "response_urls": []}
    return payload


def shortcut(desk: Desk, made: Invocation, callback_id: str) -> Json:
    source = made.source
    payload = _base(desk, made, "shortcut" if source is None else "message_action")
    payload |= {"callback_id": callback_id, "trigger_id": made.trigger_id, "action_ts": desk.world.ts()}
    if source is None:
        return payload
    payload.pop("api_app_id")
    payload["user"].pop("username")
    return {
        **payload,
        "message_ts": source.ts,
        "channel": {"id": source.channel.id, "name": _name(source.channel)},
        "message": _message(desk, source),
        "response_url": desk.hook(made, "app"),
    }


def _message(desk: Desk, source: Message) -> Json:
    shape = wire.message(source, desk.world, desk.base)
    return {key: value for key, value in shape.items() if key != "bot_profile"}


def _container(source: Message) -> Json:
    container: Json = {
        "type": "message",
        "message_ts": source.ts,
        "channel_id": source.channel.id,
        "is_ephemeral": source.ephemeral_to is not None,
    }
    if source.thread_ts:
        container["thread_ts"] = source.thread_ts
    return container


def _user(one: User) -> Json:
    name = one.name.lower()
    return {"id": one.id, "username": name, "name": name, "team_id": one.team.id}


def _name(channel: Channel) -> str:
    return NAMES.get(channel.kind, channel.name) or channel.name
