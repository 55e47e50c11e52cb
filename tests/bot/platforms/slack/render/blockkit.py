"""Slack's own types as judges of blocks and views: their JSON Schema, and the models of its Python SDK."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

SCHEMA = Path(__file__).resolve().parents[6] / "shared" / "contracts" / "slack" / "blockkit.schema.json"


def broken(definition: str, value: Any) -> list[str]:
    """What the schema says against it. Skips the test where the schema isn't beside the checkout."""
    return [str(error) for error in _validator(definition).iter_errors(_without_offset(value))]


def by_models(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The blocks as slack_sdk's models write them, which check what they know."""
    return [Block.parse(dict(block)).to_dict() for block in blocks]  # type: ignore[union-attr]


def view_by_models(view: Mapping[str, Any]) -> dict[str, Any]:
    return View(**view).to_dict()


@functools.cache
def _validator(definition: str) -> jsonschema_rs.Draft7Validator:
    if not SCHEMA.exists():
        pytest.skip("Slack's types are not beside the checkout")
    document = json.loads(SCHEMA.read_text(encoding="utf-8"))
    schema = {"$ref": f"#/definitions/{definition}", "definitions": document["definitions"]}
    return jsonschema_rs.Draft7Validator(schema)


def _without_offset(value: Any) -> Any:
    """`offset` is documented for lists, and slack_sdk has it; @slack/types lacks it."""
    if isinstance(value, Mapping):
        ordered = value.get("type") == "rich_text_list" and value.get("style") == "ordered"
        return {key: _without_offset(one) for key, one in value.items() if not (ordered and key == "offset")}
    if isinstance(value, list | tuple):
        return [_without_offset(one) for one in value]
    return value
