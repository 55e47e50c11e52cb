"""Markdown of a `Reply` to HTML that is safe in the page, whatever a note or a model wrote.

No HTML of the source passes; links lead to http(s) alone; an image becomes a link to it; characters
that reorder the text around them are shown instead of obeyed.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache, lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

MAX_MARKDOWN = 60_000
"""Beyond so many characters the text is shown as it is: parsing time grows faster than the text."""

_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_MARK = re.compile(r"\[(\d{1,3})\]")
_LAST_WORD = re.compile("[^\\s\u2e80-\uffef]{1,24}$|[\u2e80-\uffef]$")
_MARKED = (
    '<span class="keep">{word}'
    '<button type="button" class="cite" data-cite="{number}">{number}</button></span>'
)
"""A mark stays on the line of the word before it."""
_EXTERNAL = 'target="_blank" rel="noopener noreferrer nofollow"'


def visible(text: str) -> str:
    """`text` with bidirectional overrides shown as their code point and control characters gone."""
    return _REORDERING.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", _CONTROL.sub("\ufffd", text))


@lru_cache(maxsize=256)
def to_html(text: str, citations: int = 0) -> str:
    """HTML of the Markdown subset; `[n]` up to `citations` becomes a button that opens citation n.

    Remembered: every open page asks for the same messages.
    """
    text = visible(text)
    if len(text) > MAX_MARKDOWN:
        return f'<pre class="plain">{escape(text)}</pre>'
    return str(_parser().render(text, {"citations": citations}))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": _highlight})
    # Reference definitions are off: a note could turn our own [1] into a link of its choosing.
    parser.enable(["table", "strikethrough"]).disable(["reference", "html_block", "html_inline"])
    parser.validateLink = lambda url: bool(_WEB.match(url))  # type: ignore[method-assign]
    parser.core.ruler.after("text_join", "citations", _mark_citations)
    parser.core.ruler.push("align", _align_by_class)
    for name, rule in (
        ("link_open", _link_open),
        ("image", _image),
        ("heading_open", _heading),
        ("heading_close", _heading),
        ("table_open", _table_open),
        ("table_close", _table_close),
    ):
        parser.add_render_rule(name, rule)
    return parser


def _mark_citations(state: StateCore) -> None:
    count = state.env.get("citations", 0)
    if not count:
        return
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = _with_marks(block.children, count)


def _with_marks(tokens: Sequence[Token], count: int) -> list[Token]:
    marked: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type.startswith("link_") else 0
        if token.type != "text" or depth:
            marked.append(token)
            continue
        position = 0
        for found in _MARK.finditer(token.content):
            number = int(found[1])
            if not 1 <= number <= count:
                continue
            before = token.content[position : found.start()].rstrip(" ")
            word = _LAST_WORD.search(before)
            joined = word[0] if word else ""
            marked.append(_token("text", before[: len(before) - len(joined)]))
            marked.append(_token("html_inline", _MARKED.format(word=escape(joined), number=number)))
            position = found.end()
        marked.append(_token("text", token.content[position:]))
    return marked


def _align_by_class(state: StateCore) -> None:
    """A cell's alignment as a class: the page's policy allows no inline style."""
    for token in state.tokens:
        style = token.attrGet("style") if token.type in {"th_open", "td_open"} else None
        if style:
            del token.attrs["style"]
            token.attrSet("class", str(style).removeprefix("text-align:"))


def _token(kind: str, content: str) -> Token:
    return Token(kind, "", 0, content=content)


def _link_open(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    return f'<a href="{escape(str(tokens[index].attrGet("href") or ""))}" {_EXTERNAL}>'


def _image(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    source = str(tokens[index].attrGet("src") or "")
    alt = escape(self.renderInlineAsText(tokens[index].children or [], options, env) or source)
    opened = sum(token.nesting for token in tokens[:index] if token.type.startswith("link_"))
    return alt if opened else f'<a class="image" href="{escape(source)}" {_EXTERNAL}>{alt}</a>'


def _heading(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    # The page's own heading is h1, a message is below it.
    level = min(6, int(tokens[index].tag[1]) + 2)
    return f"<h{level}>" if tokens[index].nesting > 0 else f"</h{level}>\n"


def _table_open(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    return '<div class="table" tabindex="0"><table>\n'


def _table_close(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    return "</table></div>\n"


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Spans with classes around the code's tokens; "" leaves it plain."""
    if not language or len(code) > 20_000:
        return ""
    # Pygments takes a tenth of a second to import: only the first code block pays for it.
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return ""
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))
