"""Text that people typed, made fit for the core: names instead of ids, no markup of Slack's own.

| Slack writes                        | the core reads            |
|-------------------------------------|---------------------------|
| `&amp;` `&lt;` `&gt;`               | `&` `<` `>`               |
| `<https://x.y/z>`                   | `https://x.y/z`           |
| `<http://x.y|x.y>`                  | `x.y`                     |
| `<https://x.y|the page>`            | `the page (https://x.y)`  |
| `<mailto:a@x.y|a@x.y>`              | `a@x.y`                   |
| `<@U1|ada>` `<@U1>`                 | `@ada`; nothing where it is us |
| `<#C1|study>` `<#C1>`               | `#study`, `#C1`           |
| `<!here>` `<!subteam^S1|@group>`    | `@here`, `@group`         |
| `<!date^1700000000^{date}|today>`   | `today`                   |
"""

from __future__ import annotations

import re
from collections.abc import Callable

_MARKUP = re.compile(r"<([@#!]?)([^<>|\n]*)(?:\|([^<>\n]*))?>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_SIGNS = {"amp": "&", "lt": "<", "gt": ">"}
_EVERYONE = re.compile(r"<!(?:here|channel|everyone)(?:\|[^<>\n]*)?>")
_ADDRESSED = re.compile(r"<(?:@[UWB]|!subteam\^)[A-Z0-9]*(?:\|[^<>\n]*)?>")
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)")

Named = Callable[[str], str | None]
"""A user's id -> name, where it is known."""


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which no database takes; spaces are spaces."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").replace("\xa0", " ")
    return text.replace("\r\n", "\n").strip()


def readable(text: str, named: Named = lambda user: None, me: str = "") -> str:
    """What a text says; mentions of `me` are left out."""

    def plain(found: re.Match[str]) -> str:
        sign, target, label = found[1], found[2], found[3] or ""
        if sign == "@":
            return "" if target == me and me else f"@{(label or named(target) or target).lstrip('@')}"
        if sign == "#":
            return f"#{label or target}"
        if sign == "!":
            return _special(target, label)
        return _link(target, label, found[0])

    text = _MARKUP.sub(plain, text)
    return clean(_ENTITY.sub(lambda found: _SIGNS[found[1]], text))


def mentioned(text: str) -> list[str]:
    """The users whose names the text doesn't tell."""
    return [found[2] for found in _MARKUP.finditer(text) if found[1] == "@" and not found[3]]


def mentions(text: str, user: str) -> bool:
    """Whether that user is spoken to."""
    return bool(user) and re.search(rf"<@{re.escape(user)}(?:\|[^<>]*)?>", text) is not None


def addresses(text: str) -> bool:
    """Whether anybody is spoken to by name: everyone, a group, a person."""
    return _EVERYONE.search(text) is not None or _ADDRESSED.search(text) is not None


def _special(target: str, label: str) -> str:
    name = target.partition("^")[0]
    if name == "date":
        return label
    return label or f"@{target.partition('^')[2] if name == 'subteam' else name}"


def _link(target: str, label: str, written: str) -> str:
    """A link as its label where that shows where it leads."""
    if not _SCHEME.match(target):
        return label or written
    bare = _SCHEME.sub("", target)
    if not label:
        return bare if target.startswith(("mailto:", "tel:")) else target
    if label.rstrip("/") in (bare.rstrip("/"), target.rstrip("/")):
        return label
    return f"{label} ({target})" if target.startswith("http") else label
