"""What a person reads of a reply elsewhere, and whether it stands in its messages."""

from __future__ import annotations

from html.parser import HTMLParser

from bot.platforms.web.markdown import to_html


def bare(text: str) -> str:
    """Without white space and what can't be seen."""
    return "".join(
        one for one in text if one.isprintable() and not one.isspace() and one not in "\u200b\ufeff"
    )


def holds(whole: str, part: str) -> bool:
    """Whether the characters of `part` stand in `whole` in their order."""
    if part in whole:
        return True
    characters = iter(whole)
    return all(one in characters for one in part)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.cells: list[str] = []
        self.links: list[str] = []
        self._cell = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("td", "th"):
            self._cell += 1
            self.cells.append("")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell -= 1

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.cells[-1] += data
        else:
            self.text.append(data)


def as_on_the_web(markdown: str) -> tuple[str, list[str], list[str]]:
    """What the web chat shows of it: the text outside of tables, their cells, the addresses of its links."""
    page = _Page()
    page.feed(to_html(markdown))
    page.close()
    return "".join(page.text), page.cells, page.links
