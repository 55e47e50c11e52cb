"""Slack's limits on one message or view, in one table, and how they are counted.

Where each comes from: *types* are the doc comments of @slack/types 3.2.0, *sdk* the validators of slack_sdk
3.47, *docs* docs.slack.dev. What nobody documents is marked so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from bot.platforms.hosted.render.measure import units

BLOCKS: Final = 50
"""docs: of a message."""
VIEW_BLOCKS: Final = 100
"""docs: of a modal or App Home."""
TEXT: Final = 4000
"""docs: what `chat.update` takes as text; `chat.postMessage` cuts at 40,000."""
WORDS: Final = 12_000
"""sdk: Markdown of a message; Slack's people name the same figure for the text of all blocks."""
TOTAL: Final = 13_200
"""Undocumented: all blocks of a message together are refused above it (slackapi/bolt-js 2509)."""
BLOCK: Final = 100
"""Undocumented: what a block adds to that beside its own JSON; a divider was seen to add 125."""
HEADER: Final = 150
"""types HeaderBlock.text"""
OBJECT: Final = 3000
"""types: any text object, as in sections and contexts."""
CONTEXTS: Final = 10
"""types ContextBlock.elements"""
ELEMENTS: Final = 25
"""types ActionsBlock.elements"""
LABEL: Final = 75
"""types Button.text, Option.text and Option.description"""
VALUE: Final = 2000
"""types Button.value"""
OPTION: Final = 150
"""sdk Option.value; types says 75."""
OPTIONS: Final = 100
"""types StaticSelect.options"""
PLACEHOLDER: Final = 150
"""types"""
ID: Final = 255
"""types: `block_id`, `action_id`, `callback_id`."""
ACTION: Final = 100
"""Ours: of an action's id, as the core promises."""
ROWS: Final = 100
"""types TableBlock.rows, the header's among them."""
COLUMNS: Final = 20
"""types TableBlock: cells of a row."""
CELLS: Final = 9000
"""docs: 10,000 characters in all cells of a message; less, for what stands around them in JSON."""
DESCRIPTION: Final = 1000
"""docs files.getUploadURLExternal: `alt_txt`."""
FILE_BYTES: Final = 20 * 1024 * 1024
"""Ours: Slack takes a gigabyte."""
TITLE: Final = 24
"""types ModalView: title, submit and close each."""
METADATA: Final = 3000
"""types ModalView.private_metadata"""
INPUT: Final = 3000
"""types PlainTextInput.max_length"""
INPUT_LABEL: Final = 2000
"""types InputBlock.label"""


def size(text: str) -> int:
    """Length of a text as Slack keeps it, `&`, `<` and `>` being written out."""
    return units(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def weight(content: Any) -> int:
    """What content takes of TOTAL: the length of its JSON."""
    return size(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def total(blocks: Sequence[Any]) -> int:
    """What blocks take of TOTAL together."""
    return weight(list(blocks)) + BLOCK * len(blocks)
