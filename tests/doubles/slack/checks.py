"""What Slack demands of blocks, messages and views whether or not its descriptions are at hand."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.doubles.slack import limits
from tests.doubles.slack.world import Json, elements

logging.getLogger("slack_sdk.models.blocks.blocks").setLevel(logging.ERROR)

IN_MESSAGES_ONLY = ("markdown", "context_actions", "file", "table", "task_card", "plan")
IN_VIEWS_ONLY = ("input",)


def of_message(body: Json) -> list[str]:
    """What is wrong with what a message says: its text, blocks and metadata."""
    problems: list[str] = []
    if len(str(body.get("text") or "")) > limits.MESSAGE_TEXT:
        problems.append(f"text: more than {limits.MESSAGE_TEXT} characters, which Slack cuts off")
    if len(str(body.get("markdown_text") or "")) > limits.MARKDOWN_TOTAL:
        problems.append(f"markdown_text: more than {limits.MARKDOWN_TOTAL} characters")
    if body.get("markdown_text") and (body.get("text") or body.get("blocks")):
        problems.append("markdown_text stands alone, without text and blocks")
    blocks = body.get("blocks") or []
    if not isinstance(blocks, list):
        return [*problems, "blocks: no list"]
    if len(blocks) > limits.MESSAGE_BLOCKS:
        problems.append(f"blocks: more than {limits.MESSAGE_BLOCKS}")
    if blocks and not body.get("text"):
        problems.append("text: none beside the blocks, for notifications and screen readers")
    wrong = [each["type"] for each in blocks if isinstance(each, dict) and each.get("type") in IN_VIEWS_ONLY]
    problems += [f"blocks: {each} stands in views only" for each in wrong]
    return problems + _of_blocks(blocks) + _of_metadata(body.get("metadata"))


def of_total(blocks: list[Json]) -> list[str]:
    """Slack's limit on all blocks of a message together, for `chat.*`."""
    total = len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
    return [f"blocks: {total} characters, msg_blocks_too_long"] if total > limits.BLOCKS_TOTAL else []


def of_view(view: Json) -> list[str]:
    """What is wrong with a view."""
    if not isinstance(view.get("blocks"), list):
        return ["blocks: no list"]
    problems = _of_blocks(view["blocks"])
    if len(view["blocks"]) > limits.VIEW_BLOCKS:
        problems.append(f"blocks: more than {limits.VIEW_BLOCKS}")
    if len(view.get("private_metadata") or "") > limits.PRIVATE_METADATA:
        problems.append(f"private_metadata: more than {limits.PRIVATE_METADATA} characters")
    if len(view.get("callback_id") or "") > limits.CALLBACK_ID:
        problems.append(f"callback_id: more than {limits.CALLBACK_ID} characters")
    if view.get("type") == "modal":
        problems += _of_modal(view)
    elif view.get("type") != "home":
        problems.append(f"type: {view.get('type')!r}")
    wrong = [each.get("type") for each in view["blocks"] if each.get("type") in IN_MESSAGES_ONLY]
    problems += [f"blocks: {each} stands in messages only" for each in wrong]
    try:
        View(
            **{key: value for key, value in view.items() if key != "type"}, type=view["type"]
        ).validate_json()
    except (SlackObjectFormationError, TypeError, KeyError) as error:
        problems.append(f"slack_sdk: {error}")
    return problems


def _of_modal(view: Json) -> list[str]:
    problems = []
    for key in ("title", "submit", "close"):
        said = view.get(key)
        if said is None and key == "title":
            problems.append("title: missing")
        elif said is not None and not 0 < len(said.get("text", "")) <= limits.TITLE:
            problems.append(f"{key}: not 1 to {limits.TITLE} characters")
    if any(each.get("type") == "input" for each in view["blocks"]) and not view.get("submit"):
        problems.append("submit: missing beside input blocks")
    return problems


def _of_blocks(blocks: list[Any]) -> list[str]:
    if not all(isinstance(each, dict) for each in blocks):
        return ["blocks: one is no object"]
    problems = _of_ids(blocks)
    markdown = sum(len(each.get("text", "")) for each in blocks if each.get("type") == "markdown")
    if markdown > limits.MARKDOWN_TOTAL:
        problems.append(f"blocks: {markdown} characters in markdown blocks")
    if sum(each.get("type") == "table" for each in blocks) > 1:
        problems.append("blocks: more than one table")
    for number, block in enumerate(blocks):
        problems += [f"blocks/{number}: {each}" for each in _by_models(block)]
    return problems


def _of_ids(blocks: list[Json]) -> list[str]:
    problems = []
    ids = Counter(each["block_id"] for each in blocks if each.get("block_id"))
    problems += [f"block_id {each!r} twice" for each, count in ids.items() if count > 1]
    for block in blocks:
        inside = elements([{"block_id": "", **block}]) if "type" in block else []
        actions = Counter(each["action_id"] for each in inside)
        problems += [f"action_id {each!r} twice in a block" for each, count in actions.items() if count > 1]
    return problems


def _by_models(block: Json) -> list[str]:
    """slack_sdk's own validators."""
    try:
        parsed = Block.parse(block)
        if parsed is None:
            return [f"slack_sdk: unknown block {block.get('type')!r}"]
        parsed.validate_json()
    except (SlackObjectFormationError, TypeError, ValueError) as error:
        return [f"slack_sdk: {error}"]
    return []


def _of_metadata(metadata: Any) -> list[str]:
    if metadata in (None, "", {}):
        return []
    fits = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str)
    if not fits or not isinstance(metadata.get("event_payload"), dict):
        return ["metadata: event_type and event_payload are needed"]
    if len(json.dumps(metadata).encode()) > limits.METADATA_BYTES:
        return [f"metadata: more than {limits.METADATA_BYTES} bytes"]
    return []
