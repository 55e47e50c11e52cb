"""Documents for a question: what a search that looks for whole notes would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.library import Library

BEST = 10
"""Documents of a ranking."""
_PASSAGES = 64
"""Passages looked at first; more where they are of fewer notes than are wanted."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best documents, and whether they answer the question."""

    documents: tuple[str, ...]
    """Ids, best first."""
    scores: tuple[float, ...]
    """One for each document; comparable within this ranking."""
    confidence: float
    """Calibrated probability, 0.0-1.0, that the notes answer the question."""
    answered: bool
    """Whether Recap answers it; else it abstains."""

    def entry(self) -> dict[str, Any]:
        """As a run file has it."""
        return {
            "docs": list(self.documents),
            "scores": list(self.scores),
            "abstain": not self.answered,
            "confidence": self.confidence,
        }


def rank_documents(
    library: Library, course: str, question: str, documents: Mapping[str, str], most: int = BEST
) -> Ranking:
    """The documents that speak most to a question; each counts as much as its best passage.

    `documents`: path of a note -> id of its document; a note that isn't there stands for itself.
    NotesError as `Library.ask`.
    """
    best = _best(library, course, question, documents, most)
    answer = library.ask(course, question)
    return Ranking(tuple(best), tuple(best.values()), answer.confidence, answer.answered)


def _best(
    library: Library, course: str, question: str, documents: Mapping[str, str], most: int
) -> dict[str, float]:
    looked_at = _PASSAGES
    while True:
        found = library.search(course, question, looked_at)
        best: dict[str, float] = {}
        for hit in found:
            best.setdefault(documents.get(hit.passage.note, hit.passage.note), hit.score)
        if len(best) >= most or len(found) < looked_at:
            return dict(list(best.items())[:most])
        looked_at *= 4
