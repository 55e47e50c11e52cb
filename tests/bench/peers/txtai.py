"""txtai: paragraphs in its hybrid index, with their content."""

from __future__ import annotations

import re
from pathlib import Path

from txtai import Embeddings

from tests.bench.peers.command import Answer, Build, notes_in, ranked, run

DEPTH = 40


def builder(model: str) -> Build:
    embeddings = Embeddings(path=model, hybrid=True, content=True, gpu=False)

    def build(notes: Path, folder: Path) -> int:
        rows = [
            (f"{path}#{number}", paragraph.strip())
            for path, text in notes_in(notes)
            for number, paragraph in enumerate(re.split(r"\n\s*\n", text))
            if paragraph.strip()
        ]
        embeddings.index(rows)
        embeddings.save(str(folder))
        return len(rows)

    return build


def opened(folder: Path, model: str) -> Answer:
    del model  # the index knows it
    embeddings = Embeddings()
    embeddings.load(str(folder))
    return lambda question: ranked(
        [str(one["id"]).rpartition("#")[0] for one in embeddings.search(question, DEPTH)]
    )


if __name__ == "__main__":
    run(builder, opened)
