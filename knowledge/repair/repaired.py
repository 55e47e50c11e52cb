"""What a repair gives back."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.notes import Repair


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with \\n for newlines, and what was done to get it."""

    text: str
    repair: Repair
