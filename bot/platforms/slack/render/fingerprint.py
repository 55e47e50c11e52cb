"""Whether two messages show the same."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator, Mapping
from typing import Any

import regex

_EMOJI = regex.compile(
    r":[a-z0-9_+'\-]+:|[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{EMod}\u20e3\ufe0f]"
)
_TEXTS = ("text", "alt_text")


def fingerprint_of(message: Mapping[str, Any]) -> str:
    """The fingerprint of a message as Slack tells it, or as it is sent.

    White space, emoji and what can't be seen don't count, neither does how `&` is written: Slack changes
    them. The ids that it adds to blocks don't either.
    """
    blocks = message.get("blocks") or ()
    shown = [*_texts(blocks)] if blocks else [str(message.get("text") or "")]
    files = [str(file.get("name") or "") for file in message.get("files") or ()]
    whole = "\x00".join(("".join(_seen(text) for text in shown), "\x01", *values(blocks), "\x01", *files))
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:24]


def values(blocks: Any) -> Iterator[str]:
    """The actions of buttons and menus, in order, and who is called."""
    if isinstance(blocks, Mapping):
        found = blocks.get("value") or blocks.get("user_id")
        if isinstance(found, str):
            yield found
        for key, part in blocks.items():
            if key != "initial_option":
                yield from values(part)
    elif isinstance(blocks, list | tuple):
        for part in blocks:
            yield from values(part)


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key in sorted(part):
            if key in _TEXTS and isinstance(part[key], str):
                yield part[key]
            else:
                yield from _texts(part[key])
    elif isinstance(part, list | tuple):
        for one in part:
            yield from _texts(one)


def _seen(text: str) -> str:
    while (plain := html.unescape(text)) != text:
        text = plain
    return "".join(one for one in _EMOJI.sub("", text) if one.isprintable() and not one.isspace())
