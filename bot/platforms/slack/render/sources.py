"""The citations of a reply: a list, and a way to each passage."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import catalogue
from bot.core.passages import lines_label, passage_action
from bot.core.reply import Action
from bot.platforms.hosted.render.inline import plain
from bot.platforms.hosted.render.measure import one_line
from bot.platforms.hosted.render.prose import line
from bot.platforms.hosted.render.sources import MOST_BUTTONS, places, title
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
        options = [
            (
                passage_action(citation, course),
                f"[{number}] {one_line(citation.heading or citation.note)}",
                f"{one_line(citation.note)}, {lines_label(language, citation.start, citation.end)}",
            )
            for number, citation in enumerate(citations, start=1)
        ]
        return list(menus(options, language, "hosted.passages"))
    return blocks_of(
        [
            Action(
                passage_action(citation, course), catalogue.label(language, "hosted.passage", number=number)
            )
            for number, citation in enumerate(citations, start=1)
        ],
        language,
    )
