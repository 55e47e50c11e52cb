"""The course that simulated learners study: one short note a topic, with a quiz of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_NOTE: Final = """# Topic {number}

## Parts
Thing {number} is made of part {number} and of nothing else.

## Quiz
1. What is thing {number} made of?
2. Of what else is thing {number} made?
"""


def write_notes(folder: Path, topics: int) -> tuple[str, ...]:
    """Writes the notes into a folder; gives their paths in it, one for each topic."""
    folder.mkdir(parents=True, exist_ok=True)
    names = tuple(f"topic-{number:03}.md" for number in range(1, topics + 1))
    for number, name in enumerate(names, start=1):
        (folder / name).write_text(_NOTE.format(number=number), encoding="utf-8")
    return names
