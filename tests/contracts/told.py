"""Holds what the core said against what a platform showed of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from bot.core.reply import Reply
from tests.contracts.messenger import Shown, Source, first_missing, words
from tests.contracts.world import Said

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


class Text(HTMLParser):
    """The text of HTML, without the buttons that stand for sources."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._button = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._button = tag == "button"
        if tag not in ("em", "strong", "code", "span", "a", "s", "button"):
            self.pieces.append("\n")
        self.pieces += [f" {value} " for name, value in attrs if name == "alt" and value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._button = False

    def handle_data(self, data: str) -> None:
        if not self._button:
            self.pieces.append(data)

    def __str__(self) -> str:
        return "".join(self.pieces)


_TABLE = re.compile("<table>.*?</table>", re.DOTALL)


def plain(markdown: str) -> tuple[str, str]:
    """What a reader reads of Markdown: the running text, and what stands in its tables.

    A table may be laid out in any order: a platform without tables names the column at every cell.
    """
    html = _MARKDOWN.render(markdown)
    return str(Text(_TABLE.sub("\n", html))), str(Text("".join(_TABLE.findall(html))))


def final(heard: Sequence[Said]) -> list[Said]:
    """What was said, without what something later took the place of in the same message.

    A result may overtake the words that announce its work; then they are the ones to go.
    """
    last: dict[str, int] = {}
    for place, said in enumerate(heard):
        if said.reference is not None:
            known = last.get(said.reference)
            if known is None or said.reply.tone != "progress" or heard[known].reply.tone == "progress":
                last[said.reference] = place
    return [
        said for place, said in enumerate(heard) if said.reference is None or last[said.reference] == place
    ]


def missing(reply: Reply, shown: Shown, pictures: bool) -> list[str]:
    """What of a reply a message doesn't show."""
    seen = words(shown.text)
    found = []
    text, tables = plain(reply.text)
    lost = first_missing(words(text), seen) or sorted(set(words(tables)) - set(seen))
    if lost:
        found.append(f"text: … {' '.join(lost)} …")
    if reply.table is not None:
        cells = [cell for row in (reply.table.header, *reply.table.rows) for cell in row]
        known = set(seen)
        found += [f"cell: {cell!r}" for cell in cells if not known.issuperset(words(cell))]
    named = {Source(one.note, one.start, one.end) for one in reply.citations}
    found += [f"source: {source}" for source in named - set(shown.sources)]
    found += [f"button: {action.label!r}" for action in reply.actions if action.label not in shown.offered]
    if pictures and reply.image is not None and words(reply.image.alt) != words(shown.picture or ""):
        found.append(f"picture: {reply.image.alt!r}")
    return found


def check(heard: Sequence[Said], shown: Sequence[Shown], pictures: bool) -> None:
    """Every reply is shown whole, by a message of its own, in the order in which they were said."""
    rest = list(shown)
    for said in final(heard):
        lacks = [missing(said.reply, one, pictures) for one in rest]
        place = next((place for place, lacking in enumerate(lacks) if not lacking), None)
        nearest = min(lacks, key=len, default=["every message"])
        assert place is not None, f"{said.reply.text[:80]!r} was not shown: it lacks {nearest}"
        del rest[place]
