"""Buttons and menus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.core import catalogue
from bot.core.reply import Action, Style
from bot.platforms.discord.render.limits import BUTTONS, CUSTOM_ID, LABEL, OPTION, OPTIONS, ROWS, size
from bot.platforms.discord.render.rendered import Component
from bot.platforms.hosted.render.measure import cut_within, is_blank, one_line, shortened
from knowledge.notes import Language

MENU = "choose:"
"""A menu's `custom_id` begins with this; what is chosen in it is the id of an action."""
MOST_BUTTONS = 10
"""From more actions on, those that are only a choice stand in a menu."""

_BUTTON, _SELECT, _ROW = 2, 3, 1
_STYLES: dict[Style, int] = {"plain": 2, "primary": 1, "danger": 4}
_NAMELESS = "…"


def rows_of(actions: Sequence[Action], language: Language) -> list[Component]:
    """All actions as rows, the buttons before the menus. ValueError for an id that Discord can't carry."""
    for action in actions:
        if not 1 <= size(action.id) <= CUSTOM_ID or not action.id.isprintable():
            raise ValueError(f"an action's id has from 1 to {CUSTOM_ID} characters: {action.id!r}")
    actions = list({(one.id, one.label): one for one in actions}.values())
    menued = [one for one in actions if _is_choice(one)] if len(actions) > MOST_BUTTONS else []
    buttons = [one for one in actions if one not in menued]
    return [*_buttons(buttons), *menus([(one.id, one.label, "") for one in menued], language)]


def menus(
    options: Iterable[tuple[str, str, str]], language: Language, key: str = "hosted.choose"
) -> Iterator[Component]:
    """Rows with a menu each, of (id, label, description); `key` names the sentence that stands in it."""
    left = list(options)
    number = 0
    while left:
        taken: dict[str, Component] = {}
        behind: list[tuple[str, str, str]] = []
        for place, (value, label, description) in enumerate(left):
            if len(taken) == OPTIONS:
                behind += left[place:]
                break
            if value in taken:
                behind.append((value, label, description))
            else:
                taken[value] = _option(value, label, description)
        number += 1
        left = behind
        menu = {
            "type": _SELECT,
            "custom_id": f"{MENU}{key}:{number}",
            "placeholder": catalogue.label(language, key),
            "options": list(taken.values()),
        }
        yield {"type": _ROW, "components": [menu]}


def too_long(actions: Sequence[Action]) -> list[str]:
    """The labels that a button or a menu can't hold: the text has to."""
    many = len(actions) > MOST_BUTTONS
    labels = ((one_line(one.label), _is_choice(one) and many) for one in actions)
    return [label for label, choice in labels if size(label) > (OPTION if choice else LABEL)]


def by_message(rows: Sequence[Component]) -> list[tuple[Component, ...]]:
    """The rows as one message after the other can carry them: so many, and no id twice."""
    messages: list[tuple[Component, ...]] = []
    for row in rows:
        here = messages[-1] if messages else ()
        known = set(_own_ids(here))
        if messages and len(here) < ROWS and known.isdisjoint(_own_ids([row])):
            messages[-1] = (*here, row)
        else:
            messages.append((row,))
    return messages


def _own_ids(rows: Sequence[Component]) -> Iterator[str]:
    for row in rows:
        yield from (component["custom_id"] for component in row["components"])


def _is_choice(action: Action) -> bool:
    return action.style == "plain" and not action.group and not action.fields


def _buttons(actions: Sequence[Action]) -> list[Component]:
    """Rows of buttons; a group of alternatives has a row of its own while there is room for that."""
    rows = _filled(actions, apart=True)
    if len(rows) > ROWS:
        rows = _filled(actions, apart=False)
    return [{"type": _ROW, "components": [_button(one) for one in row]} for row in rows]


def _filled(actions: Sequence[Action], apart: bool) -> list[list[Action]]:
    rows: list[list[Action]] = []
    for action in actions:
        row = rows[-1] if rows else None
        if (
            row is None
            or len(row) == BUTTONS
            or any(one.id == action.id for one in row)
            or (apart and action.group != row[-1].group)
        ):
            rows.append([action])
        else:
            row.append(action)
    return rows


def _button(action: Action) -> dict[str, Any]:
    return {
        "type": _BUTTON,
        "style": _STYLES[action.style],
        "label": _named(shortened(action.label, LABEL)),
        "custom_id": action.id,
    }


def _option(value: str, label: str, description: str) -> Component:
    label, description = one_line(label), one_line(description)
    option = {"label": _named(shortened(label, OPTION)), "value": value}
    if size(label) > OPTION and not description:
        description = label[cut_within(label, OPTION - 1) :]
    if not is_blank(description):
        option["description"] = shortened(description, OPTION)
    return option


def _named(label: str) -> str:
    return _NAMELESS if is_blank(label) else label
