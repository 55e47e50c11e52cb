"""What is over a limit of Discord's is refused, with the published descriptions and without them."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.conftest import _shared
from tests.doubles.discord import limits
from tests.doubles.discord.world import Channel, Json
from tests.doubles.discord_server import DiscordServer

# What limits.json calls a limit, and what the double calls it. None: what for is said beside it.
SAME: dict[str, int | float | None] = {
    "message.content": limits.CONTENT,
    "message.embeds": limits.EMBEDS,
    "message.embeds.total_chars": limits.EMBED_TOTAL,
    "embed.title": limits.EMBED["title"],
    "embed.description": limits.EMBED["description"],
    "embed.fields": limits.EMBED_FIELDS,
    "embed.field.name": limits.FIELD_NAME,
    "embed.field.value": limits.FIELD_VALUE,
    "embed.footer.text": limits.FOOTER_TEXT,
    "embed.author.name": limits.AUTHOR_NAME,
    "action_row.buttons": limits.BUTTONS_IN_ROW,
    "message.action_rows_legacy": limits.ROWS,
    "message.components_v2_total": limits.COMPONENTS_V2,
    "component.custom_id": limits.CUSTOM_ID,
    "button.label": limits.BUTTON_LABEL,
    "button.url": limits.BUTTON_URL,
    "select.options": limits.SELECT_OPTIONS,
    "select.placeholder": limits.SELECT_PLACEHOLDER,
    "select.option.label_value_description": limits.SELECT_OPTION_TEXT,
    "modal.title": limits.MODAL_TITLE,
    "modal.components_legacy": limits.MODAL_COMPONENTS,
    "text_input.label": limits.INPUT_LABEL,
    "text_input.value": limits.INPUT_VALUE,
    "text_input.placeholder": limits.INPUT_PLACEHOLDER,
    "command.name": limits.COMMAND_NAME,
    "command.description": limits.COMMAND_DESCRIPTION,
    "command.options": limits.COMMAND_OPTIONS,
    "command.option.choices": limits.COMMAND_CHOICES,
    "autocomplete.choices": limits.COMMAND_CHOICES,
    "choice.name": limits.CHOICE_NAME,
    "command.total_chars": limits.COMMAND_TOTAL,
    "commands.global_chat_input": limits.COMMANDS,
    "commands.create_per_day_per_guild": limits.COMMANDS_A_DAY,
    "message.attachments": limits.ATTACHMENTS,
    "attachment.bytes": limits.ATTACHMENT_BYTES,
    "message.request_bytes": limits.REQUEST_BYTES,
    "interaction.first_response_s": limits.FIRST_RESPONSE.total_seconds(),
    "interaction.token_s": limits.TOKEN_LIFE.total_seconds(),
    "interaction.followups_user_install_only": limits.FOLLOWUPS_OF_A_USER_INSTALL,
    "rest.global_per_s": limits.GLOBAL_PER_SECOND,
    "rest.invalid_requests_per_10min": limits.INVALID_REQUESTS,
    "gateway.client_payload_bytes": limits.GATEWAY_PAYLOAD,
    "gateway.sends_per_60s": limits.GATEWAY_SENDS,
    "gateway.identifies_per_24h": limits.IDENTIFIES_A_DAY,
}


def test_every_published_limit_is_the_doubles() -> None:
    published = json.loads((_shared("contracts") / "limits.json").read_text(encoding="utf-8"))["discord"]
    told = {key: each.get("max", each.get("max_items")) for key, each in published.items() if key[0] != "_"}
    assert told == SAME


@pytest.fixture(params=["with the descriptions", "without them"])
def judged(request: pytest.FixtureRequest, discord_server: DiscordServer) -> None:
    if request.param == "without them":
        discord_server.desk.contract = discord_server.hub.contract = None
    elif discord_server.desk.contract is None:
        request.getfixturevalue("discord_contract")


def row(*inside: Json) -> Json:
    return {"type": 1, "components": list(inside)}


def button(number: int = 0, **more: Any) -> Json:
    return {"type": 2, "style": 2, "label": "x", "custom_id": f"c{number}", **more}


def embed(**parts: Any) -> Json:
    return {"embeds": [parts]}


FIELD = {"name": "n", "value": "v"}
TOO_MUCH: dict[str, Json] = {
    "content": {"content": "x" * 2001},
    "title": embed(title="x" * 257),
    "description": embed(description="x" * 4097),
    "fields": embed(title="t", fields=[FIELD] * 26),
    "field name": embed(fields=[{**FIELD, "name": "x" * 257}]),
    "field value": embed(fields=[{**FIELD, "value": "x" * 1025}]),
    "empty field value": embed(fields=[{**FIELD, "value": " "}]),
    "footer": embed(footer={"text": "x" * 2049}),
    "author": embed(author={"name": "x" * 257}),
    "embeds": {"embeds": [{"title": "t"}] * 11},
    "all embeds together": {"embeds": [{"description": "x" * 3001}] * 2},
    "rows": {"components": [row(button(number)) for number in range(6)]},
    "buttons in a row": {"components": [row(*map(button, range(6)))]},
    "the same custom_id": {"components": [row(button(1), button(1))]},
    "custom_id": {"components": [row(button(custom_id="x" * 101))]},
    "label": {"components": [row(button(label="x" * 81))]},
    "link": {"components": [row({"type": 2, "style": 5, "label": "x", "url": "https://e.com/" + "x" * 500})]},
    "options": {
        "components": [
            row(
                {
                    "type": 3,
                    "custom_id": "s",
                    "options": [{"label": f"{n}", "value": f"{n}"} for n in range(26)],
                }
            )
        ]
    },
    "a row within nothing": {"components": [button()]},
    "nothing at all": {"content": "  "},
    "nonce": {"content": "x", "nonce": "x" * 26},
    "new components beside content": {
        "content": "x",
        "flags": 1 << 15,
        "components": [{"type": 10, "content": "x"}],
    },
    "text of new components": {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 4000}] * 2},
    "an attachment that isn't there": {"content": "x", "attachments": [{"id": 0, "filename": "a.md"}]},
}


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("case", TOO_MUCH)
def test_what_is_over_a_limit_is_refused_and_held_against_the_client(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel, case: str
) -> None:
    with discord_server.violations.expected("50035|50006"):
        refused = rest.post(f"/channels/{place.id}/messages", json=TOO_MUCH[case])
    assert refused.status_code == 400
    assert discord_server.messages(place) == []


@pytest.mark.usefixtures("judged")
def test_what_reaches_every_limit_is_taken(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    fields = [{"name": "n", "value": "v"}] * 25
    body = {
        "content": "x" * 2000,
        "embeds": [{"title": "t" * 256, "description": "d" * 4096, "fields": fields}, {"title": "t"}],
        "components": [row(*(button(line * 5 + number) for number in range(5))) for line in range(5)],
    }
    assert rest.post(f"/channels/{place.id}/messages", json=body).status_code == 200
    texts = {"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 100}] * 40}
    assert rest.post(f"/channels/{place.id}/messages", json=texts).status_code == 200


COMMAND: Json = {"name": "ask", "description": "Ask"}
OPTION: Json = {"type": 3, "name": "o", "description": "x"}
WRONG_COMMANDS: dict[str, list[Json]] = {
    "a name in capitals": [{**COMMAND, "name": "Ask"}],
    "a name with a space": [{**COMMAND, "name": "ask me"}],
    "no description": [{"name": "ask", "description": ""}],
    "a long translation": [{**COMMAND, "description_localizations": {"bg": "й" * 101}}],
    "a required option last": [
        {**COMMAND, "options": [OPTION, {**OPTION, "name": "p", "required": True}]},
    ],
    "two of a name": [COMMAND, COMMAND],
    "over 100 commands": [{**COMMAND, "name": f"c{number}"} for number in range(101)],
    "over 8000 characters": [
        {
            **COMMAND,
            "options": [
                {
                    **OPTION,
                    "name": f"o{number}",
                    "choices": [{"name": f"{each}" + "x" * 80, "value": f"{each}"} for each in range(10)],
                }
                for number in range(10)
            ],
        }
    ],
}


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("case", WRONG_COMMANDS)
def test_wrong_commands_are_refused(discord_server: DiscordServer, rest: httpx.Client, case: str) -> None:
    path = f"/applications/{discord_server.bot.id}/commands"
    with discord_server.violations.expected("50035"):
        assert rest.put(path, json=WRONG_COMMANDS[case]).status_code == 400
    assert discord_server.commands == {}
