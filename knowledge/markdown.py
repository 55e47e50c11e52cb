"""Block structure of Markdown and MDX: which lines are headings, lists, tables, code.

A CommonMark parser (markdown-it-py) with tables, front matter and, for MDX, the blocks that are no
Markdown: `import`/`export` lines, a JSX tag spread over lines, `{expressions}`. Inline markup is
parsed for headings only, so that the time is linear in the length of the note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

_MDX_LINES = 400  # the longest JSX tag or expression that is looked for
_LONGEST_HEADING = 2_000  # characters whose inline markup is parsed; a longer one is taken as it is
_MARKUP = re.compile(r"[\0\n\\`~*_!\[\]<>&]")  # what starts a rule of the inline parser
_ANCHOR = re.compile(r"(?<=\S)(?:\[\[[^\[\]]+\]\]|\[[a-z0-9]+(?:-[a-z0-9]+)+\])$|\s*\{#[\w.:-]+\}$")
_CLOSING = {"{": "}", "(": ")", "[": "]"}


def block_tokens(text: str, mdx: bool = False) -> list[Token]:
    """The block tokens of a text whose newlines are all \\n; `Token.map` is its 0-based line range."""
    return _parser(mdx).parse(text)


def plain_heading(source: str) -> str:
    """A heading's text without its markup: emphasis, links, images, code, tags and anchors."""
    if len(source) > _LONGEST_HEADING:
        return " ".join(source.split())
    text = source
    if _MARKUP.search(source):
        tokens = _inline().parseInline(source)
        text = "".join(_plain(child) for token in tokens for child in token.children or ())
    return _ANCHOR.sub("", " ".join(text.split())).strip()


def _plain(token: Token) -> str:
    match token.type:
        case "text" | "code_inline" | "text_special":
            return token.content
        case "softbreak" | "hardbreak":
            return " "
        case "image":
            return "".join(_plain(child) for child in token.children or ())
        case _:
            return ""


@cache
def _inline() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("strikethrough")


@cache
def _parser(mdx: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    # Headings are parsed inline one by one; link definitions make long lists of them quadratic.
    parser.core.ruler.enableOnly(["block"])
    parser.disable("reference")
    parser.block.ruler.before("code", "front_matter", _front_matter)
    if mdx:
        parser.block.ruler.before("code", "mdx", _mdx, {"alt": ["paragraph"]})
        parser.disable("code")  # MDX has no indented code
    return parser


def _front_matter(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """YAML between two lines `---`, from the first line on."""
    if start != 0 or state.level or _line(state, 0).rstrip() != "---":
        return False
    for number in range(1, end):
        line = _line(state, number).rstrip()
        if line in ("---", "..."):
            return _block(state, "front_matter", 0, number + 1, silent)
        if number == 1 and not re.match(r"[\w\"'#-][^:]*:|#", line):
            return False
    return False


def _mdx(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.level:
        return False
    line = _line(state, start)
    if re.match(r"(import|export)\s+[\w{*'\"]", line) and not silent:
        stop = next((n for n in range(start + 1, end) if state.isEmpty(n)), end)
        return _block(state, "mdx_esm", start, stop, silent)
    if re.match(r"<[A-Z][\w.]*(\s|$)|\{", line):
        stop = _balanced(state, start, end, "}" if line.startswith("{") else ">")
        if stop > start:
            return _block(state, "mdx_jsx", start, stop, silent)
    return False


def _balanced(state: StateBlock, start: int, end: int, closing: str) -> int:
    """The line after the tag or expression that opens at `start`; `start` itself if it isn't closed."""
    if start < state.env.get("mdx_open", 0):
        return start  # part of what was found unclosed: looking again from each line is quadratic
    stack = [closing]
    quote, escaped = "", False
    for number in range(start, min(end, start + _MDX_LINES)):
        for character in _line(state, number)[1 if number == start else 0 :]:
            if quote:
                quote = "" if character == quote and not escaped else quote
                escaped = character == "\\" and not escaped
            elif character in "\"'`" and (len(stack) > 1 or closing == ">"):
                quote = character
            elif character in _CLOSING:
                stack.append(_CLOSING[character])
            elif character == stack[-1]:
                stack.pop()
                if not stack:
                    return number + 1
    state.env["mdx_open"] = min(end, start + _MDX_LINES)
    return start


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] : state.eMarks[number]]


def _block(state: StateBlock, kind: str, start: int, stop: int, silent: bool) -> bool:
    if not silent:
        token = state.push(kind, "", 0)
        token.map = [start, stop]
        token.hidden = True
        state.line = stop
    return True


def top_headings(tokens: Sequence[Token]) -> Iterator[tuple[int, int, int, str]]:
    """(level, first line, line after, plain text) of each heading that stands in no list or quote."""
    for position, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            source = tokens[position + 1].content
            yield int(token.tag[1]), token.map[0], token.map[1], plain_heading(source)


def opening_heading(tokens: Sequence[Token]) -> int:
    """The line after the heading that a text opens with; 0 if it opens with none."""
    first = tokens[0] if tokens else None
    if first is None or first.type != "heading_open" or not first.map or first.map[0]:
        return 0
    return first.map[1]
