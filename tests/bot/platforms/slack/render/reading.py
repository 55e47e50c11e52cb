"""What a person reads in a message on Slack, and whom it calls: blocks taken apart, independent of ours."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.platforms.slack.render import Rendered

_CALLS = ("user", "usergroup", "broadcast", "channel", "team")
_MARKUP = re.compile(r"<[^<>]*>")
Block = Mapping[str, Any]


def read(part: Any) -> Iterator[str]:
    """All that is seen of blocks, in order; of links what they are called and where they lead."""
    if isinstance(part, list | tuple):
        for one in part:
            yield from read(one)
        return
    if not isinstance(part, Mapping):
        return
    match part.get("type"):
        case "text" | "plain_text" | "raw_text":
            yield part["text"]
        case "link":
            yield part.get("text", "")
            yield part["url"]
        case "button":
            yield from read(part["text"])
        case "static_select":
            for option in part["options"]:
                yield from read(option["text"])
                yield from read(option.get("description"))
        case "rich_text_list" if part.get("style") == "ordered":
            for number, item in enumerate(part["elements"], start=part.get("offset", 0) + 1):
                yield f"{number}. "
                yield from read(item)
        case "table":
            yield from read(part["rows"])
        case "header":
            yield from read(part["text"])
        case "divider" | "user" | "mrkdwn":
            pass
        case "rich_text" | "context" | "actions" | "rich_text_list":
            yield from read(part["elements"])
            yield "\n"
        case "rich_text_section" | "rich_text_quote" | "rich_text_preformatted":
            yield from read(part["elements"])
            yield "\n"
        case kind:
            raise AssertionError(f"a {kind} is shown by nobody")


def words(message: Rendered) -> str:
    """What stands in one message, without its buttons."""
    return "".join(read([block for block in message.blocks if block["type"] != "actions"]))


def everything(messages: Sequence[Rendered]) -> str:
    """All that messages hold as text: blocks, files, labels, in order."""
    parts: list[str] = []
    for message in messages:
        parts += read(message.blocks)
        for file in message.files:
            parts.append(file.description)
            if file.name.endswith((".md", ".csv")):
                parts.append(file.data.decode("utf-8-sig"))
    return "\n".join(parts)


def links(part: Any) -> Iterator[str]:
    """Where its links lead."""
    if isinstance(part, Mapping):
        if part.get("type") == "link":
            yield part["url"]
        for one in part.values():
            yield from links(one)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from links(one)


def called(part: Any) -> Iterator[str]:
    """Whom blocks call, and what else in them Slack would interpret."""
    if isinstance(part, Mapping):
        if part.get("type") in _CALLS:
            yield str(part.get("user_id") or part)
        if part.get("type") in ("mrkdwn", "emoji", "date") or part.get("emoji"):
            yield str(part)
        for one in part.values():
            yield from called(one)
    elif isinstance(part, list | tuple):
        for one in part:
            yield from called(one)


def called_by_text(text: str) -> list[str]:
    """What Slack would interpret of the text beside the blocks."""
    assert "<" not in _MARKUP.sub("", text)
    return _MARKUP.findall(text)


def unescaped(text: str) -> str:
    return html.unescape(text)


def values(messages: Sequence[Rendered]) -> list[str]:
    """The actions that can be pressed or chosen, as a listener finds them."""
    found: list[str] = []
    for message in messages:
        for block in message.blocks:
            for element in block["elements"] if block["type"] == "actions" else ():
                if element["type"] == "button":
                    found.append(element["value"])
                else:
                    found += [option["value"] for option in element["options"]]
    return found
