"""A person's page as the view of App Home.

Tables, which Slack shows in messages only, become lists here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.core.home import Home, Section
from bot.core.language import locale_language
from bot.core.reply import Image, Reply
from bot.platforms.hosted.render.inline import plain
from bot.platforms.hosted.render.markdown import parse
from bot.platforms.hosted.render.measure import clean, one_line, shortened
from bot.platforms.hosted.render.prose import Grid, line
from bot.platforms.hosted.render.tables import listed, runs_in
from bot.platforms.slack.render import controls
from bot.platforms.slack.render.limits import HEADER, VIEW_BLOCKS, size
from bot.platforms.slack.render.pages import pack
from bot.platforms.slack.render.rich import Block, Part, blocks

VIEW = "recap:home"
"""The `callback_id` of the page."""
ROOM = 6000
"""What the words of one section take at most."""
MOST = 10
"""Blocks of words in one section."""
ALT = 2000
"""types ImageBlock.alt_text"""


def page(home: Home, picture: str = "") -> list[Block]:
    """The blocks of the page; `picture` is the file that shows the progress, once Slack has it."""
    found: list[Block] = []
    for section in home.sections:
        if found:
            found.append({"type": "divider"})
        found += _section(section, picture if section.name == "progress" else "")
    return controls.identified(found[:VIEW_BLOCKS])


def view(shown: list[Block], metadata: str) -> dict[str, Any]:
    """What `views.publish` takes."""
    return {"type": "home", "callback_id": VIEW, "private_metadata": metadata, "blocks": shown}


def _section(section: Section, picture: str) -> Iterator[Block]:
    reply = section.reply
    title = shortened(one_line(section.title), HEADER, size)
    yield {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
    pages = pack(_words(reply), ROOM)
    words = pages[0] if pages else ()
    if len(pages) > 1:
        words = (*words, line(plain("…")))
    yield from blocks(words)[:MOST]
    if picture and reply.image is not None:
        yield _picture(reply.image, picture)
    yield from controls.blocks_of(reply.actions, locale_language(reply.language))


def _words(reply: Reply) -> Iterator[Part]:
    for prose in parse(clean(reply.text)):
        if isinstance(prose, Grid):
            yield from _list(prose)
        else:
            yield prose
    if reply.table is not None:
        yield from _list(Grid(*runs_in(reply.table)))


def _list(grid: Grid) -> Iterator[Part]:
    head, rows = listed(grid.header, grid.rows)
    if len(grid.header) > 2:  # of two columns every row says by itself what it is
        yield line(head)
    for number, row in enumerate(rows):
        yield line(row, marker="- ", gap=not number)


def _picture(image: Image, file: str) -> Block:
    return {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": shortened(clean(image.alt), ALT, size),
    }
