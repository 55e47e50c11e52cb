"""The first answer to an interaction, and all that its token allows afterwards."""

from __future__ import annotations

import time

from tests.doubles.discord import bodies, limits, wire, writing
from tests.doubles.discord.desk import Desk, Request
from tests.doubles.discord.errors import (
    Misuse,
    already_acknowledged,
    invalid_form,
    invalid_webhook_token,
    too_many_followups,
    unknown_interaction,
    unknown_message,
    unknown_webhook,
)
from tests.doubles.discord.interactions import (
    ANSWER,
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    FORM,
    MODAL,
    UPDATE,
    Interaction,
)
from tests.doubles.discord.routing import Answer, route
from tests.doubles.discord.world import EPHEMERAL, Json, Message

ALLOWED = {
    COMMAND: (ANSWER, DEFER, MODAL),
    COMPONENT: (ANSWER, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    FORM: (ANSWER, DEFER, DEFER_UPDATE, UPDATE),
}


@route("POST", "/interactions/{interaction_id}/{token}/callback", open_to_all=True)
def respond(desk: Desk, request: Request) -> Answer:
    interaction = desk.interactions.get(int(request.parameters["interaction_id"]))
    if interaction is None or interaction.token != request.parameters["token"]:
        raise unknown_interaction()
    if interaction.response is not None:
        raise already_acknowledged()
    if interaction.older_than(limits.FIRST_RESPONSE):
        interaction.late = True
        desk.world.changed()
        raise unknown_interaction()
    kind = request.body["type"]
    data: Json = request.body.get("data") or {}
    updating = kind in (DEFER_UPDATE, UPDATE)
    if kind not in ALLOWED[interaction.kind] or (updating and interaction.source is None):
        raise invalid_form("type", f"type {interaction.kind} takes no answer of type {kind}")
    _first_answer(desk, interaction, kind, data, request)
    interaction.response = kind
    interaction.data = data
    interaction.took = time.perf_counter() - interaction.started
    desk.world.changed()
    if request.query.get("with_response", "").lower() in ("true", "1"):
        return 200, _told(desk, interaction, kind)
    return 204, None


def _first_answer(desk: Desk, interaction: Interaction, kind: int, data: Json, request: Request) -> None:
    if kind == MODAL:
        bodies.check_modal(data)
    elif kind == CHOICES:
        bodies.check_choices(data["choices"])
    elif kind == UPDATE:
        assert interaction.source is not None
        if interaction.source.deleted:
            raise unknown_message()
        interaction.original = writing.rewrite(desk, interaction.source, data, request.files)
    elif kind == DEFER_UPDATE:
        interaction.original = interaction.source
    else:
        interaction.original = _say(desk, interaction, data, request, loading=kind == DEFER)


def _say(
    desk: Desk, interaction: Interaction, data: Json, request: Request, *, loading: bool = False
) -> Message:
    private = bool((data.get("flags") or 0) & EPHEMERAL)
    return writing.write(
        desk,
        interaction.channel,
        desk.bot,
        data,
        request.files,
        only_for=interaction.user if private else None,
        reply_to=interaction.source if interaction.kind == COMPONENT and not private else None,
        interaction=metadata(interaction),
        loading=loading,
    )


def metadata(interaction: Interaction) -> Json:
    """What a message tells of the interaction it comes from."""
    data: Json = {
        "id": str(interaction.id),
        "type": interaction.kind,
        "user": wire.user(interaction.user),
        "authorizing_integration_owners": interaction.payload["authorizing_integration_owners"],
    }
    if interaction.kind == COMMAND:
        data["name"] = interaction.payload["data"]["name"]
        data["command_type"] = interaction.payload["data"]["type"]
    elif interaction.kind == COMPONENT:
        assert interaction.source is not None
        data["interacted_message_id"] = str(interaction.source.id)
    else:
        trigger = interaction.opened_by
        assert trigger is not None
        data["triggering_interaction_metadata"] = metadata(trigger)
    return data


def _told(desk: Desk, interaction: Interaction, kind: int) -> Json:
    original = interaction.original
    told: Json = {"interaction": {"id": str(interaction.id), "type": interaction.kind}}
    if original is not None:
        told["interaction"] |= {
            "response_message_id": str(original.id),
            "response_message_loading": original.loading,
            "response_message_ephemeral": original.ephemeral,
            "channel_id": str(interaction.channel.id),
        }
        if interaction.channel.guild is not None:
            told["interaction"]["guild_id"] = str(interaction.channel.guild.id)
        if kind in (ANSWER, UPDATE, DEFER):
            resource = ANSWER if kind == DEFER else kind
            told["resource"] = {"type": resource, "message": _message(desk, original)}
    return told


def _message(desk: Desk, message: Message) -> Json:
    return wire.message(message, desk.base, lambda each: True)


def _by_token(desk: Desk, request: Request) -> Interaction:
    token = request.parameters["token"]
    interaction = next((each for each in desk.interactions.values() if each.token == token), None)
    if interaction is None or request.parameters["webhook_id"] != str(desk.bot.id):
        raise unknown_webhook()
    if interaction.older_than(limits.TOKEN_LIFE):
        raise invalid_webhook_token()
    if interaction.response is None:
        raise Misuse(404, 10015, "Unknown Webhook")
    return interaction


def _find(desk: Desk, request: Request) -> tuple[Interaction, Message]:
    interaction = _by_token(desk, request)
    wanted = request.parameters.get("message_id", "@original")
    if wanted == "@original":
        message = interaction.original
    else:
        known = [*interaction.messages, interaction.source]
        message = next((each for each in known if each and str(each.id) == wanted), None)
    if message is None or message.deleted:
        raise unknown_message()
    return interaction, message


@route("POST", "/webhooks/{webhook_id}/{token}", open_to_all=True)
def follow_up(desk: Desk, request: Request) -> Answer:
    """The first one behind a deferred answer takes that answer's place."""
    interaction = _by_token(desk, request)
    original = interaction.original
    if interaction.user_install:
        interaction.followup_count += 1
        if interaction.followup_count > limits.FOLLOWUPS_OF_A_USER_INSTALL:
            raise too_many_followups()
    if original is not None and original.loading and not original.deleted:
        message = writing.rewrite(desk, original, request.body, request.files)
    else:
        message = _say(desk, interaction, request.body, request)
    interaction.followups.append(message)
    desk.world.changed()
    return 200, _message(desk, message)


def _get(desk: Desk, request: Request) -> Answer:
    return 200, _message(desk, _find(desk, request)[1])


def _edit(desk: Desk, request: Request) -> Answer:
    _, message = _find(desk, request)
    return 200, _message(desk, writing.rewrite(desk, message, request.body, request.files))


def _delete(desk: Desk, request: Request) -> Answer:
    writing.erase(desk, _find(desk, request)[1])
    return 204, None


for _which in ("@original", "{message_id}"):
    _path = f"/webhooks/{{webhook_id}}/{{token}}/messages/{_which}"
    route("GET", _path, open_to_all=True)(_get)
    route("PATCH", _path, open_to_all=True)(_edit)
    route("DELETE", _path, open_to_all=True)(_delete)
