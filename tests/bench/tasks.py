"""The development tasks of retrieval, each a folder of documents, questions, and which documents answer them.

Five are the corpus' own (`tasks.json`): the quiz of the Hugging Face course in and across two languages. The
others are made from the headings of a course that the bundled encoder's training leaves out: a section's
heading in one language is to find the section in another, with its own heading above it (`head`) or by its
body alone (`body`). What no section answers is asked of both: the corpus' out-of-scope questions.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
LEFT_OUT = "microsoft-foundry/Foundry-Local-Lab"
COURSE = ("dev.en-en", "dev.en-en.section", "dev.zh-zh", "dev.en-zh", "dev.zh-en")
HEADINGS = tuple(
    f"{kind}.{way}"
    for kind, ways in (
        ("head", ("bg-en", "en-bg", "zh-en", "en-zh")),
        ("body", ("bg-en", "en-bg", "zh-en", "en-zh", "bg-bg", "zh-zh", "en-en")),
    )
    for way in ways
)
TASKS = (*COURSE, *HEADINGS)
SHORTEST_BODY = 80
SHORTEST_HEADING = 2
"""Words of a heading that is asked; of its English form."""


@dataclass(frozen=True)
class Task:
    """What is asked of which documents; the corpus' scorer takes it for one of its own."""

    name: str
    docs: Mapping[str, str]
    """Text by path."""
    questions: Mapping[str, str]
    gold: Mapping[str, frozenset[str]]
    """The documents that answer a question; none of an out-of-scope one."""

    @property
    def way(self) -> str:
        """The languages of question and documents: `zh-en`."""
        return self.name.split(".")[1]

    @property
    def queries(self) -> dict[str, str]:
        """Those that documents answer."""
        return {identity: text for identity, text in self.questions.items() if identity in self.gold}

    @property
    def oos(self) -> dict[str, dict[str, str]]:
        """The others, by kind."""
        return {"far": {name: text for name, text in self.questions.items() if name not in self.gold}}

    def all_queries(self) -> dict[str, str]:
        return dict(self.questions)

    def write(self, folder: Path) -> Path:
        """The documents as files; returns the folder."""
        for path, text in self.docs.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return folder


@cache
def scorer() -> Any:
    """The corpus' own `evaluate_retrieval.py` as a module."""
    spec = importlib.util.spec_from_file_location("evaluate_retrieval", CORPORA / "evaluate_retrieval.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_task(name: str) -> Task:
    """One of `TASKS`."""
    return _headings(name) if name in HEADINGS else _course(name)


def _course(name: str) -> Task:
    task = scorer().Task(name)
    gold = {identity: frozenset(docs) for identity, docs in task.gold.items()}
    return Task(name, task.docs, task.all_queries(), gold)


def _headings(name: str) -> Task:
    kind, way = name.split(".")
    asked, written = way.split("-")
    rows = [row for row in _rows(asked if asked != "en" else written) if len(row["en_body"]) >= SHORTEST_BODY]
    docs: dict[str, str] = {}
    questions: dict[str, str] = {}
    gold: dict[str, frozenset[str]] = {}
    for number, row in enumerate(rows):
        head, body = ("en", "en_body") if written == "en" else ("xx", "xx_body")
        docs[f"{number:04d}.md"] = f"# {row[head]}\n\n{row[body]}\n" if kind == "head" else f"{row[body]}\n"
        if len(row["en"].split()) < SHORTEST_HEADING:
            continue
        side = "en" if asked == "en" else "xx"
        questions[str(number)] = row[side]
        gold[str(number)] = frozenset(
            f"{other:04d}.md"
            for other, each in enumerate(rows)
            if each[side] == row[side] or each["en"] == row["en"]
        )
    return Task(name, docs, questions | _foreign(asked), gold)


def _foreign(language: str) -> dict[str, str]:
    """Questions in that language that neither course answers."""
    with (CORPORA / "oos_questions.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return {row["id"]: row["question"] for row in rows if row["lang"].startswith(language)}


def _rows(language: str) -> Iterator[dict[str, Any]]:
    wanted = "bg" if language == "en" else language
    with gzip.open(CORPORA / "parallel" / "headings.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["src"] == LEFT_OUT and row["lang"] == wanted:
                yield row
