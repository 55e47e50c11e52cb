"""The citations of a reply: a list, and a way to each passage."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import catalogue
from bot.core.passages import lines_label, passage_action
from bot.core.reply import Action
from bot.platforms.discord.render.blocks import Text
from bot.platforms.discord.render.controls import menus, rows_of
from bot.platforms.discord.render.rendered import Component
from bot.platforms.hosted.render.inline import plain
from bot.platforms.hosted.render.measure import one_line
from bot.platforms.hosted.render.runs import Run
from bot.platforms.hosted.render.sources import MOST_BUTTONS, place
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
        options = [
            (
                passage_action(citation, course),
                f"[{number}] {one_line(citation.heading or citation.note)}",
                f"{one_line(citation.note)}, {lines_label(language, citation.start, citation.end)}",
            )
            for number, citation in enumerate(citations, start=1)
        ]
        return list(menus(options, language, "hosted.passages"))
    return rows_of(
        [
            Action(
                passage_action(citation, course), catalogue.label(language, "hosted.passage", number=number)
            )
            for number, citation in enumerate(citations, start=1)
        ],
        language,
    )
