"""The citations of a reply: a list, and a way to each passage."""

from __future__ import annotations

from collections.abc import Sequence

from bot.platforms.discord.render.blocks import Text
from bot.platforms.discord.render.controls import menus, rows_of
from bot.platforms.discord.render.rendered import Component
from bot.platforms.hosted.render.inline import plain
from bot.platforms.hosted.render.runs import Run
from bot.platforms.hosted.render.sources import MOST_BUTTONS, buttons, options, place
from knowledge.notes import Citation, Language


def items(citations: Sequence[Citation], language: Language) -> list[Text]:
    """`[1] file § heading, lines a–b`, one line each."""
    return [
        Text(((Run(f"[{number}] "), *plain(place(citation, language))),), gap=False)
        for number, citation in enumerate(citations, start=1)
    ]


def passages(citations: Sequence[Citation], course: str, language: Language) -> list[Component]:
    """Rows that open each passage: buttons, or menus where there are many."""
    if len(citations) > MOST_BUTTONS:
        return list(menus(options(citations, course, language), language, "hosted.passages"))
    return rows_of(buttons(citations, course, language), language)
