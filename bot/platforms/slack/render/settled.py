"""Showing on a message that one of several alternatives was chosen. Slack has no disabled buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.core.alternatives import group
from bot.platforms.hosted.render.measure import shortened
from bot.platforms.slack.render.controls import OWN
from bot.platforms.slack.render.limits import BLOCKS, OBJECT, size
from bot.platforms.slack.render.rich import Block

_CHOSEN = "✓ "


def settled(blocks: Sequence[Block], action: str) -> list[Block] | None:
    """The blocks of a message, as Slack tells them, after an action was carried out.

    In place of the alternatives to it stands a line with the label of the one chosen. None: nothing changes.
    """
    chosen = group(action)
    if not chosen:
        return None
    found: list[Block] = []
    changed = False
    label = ""
    for block in blocks:
        if block.get("type") != "actions" or not str(block.get("block_id", "")).startswith(OWN):
            found.append(block)
            continue
        left, labels = _without(block["elements"], chosen, action)
        ours = len(left) < len(block["elements"])
        label = label or "".join(labels)
        if ours and not changed:
            found.append({"type": "context", "elements": []})
        changed = changed or ours
        if left:
            found.append({**block, "elements": left} if ours else block)
    if not changed:
        return None
    return [told for block in found for told in _told(block, label)][:BLOCKS]


def _without(
    elements: Sequence[dict[str, Any]], chosen: str, action: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """The elements outside of a group, and the label of the action if it is among the others."""
    left: list[dict[str, Any]] = []
    labels: list[str] = []
    for element in elements:
        if group(str(element.get("value", ""))) == chosen:
            if element["value"] == action:
                labels.append(str(element["text"]["text"]))
        else:
            left.append(element)
    return left, labels


def _told(block: Block, label: str) -> list[Block]:
    if block["type"] != "context" or block["elements"]:
        return [block]
    if not label:
        return []
    text = shortened(_CHOSEN + label, OBJECT, size)
    return [{"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}]
