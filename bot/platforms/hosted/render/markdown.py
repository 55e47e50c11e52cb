"""A reply's Markdown as prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.platforms.hosted.render.inline import runs_of
from bot.platforms.hosted.render.prose import Grid, Listing, Paragraph, Prose, Rule, Standing
from bot.platforms.hosted.render.runs import Run, Runs

_WEB = re.compile(r"https?://", re.IGNORECASE)


def parse(text: str) -> list[Prose]:
    """The pieces of clean Markdown."""
    return _Reader(_parser().parse(text)).prose()


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    # Reference definitions are off: a note could turn our own [1] into a link of its choosing.
    parser.enable(["table", "strikethrough"]).disable(["reference", "html_block", "html_inline"])
    parser.validateLink = lambda url: bool(_WEB.match(url))  # type: ignore[method-assign]
    return parser


class _Reader:
    """Walks the tokens once, knowing which quotes and lists are open."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._prose: list[Prose] = []
        self._quotes = 0
        self._quote = 0
        """Number of the outermost quote that is open, else of the last one."""
        self._lists: list[int | None] = []
        """The next number of every open list; None: bullets."""
        self._marker = ""
        """The marker of an item that has not begun."""
        self._tight = True
        """Whether the next piece follows without an empty line."""

    def prose(self) -> list[Prose]:
        position = 0
        while position < len(self._tokens):
            position = self._take(position)
        return self._prose

    def _take(self, position: int) -> int:
        token = self._tokens[position]
        match token.type:
            case "blockquote_open":
                self._quotes += 1
                self._quote += self._quotes == 1
            case "blockquote_close":
                self._quotes -= 1
                self._tight = bool(self._lists)
            case "bullet_list_open":
                self._open_list(None)
            case "ordered_list_open":
                start = token.attrGet("start")
                self._open_list(1 if start is None else int(start))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._tight = bool(self._lists)
            case "list_item_open":
                self._open_item()
            case "list_item_close":
                self._marker = ""
            case "heading_open":
                lines = runs_of(self._tokens[position + 1].children or ())
                self._text(lines, int(token.tag[1]))
                self._tight = True
                return position + 3
            case "inline":
                self._text(runs_of(token.children or ()))
            case "fence" | "code_block":
                self._code(token)
            case "hr":
                self._put(Rule())
            case "table_open":
                return self._table(position)
        return position + 1

    def _open_list(self, number: int | None) -> None:
        self._lists.append(number)
        quote = self._quote if self._quotes else 0
        self._tight = not self._prose or self._prose[-1].at.quote == quote

    def _open_item(self) -> None:
        self._lone_marker()
        number = self._lists[-1]
        self._marker = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _text(self, lines: Sequence[Runs], heading: int = 0) -> None:
        if kept := tuple(line for line in lines if line):
            self._put(Paragraph(kept, heading=heading))

    def _code(self, token: Token) -> None:
        self._lone_marker()
        lines = token.content.removesuffix("\n").split("\n")
        self._put(Listing(tuple(lines), token.info.split(" ")[0].strip()))

    def _lone_marker(self) -> None:
        """A number whose item begins with what can't stand beside it."""
        number, self._marker = self._marker.rstrip(), ""
        if number.endswith("."):
            self._text([(Run(number, ("**",)),)])

    def _table(self, position: int) -> int:
        rows: list[list[Runs]] = []
        end = position
        while self._tokens[end].type != "table_close":
            token = self._tokens[end]
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                lines = runs_of(token.children or ())
                rows[-1].append(tuple(run for line in lines for run in line))
            end += 1
        self._put(Grid(tuple(rows[0]), tuple(tuple(row) for row in rows[1:])))
        self._tight = bool(self._lists)
        return end + 1

    def _put(self, piece: Prose) -> None:
        listing = isinstance(piece, Listing)
        at = Standing(
            quotes=self._quotes,
            quote=self._quote if self._quotes else 0,
            lists=len(self._lists),
            marker="" if isinstance(piece, Listing | Grid) else self._marker,
            gap=not self._tight and not listing,
        )
        self._prose.append(replace(piece, at=at))
        self._marker = ""
        self._tight = bool(self._lists) or listing
