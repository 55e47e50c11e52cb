"""The citations of a reply: a list, and a way to each passage."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import catalogue
from bot.core.passages import lines_label, passage_action
from bot.core.reply import Action
from bot.platforms.discord.render.blocks import Text
from bot.platforms.discord.render.controls import menus, rows_of
from bot.platforms.discord.render.inline import plain
from bot.platforms.discord.render.measure import one_line
from bot.platforms.discord.render.rendered import Component
from bot.platforms.discord.render.spans import Run
from knowledge.notes import Citation, Language

MOST_BUTTONS = 5
"""More passages stand in a menu."""


def title(language: Language) -> str:
    return catalogue.label(language, "discord.sources")


def items(citations: Sequence[Citation], language: Language) -> list[Text]:
    """`[1] file § heading, lines a–b`, one line each."""
    return [
        Text(((Run(f"[{number}] "), *plain(place(citation, language))),), gap=False)
        for number, citation in enumerate(citations, start=1)
    ]


def place(citation: Citation, language: Language) -> str:
    """`file § heading, lines a–b` as plain text."""
    note, heading = one_line(citation.note), one_line(citation.heading)
    where = f"{note} § {heading}" if heading else note
    return f"{where}, {lines_label(language, citation.start, citation.end)}"


def passages(citations: Sequence[Citation], language: Language) -> list[Component]:
    """Rows that open each passage: buttons, or menus where there are many."""
    if len(citations) > MOST_BUTTONS:
        options = [
            (
                passage_action(citation),
                f"[{number}] {one_line(citation.heading or citation.note)}",
                f"{one_line(citation.note)}, {lines_label(language, citation.start, citation.end)}",
            )
            for number, citation in enumerate(citations, start=1)
        ]
        return list(menus(options, language, "discord.passages"))
    return rows_of(
        [
            Action(passage_action(citation), catalogue.label(language, "discord.passage", number=number))
            for number, citation in enumerate(citations, start=1)
        ],
        language,
    )
