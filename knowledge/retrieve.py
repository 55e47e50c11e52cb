"""Retrieval: what words and encoders say for every passage, weighed into one score.

The fusion is a convex combination of scores on a common scale (S. Bruch, S. Gai & A. Ingber, "An Analysis of
Fusion Functions for Hybrid Retrieval", ACM TOIS 42(1), 2023), not of ranks: ranks forget how sure each side
is, and where an encoder can't read, its ranks are noise. BM25 is divided by the most that the question's
terms could give. The weights know the languages of question and passage: within a language words say most;
across languages they meet in names and code only, and what is left to tell is the encoder's. An encoder that
doesn't read the question isn't heard; a passage without a vector is judged by the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.hearing import Heard
from knowledge.index import Generation
from knowledge.index_dense import Dense
from knowledge.language import detect_language
from knowledge.lexical import K1, Lexical
from knowledge.notes import Passage
from knowledge.soft_match import SoftQuestion
from knowledge.terms import Clue, clues, query_terms

Floats = NDArray[np.float32]

NOTE = 0.3
"""How much the whole note's words add to a passage's."""
SUPPORT = 0.25
"""How much the note's next best passages add to each of its passages."""
SUPPORTERS = 3
FLOOR = 0.6
"""The share of the best score that a passage must have to support its note: encoders give some to all."""
CANDIDATES = 300
"""Passages that the token match looks at: the best by all else."""
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Weights:
    """What each evidence counts beside the others. What isn't to be had leaves its share to the rest."""

    words: float
    pooled: float
    soft: float
    partner: float


WITHIN = Weights(words=0.6, pooled=0.25, soft=0.15, partner=0.1)
"""Question and passage in one language."""
ACROSS = Weights(words=0.0, pooled=0.45, soft=0.55, partner=0.2)


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
    """Cosines by the index's own encoder, NaN for passages without a vector; None where it wasn't heard."""
    lexical: Floats
    soft: Floats | None = None
    """The token match, 0.0-1.0; 0.0 for what isn't likely by all else, None where it wasn't heard."""
    partner: Floats | None = None
    """As `dense`, by the encoder beside it."""
    across: NDArray[np.bool_] | None = None
    """Whether a passage is in another language than the question; None where no encoder was heard."""
    question: SoftQuestion | None = None
    """What the token match holds against any other text."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The evidence apart, each of shape (passages,), NaN or None as in `Evidence`."""

    words: Floats
    pooled: Floats | None
    soft: Floats | None
    partner: Floats | None
    across: NDArray[np.bool_]

    def fused(self, within: Weights = WITHIN, across: Weights = ACROSS) -> Floats:
        """One score for each passage."""
        return np.where(self.across, self._mixed(across), self._mixed(within)).astype(np.float32)

    def _mixed(self, weights: Weights) -> Floats:
        mixed = (weights.words * self.words).astype(np.float64)
        total = np.full(len(mixed), weights.words, dtype=np.float64)
        for part, weight in (
            (self.pooled, weights.pooled),
            (self.soft, weights.soft),
            (self.partner, weights.partner),
        ):
            if part is not None and weight:
                known = ~np.isnan(part)
                mixed += weight * np.where(known, part, 0.0)
                total += weight * known
        scores: Floats = np.where(total > 0, mixed / np.maximum(total, 1e-6), self.words).astype(np.float32)
        return scores


def weigh(generation: Generation, query: str, heard: Heard, asked: Sequence[Clue] | None = None) -> Evidence:
    """The evidence for a query, with what the encoders made of it.

    `asked`: what the query asks for, where that isn't all of its words.
    """
    asked = generation.lexical.spelled(clues(query) if asked is None else asked)
    lexical = _share(generation.lexical, asked)
    parts = _apart(generation, query, heard, asked, lexical)
    if parts is None:
        worded = _worded(generation, asked, lexical)
        return Evidence(asked, _supported(generation, worded), None, lexical)
    fused = _supported(generation, parts.fused())
    return Evidence(asked, fused, parts.pooled, lexical, parts.soft, parts.partner, parts.across, heard.soft)


def _worded(generation: Generation, asked: Sequence[Clue], lexical: Floats) -> Floats:
    noted = _share(generation.note_lexical, asked)[generation.note_of_passage]
    worded: Floats = lexical + np.float32(NOTE) * noted
    return worded


def _apart(
    generation: Generation, query: str, heard: Heard, asked: Sequence[Clue], lexical: Floats
) -> Parts | None:
    """None where no encoder was heard."""
    pooled = _cosines(generation.dense, heard.pooled)
    partner = _cosines(generation.partner, heard.partner)
    if pooled is None and partner is None:
        return None
    worded = _worded(generation, asked, lexical)
    across = generation.languages != detect_language(query)
    parts = Parts(worded, pooled, None, partner, across)
    if heard.soft is None:
        return parts
    likely = np.argsort(-parts.fused(), kind="stable")[:CANDIDATES]
    soft = np.zeros(len(worded), dtype=np.float32)
    soft[likely] = heard.soft.passages(likely)
    return Parts(worded, pooled, soft, partner, across)


def _cosines(dense: Dense | None, vector: NDArray[np.float32] | None) -> Floats | None:
    return None if vector is None or dense is None or not len(dense) else dense.cosines(vector)


def _supported(generation: Generation, scores: Floats) -> Floats:
    """A note that has more to say on the question comes before one that brushes it once."""
    supported = scores.copy()
    numbers = generation.note_of_passage
    best = np.argsort(-scores, kind="stable")[:_LOOKED_AT]
    if not len(best):
        return supported
    above = np.maximum(scores - FLOOR * scores[best[0]], 0.0) / (1 - FLOOR)
    for note in np.unique(numbers[best]):
        supported[numbers == note] += SUPPORT * above[best[numbers[best] == note][1 : SUPPORTERS + 1]].sum()
    return supported


def search(
    generation: Generation, query: str, heard: Heard, limit: int, note: str | None = None
) -> list[Hit]:
    """The best passages, best first; those that nothing speaks for are left out."""
    evidence = weigh(generation, query, heard)
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
