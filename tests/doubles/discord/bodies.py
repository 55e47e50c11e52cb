"""Discord's limits on what a message, form, command or completion may hold; refused with 50035."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.doubles.discord import limits
from tests.doubles.discord.errors import invalid_form
from tests.doubles.discord.world import COMPONENTS_V2, Json, flat

BUTTON, LINK = 2, 5
SELECTS = (3, 5, 6, 7, 8)
LABELLED = 18
TEXT_INPUT, TEXT_DISPLAY = 4, 10


def _within(field: str, value: Any, most: int, least: int = 0) -> None:
    size = len(value or "")
    blank = isinstance(value, str) and not value.strip()
    if not least <= size <= most or (least and blank):
        raise invalid_form(field, f"must be between {least} and {most} in length, is {size}")


def check_message(body: Json, files: int = 0) -> None:
    """Raises for a message that Discord would not take; `body` as sent."""
    _within("content", body.get("content"), limits.CONTENT)
    _within("nonce", str(body.get("nonce") or ""), limits.NONCE)
    attachments = body.get("attachments") or []
    _within("attachments", attachments, limits.ATTACHMENTS)
    if files > limits.ATTACHMENTS:
        raise invalid_form("attachments", f"{files} files are more than {limits.ATTACHMENTS}")
    for attachment in attachments:
        _within("attachments.description", attachment.get("description"), limits.ATTACHMENT_DESCRIPTION)
    check_embeds(body.get("embeds") or [])
    components = body.get("components") or []
    if (body.get("flags") or 0) & COMPONENTS_V2:
        _check_layout(body, components)
    else:
        _within("components", components, limits.ROWS)
        if any(row.get("type") != 1 for row in components):
            raise invalid_form("components", "only action rows, without the flag for newer components")
    check_components(components)


def check_embeds(embeds: list[Json]) -> None:
    _within("embeds", embeds, limits.EMBEDS)
    total = 0
    for embed in embeds:
        parts = {f"embeds.{key}": (embed.get(key), most) for key, most in limits.EMBED.items()}
        parts["embeds.footer.text"] = ((embed.get("footer") or {}).get("text"), limits.FOOTER_TEXT)
        parts["embeds.author.name"] = ((embed.get("author") or {}).get("name"), limits.AUTHOR_NAME)
        fields = embed.get("fields") or []
        _within("embeds.fields", fields, limits.EMBED_FIELDS)
        for field in fields:
            _within("embeds.fields.name", field.get("name"), limits.FIELD_NAME, 1)
            _within("embeds.fields.value", field.get("value"), limits.FIELD_VALUE, 1)
            total += len(field["name"]) + len(field["value"])
        for name, (value, most) in parts.items():
            _within(name, value, most)
            total += len(value or "")
    if total > limits.EMBED_TOTAL:
        raise invalid_form("embeds", f"{total} characters are more than {limits.EMBED_TOTAL} over all embeds")


def _check_layout(body: Json, components: list[Json]) -> None:
    if body.get("content") or body.get("embeds"):
        raise invalid_form("content", "neither content nor embeds beside newer components")
    parts = flat(components)
    _within("components", parts, limits.COMPONENTS_V2)
    text = sum(len(part.get("content", "")) for part in parts if part.get("type") == TEXT_DISPLAY)
    if text > limits.TEXT_V2:
        raise invalid_form("components", f"{text} characters of text are more than {limits.TEXT_V2}")


def check_components(components: list[Json]) -> None:
    parts = flat(components)
    for part in parts:
        if part.get("type") == 1:
            _check_row(part.get("components") or [])
        elif part.get("type") == BUTTON:
            _check_button(part)
        elif part.get("type") in SELECTS:
            _within("custom_id", part.get("custom_id"), limits.CUSTOM_ID, 1)
            _within("placeholder", part.get("placeholder"), limits.SELECT_PLACEHOLDER)
            _check_options(part)
    _once("custom_id", (part["custom_id"] for part in parts if "custom_id" in part))


def _check_row(inside: list[Json]) -> None:
    """Five buttons, or one of anything else."""
    _within("components", inside, limits.BUTTONS_IN_ROW, 1)
    if len(inside) > 1 and any(part.get("type") != BUTTON for part in inside):
        raise invalid_form("components", "a select stands alone in its row")


def _check_button(part: Json) -> None:
    _within("label", part.get("label"), limits.BUTTON_LABEL)
    if not part.get("label") and not part.get("emoji"):
        raise invalid_form("label", "a button needs a label or an emoji")
    if part.get("style") == LINK:
        _within("url", part.get("url"), limits.BUTTON_URL, 1)
        if "custom_id" in part:
            raise invalid_form("custom_id", "a link has no custom_id")
    elif part.get("style") != 6:
        _within("custom_id", part.get("custom_id"), limits.CUSTOM_ID, 1)


def _check_options(part: Json) -> None:
    if part["type"] != 3:
        return
    options = part.get("options") or []
    _within("options", options, limits.SELECT_OPTIONS, 1)
    for option in options:
        _within("options.label", option.get("label"), limits.SELECT_OPTION_TEXT, 1)
        _within("options.value", option.get("value"), limits.SELECT_OPTION_TEXT, 1)
        _within("options.description", option.get("description"), limits.SELECT_OPTION_TEXT)
    _once("options.value", (option["value"] for option in options))


def _once(field: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise invalid_form(field, f"{value!r} stands there twice")
        seen.add(value)


def check_modal(data: Json) -> None:
    _within("title", data.get("title"), limits.MODAL_TITLE, 1)
    _within("custom_id", data.get("custom_id"), limits.CUSTOM_ID, 1)
    components = data.get("components") or []
    _within("components", components, limits.MODAL_COMPONENTS, 1)
    parts = flat(components)
    for part in parts:
        if part.get("type") == LABELLED:
            _within("label", part.get("label"), limits.INPUT_LABEL, 1)
        elif part.get("type") == TEXT_INPUT:
            _within("custom_id", part.get("custom_id"), limits.CUSTOM_ID, 1)
            _within("label", part.get("label"), limits.INPUT_LABEL)
            _within("placeholder", part.get("placeholder"), limits.INPUT_PLACEHOLDER)
            _within("value", part.get("value"), part.get("max_length") or limits.INPUT_VALUE)
        elif part.get("type") in SELECTS:
            _check_options(part)
    _once("custom_id", (part["custom_id"] for part in parts if "custom_id" in part))


def check_choices(choices: list[Json]) -> None:
    _within("choices", choices, limits.COMMAND_CHOICES)
    for choice in choices:
        _within("choices.name", choice.get("name"), limits.CHOICE_NAME, 1)
        if isinstance(choice.get("value"), str):
            _within("choices.value", choice["value"], limits.CHOICE_NAME, 1)


def check_commands(commands: list[Json]) -> None:
    """A whole set: each command, and how many there are of a kind."""
    kinds = [command.get("type") or 1 for command in commands]
    for kind, most in ((1, limits.COMMANDS), (2, 15), (3, 15)):
        if kinds.count(kind) > most:
            raise invalid_form("commands", f"{kinds.count(kind)} commands of type {kind}, {most} may be")
    _once("name", (f"{kind}:{each['name']}" for kind, each in zip(kinds, commands, strict=True)))
    for command in commands:
        check_command(command)


def check_command(command: Json) -> None:
    kind = command.get("type") or 1
    if kind != 1:
        _within("name", command.get("name"), limits.COMMAND_NAME, 1)
        if command.get("description"):
            raise invalid_form("description", "an entry of a context menu has none")
        return
    _check_described(command, "command")
    total = _spent(command)
    if total > limits.COMMAND_TOTAL:
        raise invalid_form("command", f"{total} characters are more than {limits.COMMAND_TOTAL}")


def _check_described(part: Json, field: str) -> None:
    for name in (part.get("name"), *(part.get("name_localizations") or {}).values()):
        _within(f"{field}.name", name, limits.COMMAND_NAME, 1)
        if name != str(name).lower() or not all(each.isalnum() or each in "-_'" for each in str(name)):
            raise invalid_form(f"{field}.name", f"{name!r} is no name in lower case")
    for text in (part.get("description"), *(part.get("description_localizations") or {}).values()):
        _within(f"{field}.description", text, limits.COMMAND_DESCRIPTION, 1)
    options = part.get("options") or []
    _within(f"{field}.options", options, limits.COMMAND_OPTIONS)
    _once(f"{field}.options", (option["name"] for option in options))
    optional_seen = False
    for option in options:
        _check_described(option, f"{field}.options")
        if option.get("required") and optional_seen:
            raise invalid_form(f"{field}.options", "a required option stands behind an optional one")
        optional_seen |= option["type"] > 2 and not option.get("required")
        choices = option.get("choices") or []
        check_choices(choices)
        if choices and option.get("autocomplete"):
            raise invalid_form(f"{field}.options", "choices and completion exclude one another")


def _spent(part: Json) -> int:
    """Characters of names, descriptions and values; of translations the longest counts."""
    total = 0
    for key in ("name", "description"):
        texts = [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]
        total += max(map(len, texts))
    total += len(part["value"]) if isinstance(part.get("value"), str) else 0
    inner = [*(part.get("options") or []), *(part.get("choices") or [])]
    return total + sum(map(_spent, inner))
