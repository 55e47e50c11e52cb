"""Every sentence that a person reads, in English, Bulgarian and Chinese.

A sentence is Markdown with placeholders: `{name}` inserts a value with its Markdown escaped,
`{name:code}` as inline code, `{name:md}` as it is. A key with plural forms is a table with `one` and
`other` (Chinese: `other` alone), chosen by the parameter `count`.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.notes import Language

LANGUAGES: tuple[Language, ...] = ("en", "bg", "zh")
FORMS: Mapping[Language, tuple[str, ...]] = {"en": ("one", "other"), "bg": ("one", "other"), "zh": ("other",)}

_ANYWHERE = re.compile(r"([\\`*_\[\]<>~|])")
_AT_START = re.compile(r"^(\s*)([#+-]|\d+(?=[.)]))", re.MULTILINE)
_REFERENCE = re.compile(r"\[(\d+)\]")
_BACKTICKS = re.compile(r"`+")
_FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,})")


def escape(text: str) -> str:
    """`text` as Markdown that shows exactly it."""
    text = _ANYWHERE.sub(r"\\\1", text)
    return _AT_START.sub(
        lambda found: f"{found[1]}\\{found[2]}" if not found[2].isdigit() else f"{found[1]}{found[2]}\\",
        text,
    )


def code(text: str) -> str:
    """`text` as inline code, whatever backticks it holds."""
    text = text.replace("\n", " ")
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def block(text: str, language: str = "") -> str:
    """`text` as a fenced code block, whatever fences it holds."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def quote(markdown: str) -> str:
    """Markdown as a block quote."""
    return "\n".join(f"> {line}" if line else ">" for line in markdown.split("\n"))


def closed(markdown: str) -> str:
    """Markdown that may have been cut, with the fence that was left open closed."""
    fence = ""
    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark["fence"]
        elif mark and line.strip() == mark["fence"] and mark["fence"].startswith(fence):
            fence = ""
    return f"{markdown}\n{fence}" if fence else markdown


def as_written(text: str) -> str:
    """A note's own Markdown, with `[1]` in it kept from looking like a citation of ours."""
    return _REFERENCE.sub(r"\\[\1\\]", text)


def say(language: Language, key: str, /, **params: object) -> str:
    """The sentence `key` as Markdown. KeyError where the catalogue lacks it."""
    return _MARKDOWN.vformat(_sentence(language, key, params), (), params)


def label(language: Language, key: str, /, **params: object) -> str:
    """The sentence `key` as plain text: for buttons, table cells, the terminal's error line."""
    return _PLAIN.vformat(_sentence(language, key, params), (), params)


def has(key: str) -> bool:
    """Whether the catalogue knows `key` (plural forms count as their key)."""
    sentences = load("en")
    return key in sentences or f"{key}.other" in sentences


@cache
def load(language: Language) -> Mapping[str, str]:
    """The catalogue of one language, keys flattened with dots."""
    text = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text), ""))


def _sentence(language: Language, key: str, params: Mapping[str, object]) -> str:
    sentences = load(language)
    if key in sentences:
        return sentences[key]
    one = params.get("count") == 1 and "one" in FORMS[language]
    return sentences[f"{key}.{'one' if one else 'other'}"]


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            pairs.extend(_flat(value, f"{prefix}{name}."))
        else:
            pairs.append((f"{prefix}{name}", str(value)))
    return pairs


class _Markdown(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "md":
            return str(value)
        if format_spec == "code":
            return code(str(value))
        return escape(str(value).replace("\n", " "))


class _Plain(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return str(value)


_MARKDOWN = _Markdown()
_PLAIN = _Plain()
