"""Whether the notes hold an answer at all: one number from what speaks for the best passages.

Never from a fused rank score. Three measurements, each on a scale that doesn't depend on the other passages:
the best cosine between question and passage, where the encoder reads both; the idf-weighted share of the
question's words that one of the best passages holds; and BM25 over the most that the question could give.
Logistic models make a probability of them, with coefficients fitted on questions that a course answers and on
questions that it doesn't (`tests/bench/calibration.py`; figures in `tests/bench/RESULTS.md`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from knowledge.index import Generation
from knowledge.retrieve import Evidence

ANSWERED_FROM = 0.5
"""The one threshold."""

_LEXICAL = (-6.1, 8.5, 12.0)
"""Intercept, weights of share and strength; where no encoder is heard."""
_DENSE = (-8.1, 9.5, 9.5)
"""Intercept, weights of cosine and share."""

_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class Measurements:
    """What speaks for the best passages."""

    share: float
    """The most of the question's words, by idf, that one of the best passages holds; 0.0-1.0."""
    strength: float
    """The best BM25 over the most that the question's terms could give; 0.0-1.0."""
    cosine: float | None
    """The best cosine; None where no encoder was heard."""


def confidence(generation: Generation, evidence: Evidence) -> float:
    """Probability, 0.0-1.0, that the notes answer the question."""
    if not evidence.clues or not len(evidence.fused):
        return 0.0
    found = measure(generation, evidence)
    if found.cosine is None:
        return _logistic(_LEXICAL[0] + _LEXICAL[1] * found.share + _LEXICAL[2] * found.strength)
    return _logistic(_DENSE[0] + _DENSE[1] * found.cosine + _DENSE[2] * found.share)


def measure(generation: Generation, evidence: Evidence) -> Measurements:
    """The measurements for a question with at least one clue."""
    best = np.argsort(-evidence.fused, kind="stable")[:_LOOKED_AT]
    heard = evidence.dense is not None and not np.isnan(evidence.dense).all()
    return Measurements(
        share=float(generation.lexical.coverage(evidence.clues)[best].max()),
        strength=float(evidence.lexical.max()),
        cosine=float(np.nanmax(evidence.dense)) if heard and evidence.dense is not None else None,
    )


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))
