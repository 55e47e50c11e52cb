"""A file of a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message."""

    name: str
    data: bytes
    description: str = ""
    """Alt text."""
