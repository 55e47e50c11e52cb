"""How a person fills in what the app shows: values of inputs, and what Slack's client lets pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.doubles.slack.errors import CannotDo
from tests.doubles.slack.world import Json, View, elements

OPTIONS = ("static_select", "radio_buttons", "overflow")
MANY = ("checkboxes", "multi_static_select")
TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
IDS = {
    "users_select": "user",
    "conversations_select": "conversation",
    "channels_select": "channel",
    "datepicker": "date",
    "timepicker": "time",
}


def state(blocks: list[Json], values: Mapping[str, Any]) -> Json:
    """`state.values` of blocks, filled in with `values` by block_id or action_id; what is left out stays as
    the app filled it in.
    """
    inside = [each for each in elements(blocks) if each["type"] not in ("button", "overflow", "icon_button")]
    inside = [each for each in inside if each["type"] != "feedback_buttons"]
    known = {each["block_id"] for each in inside} | {each["action_id"] for each in inside}
    if unknown := set(values) - known:
        raise CannotDo(f"the form has no {sorted(unknown)}, but {sorted(known)}")
    filled: Json = {}
    for each in inside:
        given = values.get(each["block_id"], values.get(each["action_id"]))
        filled.setdefault(each["block_id"], {})[each["action_id"]] = _value(each, given)
    return filled


def check(view: View, filled: Json) -> None:
    """CannotDo for what Slack's client refuses to send: an empty field that must be filled in, and so on."""
    for block in view.blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = filled[block["block_id"]][element["action_id"]]
        given = [each for key, each in value.items() if key != "type" and each not in (None, "", [])]
        if not given and not block.get("optional"):
            raise CannotDo(f"{block['block_id']!r} must be filled in")
        text = value.get("value") or ""
        least, most = element.get("min_length") or 0, element.get("max_length") or 3000
        if element["type"] == "plain_text_input" and text and not least <= len(text) <= most:
            raise CannotDo(f"{block['block_id']!r} takes {least} to {most} characters, not {len(text)}")


def _value(element: Json, given: Any) -> Json:
    kind = element["type"]
    made: Json = {"type": kind}
    if kind in TEXTS:
        made["value"] = element.get("initial_value") if given is None else (str(given) or None)
    elif kind in OPTIONS:
        made["selected_option"] = element.get("initial_option") if given is None else option(element, given)
    elif kind == "external_select":
        made["selected_option"] = element.get("initial_option") if given is None else given
    elif kind in MANY:
        chosen = [given] if isinstance(given, str) else given
        made["selected_options"] = (
            element.get("initial_options", [])
            if chosen is None
            else [option(element, each) for each in chosen]
        )
    elif kind in IDS:
        name = IDS[kind]
        made[f"selected_{name}"] = element.get(f"initial_{name}") if given is None else given
    elif kind == "file_input":
        made["files"] = _files(element, given or [])
    else:
        raise CannotDo(f"the double fills in no {kind}")
    return made


def _files(element: Json, given: list[Json]) -> list[Json]:
    wanted = element.get("filetypes")
    for each in given:
        if wanted and each["name"].rpartition(".")[2].lower() not in wanted:
            raise CannotDo(f"{each['name']} is none of {wanted}")
    if len(given) > element.get("max_files", 10):
        raise CannotDo(f"{len(given)} files are too many")
    return given


def option(element: Json, value: str) -> Json:
    """The option with this value, as it is sent back."""
    groups = element.get("option_groups") or [element]
    offered = [each for group in groups for each in group.get("options", [])]
    for each in offered:
        if each["value"] == value:
            return {"text": each["text"], "value": value}
    raise CannotDo(f"{value!r} is not offered, but {[each['value'] for each in offered]}")
