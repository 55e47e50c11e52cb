"""Bars made of text."""

from __future__ import annotations

WIDTH = 12
FULL, EMPTY = "█", "░"


def bar(share: float, width: int = WIDTH) -> str:
    """A bar for a share from 0.0 to 1.0; anything above zero shows."""
    filled = min(width, max(round(share * width), 1 if share > 0 else 0))
    return FULL * filled + EMPTY * (width - filled)
