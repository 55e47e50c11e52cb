"""Recap's own sentence encoder: a table of token vectors, read with NumPy in any process."""

from __future__ import annotations

BUNDLED = "recap/static-en-bg-zh"
"""The name of the encoder that comes with Recap."""
