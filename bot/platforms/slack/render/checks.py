"""Slack's limits, held against a message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.platforms.hosted.render.attached import Attached
from bot.platforms.slack.render import limits
from bot.platforms.slack.render.limits import size
from bot.platforms.slack.render.rich import Block


def of_message(text: str, blocks: Sequence[Block], files: Sequence[Attached]) -> list[str]:
    """Which limits a message breaks."""
    found = list(_over("text", len(text), limits.TEXT))
    found += _over("blocks", len(blocks), limits.BLOCKS)
    found += _over("all blocks", limits.total(blocks), limits.TOTAL)
    found += _over("words", sum(size(one) for one in _words(blocks)), limits.WORDS)
    found += _over("tables", sum(block["type"] == "table" for block in blocks), 1)
    if not text.strip() or not blocks:
        found.append("an empty message")
    found += of_blocks(blocks)
    for file in files:
        found += _over("file", len(file.data), limits.FILE_BYTES)
        found += _over("alt text", size(file.description), limits.DESCRIPTION)
    return found


def of_blocks(blocks: Sequence[Block]) -> list[str]:
    """Which limits blocks break, each for itself."""
    found: list[str] = []
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    actions = [
        one["action_id"]
        for block in blocks
        if block["type"] in ("actions", "context_actions")
        for one in block["elements"]
    ]
    for name, own in (("block ids", ids), ("action ids", actions)):
        if len(set(own)) != len(own) or "" in own:
            found.append(f"{name} that are empty or not unique")
        found += [told for one in own for told in _over(name, size(one), limits.ID)]
    for block in blocks:
        found += _of_block(block)
    return found


def _of_block(block: Block) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield from _text("header", block["text"], limits.HEADER)
        case "section":
            yield from _text("section", block["text"], limits.OBJECT)
        case "context":
            yield from _over("contexts", len(block["elements"]), limits.CONTEXTS)
            for one in block["elements"]:
                yield from _text("context", one, limits.OBJECT)
        case "actions":
            yield from _over("elements", len(block["elements"]), limits.ELEMENTS)
            if not block["elements"]:
                yield "actions without any"
            for one in block["elements"]:
                yield from _control(one)
        case "context_actions":
            for one in block["elements"]:
                for thumb in (one["positive_button"], one["negative_button"]):
                    yield from _text("button", thumb["text"], limits.LABEL)
                    yield from _over("value", size(thumb["value"]), limits.VALUE)
        case "table":
            yield from _table(block)
        case "rich_text":
            if not block["elements"] or any(not one["elements"] for one in block["elements"]):
                yield "rich text without any"
            yield from ("an empty text" for one in _words(block) if not one)


def _control(element: Block) -> Iterator[str]:
    if element["type"] == "button":
        yield from _text("button", element["text"], limits.LABEL)
        yield from _over("value", size(element["value"]), limits.VALUE)
        return
    yield from _text("placeholder", element["placeholder"], limits.PLACEHOLDER)
    options = element["options"]
    yield from _over("options", len(options), limits.OPTIONS)
    if not options:
        yield "a menu without options"
    if len({one["value"] for one in options}) != len(options):
        yield "two options of one value"
    for one in options:
        yield from _text("option", one["text"], limits.LABEL)
        yield from _over("option's value", size(one["value"]), limits.OPTION)
        if "description" in one:
            yield from _text("description", one["description"], limits.LABEL)


def _table(block: Block) -> Iterator[str]:
    yield from _over("rows", len(block["rows"]), limits.ROWS)
    yield from _over("cells", limits.weight(block["rows"]), limits.CELLS)
    for row in block["rows"]:
        yield from _over("columns", len(row), limits.COLUMNS)
        if len(row) != len(block["rows"][0]):
            yield "rows of several lengths"
    if any(not one for one in _words(block["rows"])):
        yield "an empty cell"


def _text(name: str, text: Block, most: int) -> Iterator[str]:
    yield from _over(name, size(text["text"]), most)
    if not text["text"].strip():
        yield f"an empty {name}"


def _words(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from _words(value)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _words(one)


def _over(name: str, found: int, most: int) -> Iterator[str]:
    if found > most:
        yield f"{name}: {found}, at most {most}"
