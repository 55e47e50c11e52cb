"""Buttons and menus."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from bot.core import catalogue
from bot.core.reply import Action, Style
from bot.platforms.hosted.render.measure import is_blank, one_line, shortened
from bot.platforms.slack.render.limits import ACTION, ELEMENTS, LABEL, OPTIONS, size, total, weight
from bot.platforms.slack.render.rich import Block, Element
from knowledge.notes import Language

OWN = "recap:"
"""The `action_id` and `block_id` of everything of ours begins with this."""
MOST_BUTTONS = 10
"""From more actions on, those that are only a choice stand in a menu."""
MOST = 8000
"""What one block of buttons or one menu takes at most of a message."""

_STYLES: dict[Style, dict[str, str]] = {
    "plain": {},
    "primary": {"style": "primary"},
    "danger": {"style": "danger"},
}
_NAMELESS = "…"


def blocks_of(actions: Sequence[Action], language: Language) -> list[Block]:
    """All actions as blocks, buttons before menus. ValueError for an id against the core's promise."""
    for action in actions:
        if not 1 <= size(action.id) <= ACTION or not action.id.isprintable():
            raise ValueError(f"an action's id has from 1 to {ACTION} characters: {action.id!r}")
    actions = list({(one.id, one.label): one for one in actions}.values())
    many = len(actions) > MOST_BUTTONS
    menued = [one for one in actions if many and _is_choice(one)]
    buttons = [one for one in actions if not (many and _is_choice(one))]
    return [
        *({"type": "actions", "elements": row} for row in _rows(buttons)),
        *menus([(one.id, one.label, "") for one in menued], language),
    ]


def menus(
    options: Iterable[tuple[str, str, str]], language: Language, key: str = "hosted.choose"
) -> Iterator[Block]:
    """Blocks with a menu each, of (id, label, description); `key` names the sentence that stands in it."""
    left = [(option := _option(*one), weight(option)) for one in options]
    while left:
        taken: dict[str, Element] = {}
        behind: list[tuple[Element, int]] = []
        used = 0
        for option, taking in left:
            if option["value"] in taken or len(taken) == OPTIONS or (taken and used + taking > MOST):
                behind.append((option, taking))
            else:
                taken[option["value"]] = option
                used += taking
        left = behind
        menu = {
            "type": "static_select",
            "placeholder": _plain(catalogue.label(language, key)),
            "options": list(taken.values()),
        }
        yield {"type": "actions", "elements": [menu]}


def too_long(actions: Sequence[Action]) -> list[str]:
    """The labels that a button or a menu can't hold: the text has to."""
    return [label for one in actions if size(label := one_line(one.label)) > LABEL]


def identified(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a message with ids on its controls: the same for the same content, each once."""
    found: list[Block] = []
    count = 0
    for block in blocks:
        if block["type"] in ("actions", "context_actions"):
            elements = []
            for element in block["elements"]:
                count += 1
                elements.append({**element, "action_id": f"{OWN}{count}"})
            mark = hashlib.sha256(json.dumps(elements).encode()).hexdigest()[:12]
            block = {**block, "block_id": f"{OWN}{count}:{mark}", "elements": elements}
        found.append(block)
    return found


def by_message(before: Sequence[Block], controls: Sequence[Block], room: int, most: int) -> list[list[Block]]:
    """The controls as one message after the other can carry them, the first behind what stands there."""
    messages: list[list[Block]] = [[]]
    for block in controls:
        here = messages[-1] if len(messages) > 1 else [*before, *messages[0]]
        # Ids and the words above the buttons of a further message come on top.
        if total(identified([*here, block])) > room - MOST // 10 or len(here) >= most - 2:
            messages.append([])
        messages[-1].append(block)
    return messages


def _is_choice(action: Action) -> bool:
    return action.style == "plain" and not action.group and not action.fields


def _rows(actions: Sequence[Action]) -> list[list[Element]]:
    """Buttons in rows; a group of alternatives has a row of its own."""
    rows: list[list[Element]] = []
    used, last = 0, ""
    for action in actions:
        button = _button(action)
        used += weight(button)
        if not rows or len(rows[-1]) == ELEMENTS or used > MOST or action.group != last:
            rows.append([])
            used = weight(button)
        rows[-1].append(button)
        last = action.group
    return rows


def _button(action: Action) -> Element:
    return {
        "type": "button",
        "text": _plain(_named(shortened(action.label, LABEL, size))),
        "value": action.id,
        **_STYLES[action.style],
    }


def _option(value: str, label: str, description: str) -> Element:
    option: Element = {"text": _plain(_named(shortened(label, LABEL, size))), "value": value}
    if not is_blank(description):
        option["description"] = _plain(shortened(description, LABEL, size))
    return option


def _named(label: str) -> str:
    return _NAMELESS if is_blank(label) else label


def _plain(text: str) -> Element:
    return {"type": "plain_text", "text": text, "emoji": False}
