"""How the citations of a reply are told."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import catalogue
from bot.core.passages import lines_label, passage_action
from bot.core.reply import Action
from bot.platforms.hosted.render.measure import one_line
from knowledge.notes import Citation, Language

MOST_BUTTONS = 5
"""More passages stand in a menu."""


def title(language: Language) -> str:
    return catalogue.label(language, "hosted.sources")


def place(citation: Citation, language: Language) -> str:
    """`file § heading, lines a–b` as plain text."""
    note, heading = one_line(citation.note), one_line(citation.heading)
    where = f"{note} § {heading}" if heading else note
    return f"{where}, {lines_label(language, citation.start, citation.end)}"


def places(citations: Sequence[Citation], language: Language) -> list[str]:
    """`[1] file § heading, lines a–b`, one for each, as plain text."""
    return [f"[{number}] {place(one, language)}" for number, one in enumerate(citations, start=1)]


def buttons(citations: Sequence[Citation], course: str, language: Language) -> list[Action]:
    """One that opens each passage."""
    return [
        Action(passage_action(one, course), catalogue.label(language, "hosted.passage", number=number))
        for number, one in enumerate(citations, start=1)
    ]


def options(citations: Sequence[Citation], course: str, language: Language) -> list[tuple[str, str, str]]:
    """The same for a menu: action, label and description of each."""
    return [
        (
            passage_action(one, course),
            f"[{number}] {one_line(one.heading or one.note)}",
            f"{one_line(one.note)}, {lines_label(language, one.start, one.end)}",
        )
        for number, one in enumerate(citations, start=1)
    ]
