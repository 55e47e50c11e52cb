"""Blocks as Slack keeps them: with ids and defaults, and made of what people type."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from tests.doubles.slack.world import Json


def fresh() -> str:
    """An id of a block or action, as Slack makes them."""
    return secrets.token_hex(3)


def rich_text(text: str) -> Json:
    """What Slack's client makes of what a person types: mentions of people, channels and links as parts."""
    parts: list[Json] = []
    for piece in re.split(r"(<[^>]+>)", text):
        if found := re.fullmatch(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", piece):
            parts.append({"type": "user", "user_id": found[1]})
        elif found := re.fullmatch(r"<#(C[A-Z0-9]+)(?:\|[^>]*)?>", piece):
            parts.append({"type": "channel", "channel_id": found[1]})
        elif found := re.fullmatch(r"<(https?:[^|>]+)(?:\|[^>]*)?>", piece):
            parts.append({"type": "link", "url": found[1]})
        elif piece:
            parts.append({"type": "text", "text": plain(piece)})
    section: Json = {"type": "rich_text_section", "elements": parts}
    return {"type": "rich_text", "block_id": fresh(), "elements": [section]}


def plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def filled(blocks: Sequence[Json]) -> list[Json]:
    """A copy of blocks with what Slack adds: ids where there are none, and its defaults for texts."""
    copied: list[Json] = []
    for block in blocks:
        made = _defaults(block)
        made["block_id"] = made.get("block_id") or fresh()
        copied.append(made)
    return copied


INTERACTIVE = [
    "button",
    "checkboxes",
    "channels_select",
    "conversations_select",
    "datepicker",
    "datetimepicker",
    "email_text_input",
    "external_select",
    "feedback_buttons",
    "file_input",
    "icon_button",
    "multi_channels_select",
    "multi_conversations_select",
    "multi_external_select",
    "multi_static_select",
    "multi_users_select",
    "number_input",
    "overflow",
    "plain_text_input",
    "radio_buttons",
    "rich_text_input",
    "static_select",
    "timepicker",
    "url_text_input",
    "users_select",
]


def _defaults(node: Any) -> Any:
    if isinstance(node, list):
        return [_defaults(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: _defaults(value) for key, value in node.items() if value is not None}
    if made.get("type") == "plain_text":
        made.setdefault("emoji", True)
    elif made.get("type") == "mrkdwn":
        made.setdefault("verbatim", False)
    elif made.get("type") in INTERACTIVE and "action_id" not in made:
        made["action_id"] = fresh()
    return made
