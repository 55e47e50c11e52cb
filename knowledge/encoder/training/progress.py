"""How far a training is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the share of a stage done (0.0-1.0) and the stage: reading_pairs, teacher, pieces, numbering,
training, measuring."""
