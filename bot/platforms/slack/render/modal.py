"""Forms of the core as Slack's modals, and what comes back.

Nobody waits for a modal in memory. What is submitted, whenever, tells by its `private_metadata` which action
it belongs to and where that was begun.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core import catalogue
from bot.core.forms import Form
from bot.core.language import known_language
from bot.core.reply import Field
from bot.platforms.hosted.render import markdown
from bot.platforms.hosted.render.measure import clean, cut_within, is_blank, one_line, shortened
from bot.platforms.slack.places import place
from bot.platforms.slack.render import rich, tables
from bot.platforms.slack.render.limits import (
    INPUT,
    INPUT_LABEL,
    LABEL,
    METADATA,
    OPTION,
    OPTIONS,
    PLACEHOLDER,
    TITLE,
    size,
)
from bot.platforms.slack.render.pages import pack
from bot.platforms.slack.render.rich import Block, Element
from bot.platforms.slack.seam import Source
from knowledge.notes import Language
from knowledge.reader import SUFFIXES

FORM = "recap:form"
"""The `callback_id` of every form."""
FIELD = "recap:field"
"""The `action_id` of every input; its `block_id` is the field's name."""
FILES = "recap:files"
"""The `block_id` of the input that takes files."""
MOST_FILES = 10
MOST_RADIOS = 4
"""From more choices on, they stand in a menu."""
LEAD = 6000
"""What stands above the fields takes at most."""

View = dict[str, Any]


def modal(
    action: str, form: Form, language: Language, source: Source | None = None, *, uploads: bool = False
) -> View:
    """The view that asks what the form asks. `source`: what opened it. `uploads`: files can be added."""
    blocks = [*_lead(form.lead), *(_input(field, language) for field in form.fields)]
    if uploads:
        blocks.append(_files(language))
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": _kept(action, language, source),
        "title": _plain(_named(shortened(form.title, TITLE, size))),
        "submit": _plain(catalogue.label(language, "slack.form.send")),
        "close": _plain(catalogue.label(language, "slack.form.close")),
        "blocks": blocks,
    }


def action_of(view: Mapping[str, Any]) -> str:
    """The action that a submitted view carries out."""
    return str(_metadata(view)["action"])


def language_of(view: Mapping[str, Any]) -> Language:
    """The language that a submitted view speaks."""
    return known_language(str(_metadata(view).get("language", "")))


def source_of(view: Mapping[str, Any], key: str, user: str, at: datetime | None = None) -> Source | None:
    """Where the form was opened, as the source of its submission; None: it was opened without one.

    `at` is when it was submitted; the response URL runs from when it was given.
    """
    kept = _metadata(view)
    if "place" not in kept:
        return None
    began = datetime.fromisoformat(kept["at"]) if kept.get("at") else at
    return Source(
        key=key,
        place=place(kept["place"]),
        user=user,
        channel=kept.get("channel", ""),
        thread=kept.get("thread", ""),
        response_url=kept.get("url", ""),
        at=began,
        pressed=kept.get("pressed", ""),
        pressed_private=bool(kept.get("private")),
    )


def submitted(view: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a submission, by name."""
    fields: dict[str, str] = {}
    for name, inputs in view["state"]["values"].items():
        for value in inputs.values():
            if value["type"] != "file_input":
                chosen = value.get("selected_option") or {}
                fields[name] = clean(str(value.get("value") or chosen.get("value") or ""))
    return fields


def uploaded(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of a submission, as Slack describes them."""
    given = view["state"]["values"].get(FILES, {}).get(FIELD, {})
    return list(given.get("files") or ())


def errors(view: Mapping[str, Any], told: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a submission that shows sentences (Markdown) at fields; at the first for another name."""
    names = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    shown: dict[str, str] = {}
    for name, sentence in told.items():
        where = name if name in names else names[0]
        text = plain_text(sentence)
        shown[where] = f"{shown[where]} {text}" if where in shown else text
    return {"response_action": "errors", "errors": shown}


def plain_text(sentence: str) -> str:
    """Markdown as one line of plain text."""
    parts = tables.parts(markdown.parse(clean(sentence)), last=False)
    return one_line(rich.told(parts))


def _kept(action: str, language: Language, source: Source | None) -> str:
    kept: dict[str, Any] = {"action": action, "language": language}
    if source is not None:
        told = {
            "place": str(source.place),
            "channel": source.channel,
            "thread": source.thread,
            "url": source.response_url,
            "at": source.at.isoformat() if source.at else "",
            "pressed": source.pressed,
            "private": source.pressed_private,
        }
        kept |= {name: value for name, value in told.items() if value}
    text = json.dumps(kept, separators=(",", ":"))
    if size(text) > METADATA:  # only an address can be so long; without it the reply is a message
        kept.pop("url", None)
        text = json.dumps(kept, separators=(",", ":"))
    return text


def _metadata(view: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(view["private_metadata"])
    return kept


def _lead(text: str) -> list[Block]:
    """What stands above the fields, as much of it as is read there."""
    if is_blank(text):
        return []
    parts = tables.parts(markdown.parse(clean(text)), last=False)
    page, *more = pack(parts, LEAD) or [()]
    blocks = rich.blocks(page)
    if more:
        blocks += [{"type": "context", "elements": [_plain("…")]}]
    return blocks


def _input(field: Field, language: Language) -> Block:
    return {
        "type": "input",
        "block_id": field.name,
        "label": _plain(_named(shortened(field.label, INPUT_LABEL, size))),
        "optional": not field.required,
        "element": {**_element(field, language), "action_id": FIELD},
    }


def _element(field: Field, language: Language) -> Element:
    choices = field.choices
    if choices and len(choices) <= OPTIONS and all(0 < size(value) <= OPTION for value, _ in choices):
        options = [
            {"text": _plain(_named(shortened(label, LABEL, size))), "value": value}
            for value, label in choices
        ]
        chosen = [one for one in options if one["value"] == field.value]
        first = {"initial_option": chosen[0]} if chosen else {}
        # A radio button that was chosen can't be taken back.
        if len(options) <= MOST_RADIOS and field.required:
            return {"type": "radio_buttons", "options": options, **first}
        menu: Element = {"type": "static_select", "options": options, **first}
        hint = shortened(catalogue.label(language, "hosted.choose"), PLACEHOLDER, size)
        return menu | {"placeholder": _plain(hint)}
    text: Element = {"type": "plain_text_input", "multiline": field.multiline, "max_length": INPUT}
    value = clean(field.value)
    return text | ({"initial_value": value[: cut_within(value, INPUT)]} if value else {})


def _files(language: Language) -> Block:
    kinds = sorted(suffix.removeprefix(".") for suffix in SUFFIXES)
    return {
        "type": "input",
        "block_id": FILES,
        "label": _plain(catalogue.label(language, "slack.form.files")),
        "optional": False,
        "element": {
            "type": "file_input",
            "action_id": FIELD,
            "filetypes": kinds,
            "max_files": MOST_FILES,
        },
    }


def _named(label: str) -> str:
    return "…" if is_blank(label) else label


def _plain(text: str) -> Element:
    return {"type": "plain_text", "text": text, "emoji": False}
