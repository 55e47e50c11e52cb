"""Reads the attributes of a JSX tag as authors write them, also where they made mistakes.

Only data is read (strings, numbers, true and false, lists, objects), nothing is run. What can't be read is
skipped up to where the next value can begin: a comma too many or too few, a comment, a quotation mark within
a text, a missing bracket. The time is linear in the text.
"""

from __future__ import annotations

import re
from typing import Any

LONGEST = 20_000
"""Characters of a tag that are looked at."""
_SPACE = re.compile(r"(?:\s+|/\*.{0,500}?\*/|//[^\n]*|,)*", re.DOTALL)
_TAG = re.compile(r"<[A-Za-z][\w.]*")
_NAME = re.compile(r"[A-Za-z_$][\w$.:-]*")
_KEY = re.compile(r"(?:([A-Za-z_$][\w$]*)|\"([^\"\n]*)\"|'([^'\n]*)')\s*:")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ENDS = re.compile(r"\s*(?:[,}\])+;]|/[/*>]|\Z|\n\s*(?:[\w$]+|\"\w+\"|'\w+')\s*:|\n\s*\{)")
"""What follows the quotation mark that ends a text."""
_JOINED = re.compile(r"\s*\+\s*(?=[\"'`])")
_MARKUP_ENDS = re.compile(r">\s*(?=[,}\]]|\n\s*\w+\s*:)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "", "\n": ""}
_WORDS = {"true": True, "false": False}
"""Other names stand for values that are nowhere in the note."""
_DEEPEST = 12


class Unreadable(Exception):
    """This is no tag, or it doesn't end."""


def read_tag(text: str, start: int) -> tuple[dict[str, Any], int]:
    """The attributes of the tag that opens at `start` (its `<`), and where it ends.

    Unreadable where no end of it is found.
    """
    return _Reader(text[start : start + LONGEST]).tag(start)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def tag(self, offset: int) -> tuple[dict[str, Any], int]:
        found = _TAG.match(self.text)
        if found is None:
            raise Unreadable
        self.at = found.end()
        attributes: dict[str, Any] = {}
        while True:
            self.skip()
            if self.text.startswith("/>", self.at):
                return attributes, offset + self.at + 2
            if self.peek() == ">":
                return attributes, offset + self.at + 1
            name = _NAME.match(self.text, self.at)
            if name is None:
                if self.at >= len(self.text):
                    raise Unreadable
                self.at += 1
                continue
            self.at = name.end()
            self.skip()
            attributes[name[0]] = self.attribute() if self.peek() == "=" else True

    def attribute(self) -> Any:
        self.at += 1
        self.skip()
        if self.peek() != "{":
            return self.value(0)
        self.at += 1
        value = self.value(0)
        self.skip()
        if self.peek() == "}":
            self.at += 1
        return value

    def value(self, depth: int) -> Any:
        self.skip()
        sign = self.peek()
        if sign in "\"'`" and sign:
            return self.texts(sign)
        if depth < _DEEPEST and sign == "[":
            return self.items(depth + 1)
        if depth < _DEEPEST and sign == "{":
            return self.members(depth + 1)
        if sign == "<":
            return self.markup()
        if found := _NAME.match(self.text, self.at):
            self.at = found.end()
            return _WORDS.get(found[0])
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            return found[0]
        return None

    def items(self, depth: int) -> list[Any]:
        self.at += 1
        found: list[Any] = []
        while True:
            self.skip()
            before = self.at
            if self.closed("]", depth):
                return found
            found.append(self.value(depth))
            if self.at == before:  # nothing that a value can begin with
                found.pop()
                self.at += 1

    def members(self, depth: int) -> dict[str, Any]:
        self.at += 1
        found: dict[str, Any] = {}
        while True:
            self.skip()
            if self.closed("}", depth):
                return found
            key = _KEY.match(self.text, self.at)
            if key is None:
                self.at += 1
                continue
            self.at = key.end()
            found[key[1] or key[2] or key[3] or ""] = self.value(depth)

    def closed(self, bracket: str, depth: int) -> bool:
        """Whether the list or object ends here, by its own bracket or because an outer one ends."""
        sign = self.peek()
        if sign == bracket:
            self.at += 1
            return True
        other = "]" if bracket == "}" else "}"
        return not sign or (sign == other and depth > 0) or self.text.startswith("/>", self.at)

    def texts(self, quote: str) -> str:
        """A text, or several joined by `+`."""
        text = self.one_text(quote)
        while found := _JOINED.match(self.text, self.at):
            self.at = found.end()
            text += self.one_text(self.peek())
        return text

    def one_text(self, quote: str) -> str:
        pieces: list[str] = []
        position = self.at + 1
        while position < len(self.text):
            sign = self.text[position]
            if sign == "\\":
                escaped = self.text[position + 1 : position + 2]
                pieces.append(_ESCAPES.get(escaped, escaped))
                position += 2
                continue
            if sign == quote and (position == self.at + 1 or _ENDS.match(self.text, position + 1)):
                break
            pieces.append(sign)
            position += 1
        self.at = position + 1
        return "".join(pieces)

    def markup(self) -> str:
        """JSX as a value: up to where the next member or the end of the object begins."""
        end = _MARKUP_ENDS.search(self.text, self.at)
        stop = end.start() + 1 if end else len(self.text)
        text, self.at = self.text[self.at : stop], stop
        return text

    def skip(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]
