"""A reply's Markdown as blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.platforms.discord.render import tables
from bot.platforms.discord.render.blocks import Block, Code, Text
from bot.platforms.discord.render.inline import runs_of
from bot.platforms.discord.render.spans import Run, Runs

RULE = "———"
_HEADINGS = {1: "## ", 2: "### "}
_WEB = re.compile(r"https?://", re.IGNORECASE)


def parse(text: str) -> list[Block]:
    """The blocks of clean Markdown."""
    return _Reader(_parser().parse(text)).blocks()


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
        self._blocks: list[Block] = []
        self._quotes = 0
        self._quote = 0
        """Number of the outermost quote that is open, else of the last one."""
        self._lists: list[int | None] = []
        """The next number of every open list; None: bullets."""
        self._marker = ""
        """The marker of an item that has not begun."""
        self._tight = True
        """Whether the next block follows without an empty line."""

    def blocks(self) -> list[Block]:
        position = 0
        while position < len(self._tokens):
            position = self._take(position)
        return self._blocks

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
                self._heading(int(token.tag[1]), self._tokens[position + 1])
                return position + 3
            case "inline":
                self._text(runs_of(token.children or ()))
            case "fence" | "code_block":
                self._code(token)
            case "hr":
                self._text([(Run(RULE),)])
            case "table_open":
                return self._table(position)
        return position + 1

    def _open_list(self, number: int | None) -> None:
        self._lists.append(number)
        quote = self._quote if self._quotes else 0
        self._tight = not self._blocks or self._blocks[-1].quote == quote

    def _open_item(self) -> None:
        self._lone_marker()
        number = self._lists[-1]
        self._marker = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _heading(self, level: int, inline: Token) -> None:
        lines = runs_of(inline.children or ())
        mark = _HEADINGS.get(level, "")
        if not mark:
            lines = [tuple(_bold(run) for run in line) for line in lines]
        self._text(lines, "" if self._lists else mark)
        self._tight = True

    def _text(self, lines: Sequence[Runs], mark: str = "") -> None:
        lines = [line for line in lines if line]
        if not lines:
            return
        quote = self._quote_prefix
        indent = "  " * max(0, len(self._lists) - 1)
        first = f"{quote}{indent}{self._marker}{mark}"
        rest = f"{quote}{indent}{'  ' if self._lists else ''}"
        self._put(Text(tuple(lines), first if self._marker or mark else rest, rest))

    def _code(self, token: Token) -> None:
        self._lone_marker()
        lines = token.content.removesuffix("\n").split("\n")
        self._put(Code(tuple(lines), token.info.split(" ")[0].strip(), self._quote_prefix))

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
        for block in tables.blocks(rows[0], rows[1:], self._quote_prefix):
            self._put(block)
            self._tight = True
        self._tight = bool(self._lists)
        return end + 1

    def _put(self, block: Text | Code) -> None:
        gap = not self._tight and not isinstance(block, Code)
        self._blocks.append(replace(block, gap=gap, quote=self._quote if self._quotes else 0))
        self._marker = ""
        self._tight = bool(self._lists) or isinstance(block, Code)

    @property
    def _quote_prefix(self) -> str:
        return "> " + "› " * (self._quotes - 1) if self._quotes else ""


def _bold(run: Run) -> Run:
    return run if "**" in run.marks else replace(run, marks=("**", *run.marks))
