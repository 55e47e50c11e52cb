"""The citations of a reply: a list, and a way to each passage."""

from __future__ import annotations

from collections.abc import Sequence

from bot.platforms.hosted.render.inline import plain
from bot.platforms.hosted.render.prose import line
from bot.platforms.hosted.render.sources import MOST_BUTTONS, buttons, options, places, title
from bot.platforms.slack.render.controls import blocks_of, menus
from bot.platforms.slack.render.limits import OBJECT, size
from bot.platforms.slack.render.rich import Block, Part, Whole
from knowledge.notes import Citation, Language


def parts(citations: Sequence[Citation], language: Language) -> list[Part]:
    """`[1] file § heading, lines a–b`, one line each: in small print, where that holds them all."""
    if not citations:
        return []
    listed = places(citations, language)
    text = "\n".join((title(language), *listed))
    if size(text) <= OBJECT:
        small = {"type": "plain_text", "text": text, "emoji": False}
        return [Whole({"type": "context", "elements": [small]}, text)]
    return [line(plain(title(language), "**")), *(line(plain(one), gap=False) for one in listed)]


def passages(citations: Sequence[Citation], course: str, language: Language) -> list[Block]:
    """What opens each passage: buttons, or menus where there are many."""
    if len(citations) > MOST_BUTTONS:
        return list(menus(options(citations, course, language), language, "hosted.passages"))
    return blocks_of(buttons(citations, course, language), language)
