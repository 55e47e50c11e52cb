"""Retrieval: dense and lexical evidence for every passage, weighed into one score.

The fusion is a convex combination of scores on a common scale (S. Bruch, S. Gai & A. Ingber, "An Analysis of
Fusion Functions for Hybrid Retrieval", ACM TOIS 42(1), 2023), not of ranks: ranks forget how sure each side
is, and where the encoder can't read, its ranks are noise. BM25 is divided by the most that the question's
terms could give. An encoder that doesn't read the question isn't heard; a passage without a vector is judged
by its words alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Vectors
from knowledge.index import Generation
from knowledge.lexical import K1, Lexical
from knowledge.notes import Passage
from knowledge.terms import Clue, clues, query_terms

Floats = NDArray[np.float32]

DENSE = 0.3
"""The encoder's share of the score where it reads both question and passage."""
NOTE = 0.3
"""How much the whole note's words add to a passage's."""
SUPPORT = 0.25
"""How much the note's next best passages add to each of its passages."""
SUPPORTERS = 3
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found."""

    passage: Passage
    score: float
    """Fused; comparable within one search."""
    dense: float | None
    """Cosine; None where the encoder wasn't heard or can't read the passage."""
    lexical: float
    """BM25 over the most that the question's terms could give, 0.0-1.0."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each passage of a generation; arrays of shape (passages,)."""

    clues: tuple[Clue, ...]
    fused: Floats
    dense: Floats | None
    """Cosines, NaN for passages without a vector; None where the encoder wasn't heard."""
    lexical: Floats


def weigh(
    generation: Generation, query: str, vector: Vectors | None, asked: Sequence[Clue] | None = None
) -> Evidence:
    """The evidence for a query; `vector`, of shape (dimension,), only if the encoder reads the query.

    `asked`: what the query asks for, where that isn't all of its words.
    """
    asked = generation.lexical.spelled(clues(query) if asked is None else asked)
    lexical = _share(generation.lexical, asked)
    worded = lexical + NOTE * _share(generation.note_lexical, asked)[generation.note_of_passage]
    if vector is None or generation.dense is None or not len(generation.dense):
        return Evidence(asked, _supported(generation, worded), None, lexical)
    cosines = generation.dense.cosines(vector)
    heard = DENSE * np.nan_to_num(cosines) + (1 - DENSE) * worded
    fused = np.where(np.isnan(cosines), worded, heard).astype(np.float32)
    return Evidence(asked, _supported(generation, fused), cosines, lexical)


def _supported(generation: Generation, scores: Floats) -> Floats:
    """A note that has more to say on the question comes before one that brushes it once."""
    supported = scores.copy()
    numbers = generation.note_of_passage
    best = np.argsort(-scores, kind="stable")[:_LOOKED_AT]
    for note in np.unique(numbers[best]):
        supported[numbers == note] += SUPPORT * scores[best[numbers[best] == note][1 : SUPPORTERS + 1]].sum()
    return supported


def search(
    generation: Generation, query: str, vector: Vectors | None, limit: int, note: str | None = None
) -> list[Hit]:
    """The best passages, best first; those that nothing speaks for are left out."""
    evidence = weigh(generation, query, vector)
    return hits(generation, evidence, limit, note)


def hits(generation: Generation, evidence: Evidence, limit: int, note: str | None = None) -> list[Hit]:
    """The best passages by evidence already weighed."""
    found: list[Hit] = []
    for number in np.argsort(-evidence.fused, kind="stable"):
        passage = generation.passages[number]
        if len(found) == limit or evidence.fused[number] <= 0:
            break
        if note is not None and passage.note != note:
            continue
        dense = (
            None
            if evidence.dense is None or np.isnan(evidence.dense[number])
            else float(evidence.dense[number])
        )
        found.append(Hit(passage, float(evidence.fused[number]), dense, float(evidence.lexical[number])))
    return found


def _share(lexical: Lexical, asked: Sequence[Clue]) -> Floats:
    most = sum(lexical.worth(clue) for clue in asked) * (K1 + 1)
    return lexical.scores(query_terms(asked)) / np.float32(most or 1.0)
