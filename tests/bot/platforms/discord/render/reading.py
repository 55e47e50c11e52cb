"""What a person reads in a message: Discord's Markdown taken apart by rules of its own, independent of ours.

The rules are those of Discord's clients, in their order: the first that fits at a place wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.platforms.discord.render import Rendered

_RULES = {
    "escape": re.compile(r"\\([^0-9A-Za-z\s])"),
    "address": re.compile(r"<([^: >]+:/[^ >]+)>"),
    "url": re.compile(r"https?://[^\s<]+[^<.,:;\"'\]\s]"),
    "link": re.compile(r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*<?((?:[^\s\\]|\\.)*?)>?\s*\)"),
    "mention": re.compile(
        r"<@[!&]?\d+>|<#\d+>|@everyone|@here|<t:-?\d+(?::\w)?>|<a?:\w+:\d+>|</[^:<>]+:\d+>"
    ),
    "emoji": re.compile(r":[A-Za-z0-9_+\-]+:"),
    "strong": re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    "underline": re.compile(r"__((?:\\[\s\S]|[^\\])+?)__(?!_)"),
    "em": re.compile(
        r"\b_((?:__|\\[\s\S]|[^\\_])+?)_\b"
        r"|\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)",
        re.ASCII,
    ),
    "struck": re.compile(r"~~([\s\S]+?)~~(?!_)"),
    "spoiler": re.compile(r"\|\|([\s\S]+?)\|\|"),
    "code": re.compile(r"(`+)([\s\S]*?[^`])\1(?!`)"),
}
_NESTED = ("strong", "underline", "em", "struck", "spoiler")
_TEXT = re.compile(r"[\s\S][0-9A-Za-z ]*")
_FENCE = re.compile(
    r"(?:^|\n)((?:> (?:› )*)?)```(?:[a-z0-9_+\-.#]+(?=\n))?\n([\s\S]*?)\n\1```(?=\n|$)", re.IGNORECASE
)
_QUOTED = re.compile(r"^> ?(?:› )*", re.MULTILINE)
_STARTS = re.compile(r"^ *(#{1,3} |-# |[-*] |\d+\. )", re.MULTILINE)


class Piece(NamedTuple):
    kind: str
    """`text`, or what Discord makes of it."""
    text: str


def pieces(markdown: str) -> Iterator[Piece]:
    """One line of inline text as Discord shows it."""
    position = 0
    while position < len(markdown):
        for kind, rule in _RULES.items():
            found = rule.match(markdown, position)
            if not found:
                continue
            position = found.end()
            if kind in _NESTED:
                inner = next(group for group in found.groups() if group is not None)
                yield from (
                    Piece(kind if one.kind == "text" else one.kind, one.text) for one in pieces(inner)
                )
            elif kind == "link":
                yield from (Piece("link", one.text) for one in pieces(found[1]))
                yield Piece("address", found[2])
            elif kind == "code":
                yield Piece(kind, found[2])
            else:
                yield Piece("text" if kind == "escape" else kind, found[found.lastindex or 0])
            break
        else:
            plain = _TEXT.match(markdown, position)
            assert plain is not None
            yield Piece("text", plain[0])
            position = plain.end()


def shown(content: str) -> list[Piece]:
    """A whole message as Discord shows it, line marks taken away."""
    told: list[Piece] = []
    position = 0
    for fence in _FENCE.finditer(content):
        told += _prose(content[position : fence.start()])
        told.append(Piece("block", "\n".join(line.removeprefix(fence[1]) for line in fence[2].split("\n"))))
        position = fence.end()
    return told + _prose(content[position:])


def _prose(text: str) -> list[Piece]:
    told: list[Piece] = []
    for line in _QUOTED.sub("", text).split("\n"):
        told += pieces(_STARTS.sub("", line))
    return told


def everything(messages: list[Rendered]) -> str:
    """All that messages hold as text: contents, embeds, files, labels, in order."""
    parts: list[str] = []
    for message in messages:
        parts.append("".join(piece.text for piece in shown(message.content)))
        parts += [
            f"{embed['title']} {''.join(p.text for p in shown(embed['description']))}"
            for embed in message.embeds
        ]
        for row in message.rows:
            for component in row["components"]:
                parts.append(component.get("label", ""))
                parts += [
                    f"{one['label']} {one.get('description', '')}" for one in component.get("options", ())
                ]
        for file in message.files:
            parts.append(file.description)
            if file.name.endswith((".md", ".csv")):
                parts.append(file.data.decode("utf-8-sig"))
    return "\n".join(parts)


def custom_ids(messages: list[Rendered]) -> list[str]:
    """The actions that can be pressed or chosen."""
    found: list[str] = []
    for message in messages:
        for row in message.rows:
            for component in row["components"]:
                options: list[Mapping[str, str]] = component.get("options", [])
                found += [one["value"] for one in options] if options else [component["custom_id"]]
    return found
