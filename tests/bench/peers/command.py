"""The command line that the peers share: `build NOTES INDEX MODEL` and `answer QUESTION INDEX MODEL`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Build = Callable[[Path, Path], int]
"""Indexes a folder of notes into another folder; gives the number of passages."""
Answer = Callable[[str], list[str]]
"""The paths of the documents for a question, best first."""


def run(builder: Callable[[str], Build], opened: Callable[[Path, str], Answer]) -> None:
    """Does what the command line says and prints one line of JSON.

    `builder` loads the model at a path; its seconds aren't counted as building. `opened` opens an index.
    """
    command, first, folder, model = sys.argv[1:]
    index = Path(folder)
    if command == "build":
        build = builder(model)
        began = time.perf_counter()
        passages = build(Path(first), index)
        print(json.dumps({"passages": passages, "seconds": time.perf_counter() - began}), flush=True)
    else:
        print(json.dumps({"documents": opened(index, model)(first)}), flush=True)


def notes_in(folder: Path) -> list[tuple[str, str]]:
    """(path below the folder, text) of each note."""
    files = sorted(folder.rglob("*.mdx"))
    return [(file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8")) for file in files]


def ranked(paths: list[str]) -> list[str]:
    """Each path once, where it first stands; at most ten."""
    return list(dict.fromkeys(paths))[:10]
