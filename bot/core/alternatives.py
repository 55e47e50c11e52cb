"""Which actions are alternatives to one another, told by their ids alone."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

_GROUPS: Mapping[str, tuple[str, str]] = {
    "answer": ("ask", "attempt"),
    "choose": ("ask", "attempt"),
    "show": ("ask", "attempt"),
    "later": ("ask", "attempt"),
    "rate": ("rate", "attempt"),
    "unlink": ("unlink", ""),
    "group_resume": ("resume", "group"),
}
"""Action -> the group's name, and the argument that numbers it, if there are several."""


def group(action: str) -> str:
    """An action's group (`Action.group`): `rate?attempt=12&rating=3` -> `rate12`; empty: it stands alone."""
    name, arguments = taken_apart(action)
    prefix, argument = _GROUPS.get(name, ("", ""))
    return f"{prefix}{arguments.get(argument, '')}" if prefix else ""


def taken_apart(action: str) -> tuple[str, dict[str, str]]:
    """`rate?attempt=12&rating=3` -> `rate` and its arguments."""
    name, _, query = action.partition("?")
    return name, dict(parse_qsl(query))
