"""Inline text from Markdown's tokens, and from text that means nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from markdown_it.token import Token

from bot.platforms.hosted.render.runs import Run, Runs

LONGEST_URL = 512
"""A longer address is text: a link can't be cut."""

_MARKS = {"strong": "**", "em": "*", "s": "~~"}
_URL = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_URL_END = re.compile(r"[.,:;!?\"'”’»)\]*_~|`。，；：！？）】」]+$")


def plain(text: str, *marks: str) -> Runs:
    """Text that means nothing but itself; addresses in it become links."""
    return tuple(_linked(Run(text, marks)))


def runs_of(tokens: Iterable[Token]) -> list[Runs]:
    """The lines of an inline token's children."""
    lines: list[list[Run]] = [[]]
    marks: list[str] = []
    href, told = "", (0, 0)
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        if kind == "link" and end == "open":
            href = str(token.attrGet("href") or "")
            told = len(lines), len(lines[-1])
        elif kind == "link":
            if told == (len(lines), len(lines[-1])):
                lines[-1].append(Run(href, tuple(marks), href=href))  # a link around nothing
            href = ""
        elif kind in _MARKS:
            if end == "open":
                marks.append(_MARKS[kind])
            else:
                marks.pop()
        elif token.type == "hardbreak":
            lines.append([])
        elif token.type == "softbreak":
            lines[-1].append(Run(" ", tuple(marks), href=href))
        elif token.type == "code_inline":
            lines[-1].append(Run(token.content, tuple(marks), code=True, href=href))
        elif token.type == "image":
            source = str(token.attrGet("src") or "")
            alt = "".join(_words(token.children or ())) or source
            lines[-1].append(Run(alt, tuple(marks), href=href or source))
        elif token.content:
            run = Run(token.content, tuple(marks), href=href)
            lines[-1] += [run] if href else _linked(run)
    return [tuple(_told(_merged(line))) for line in lines]


def _linked(run: Run) -> list[Run]:
    """The run with the bare addresses in it made links to themselves."""
    pieces, position = [], 0
    for found in _URL.finditer(run.text):
        address = _URL_END.sub("", found[0])
        if len(address) > LONGEST_URL or address.endswith("//") or not address.isprintable():
            continue
        pieces.append(replace(run, text=run.text[position : found.start()]))
        pieces.append(replace(run, text=address, href=address))
        position = found.start() + len(address)
    pieces.append(replace(run, text=run.text[position:]))
    return [piece for piece in pieces if piece.text]


def _told(runs: Iterable[Run]) -> Iterator[Run]:
    """Links whose address can't be one, or is too long, tell it as text."""
    pending = ""
    for run in runs:
        if pending and run.href != pending:
            yield Run(f" ({pending})")
            pending = ""
        if run.href and (len(run.href) > LONGEST_URL or not run.href.isprintable() or ">" in run.href):
            pending = run.href
            yield replace(run, href="")
        else:
            yield run
    if pending:
        yield Run(f" ({pending})")


def _merged(runs: Iterable[Run]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        apart = last is None or last.code or run.code or last.whole or run.whole
        if last is None or apart or (last.marks, last.href) != (run.marks, run.href):
            merged.append(run)
        else:
            merged[-1] = replace(last, text=last.text + run.text)
    return [run for run in merged if run.text or run.code]


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        yield from _words(token.children or ()) if token.children else (token.content,)
