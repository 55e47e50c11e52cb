"""Forms of the core as Discord's modals, and what comes back.

A modal is only sent; nobody waits for it in memory. What is submitted, whenever, is told by its custom id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord
from discord import ui

from bot.core.forms import Form, field_names
from bot.core.reply import Field
from bot.platforms.discord.inbound.texts import clean

TITLE = LABEL = 45
INPUT = 4000
LEAD = 1500
"""Characters of what stands above the fields; Discord takes 4000, which nobody could read there."""
OPTION = 100
MOST_OPTIONS = 25
MOST_COMPONENTS = 5


def modal(action: str, form: Form) -> ui.Modal:
    """A modal whose custom id is the action's."""
    made = ui.Modal(title=_short(form.title, TITLE), custom_id=action, timeout=None)
    if form.lead.strip() and len(form.fields) < MOST_COMPONENTS:
        made.add_item(ui.TextDisplay(_short(discord.utils.escape_mentions(form.lead), LEAD)))
    for field in form.fields[:MOST_COMPONENTS]:
        made.add_item(ui.Label(text=_short(field.label, LABEL), component=_input(field)))
    made.stop()  # else discord.py would keep it to wait for the submission
    return made


def submitted(action: str, components: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The fields of a submission, by name; only those that the action's form has."""
    known = field_names(action)
    return {name: clean(value) for name, value in _values(components) if name in known}


def _input(field: Field) -> ui.Item[Any]:
    if 0 < len(field.choices) <= MOST_OPTIONS:
        options = [
            discord.SelectOption(label=_short(label, OPTION), value=value, default=value == field.value)
            for value, label in field.choices
        ]
        return ui.Select(custom_id=field.name, options=options, required=field.required)
    return ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.multiline else discord.TextStyle.short,
        default=field.value[:INPUT] or None,
        required=field.required,
        max_length=INPUT,
    )


def _values(components: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for component in components:
        if "component" in component:  # a label
            yield from _values((component["component"],))
        elif "components" in component:  # a row
            yield from _values(component["components"])
        elif "values" in component:
            yield component["custom_id"], ", ".join(component["values"])
        elif "value" in component:
            yield component["custom_id"], str(component["value"] or "")


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
