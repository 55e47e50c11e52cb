"""Whether the notes hold an answer at all: one number from what speaks for the best passages.

Never from a fused rank score. Four measurements, each on a scale that doesn't depend on the other passages:
the best cosine between question and passage, where the encoder reads both; the idf-weighted share of the
question's words that one of the best passages holds; the best token match; and BM25 over the most that the
question could give.
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

_WORDS = (-6.1, 8.5, 12.0)
"""Intercept, weights of share and strength; where no encoder is heard."""
_WITHIN = (-9.4, 12.2, 6.7, 2.7)
"""Intercept, weights of cosine, share and token match; the best passage is in the question's language."""
_COSINE = (-8.1, 9.5, 9.5)
"""Intercept, weights of cosine and share; of an encoder whose tokens can't be matched, fitted on MiniLM."""
_ACROSS = (-10.2, 13.6, 22.2)
"""Intercept, weights of cosine and token match; it is in another."""

_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class Measurements:
    """What speaks for the best passages."""

    share: float
    """The most of the question's words, by idf, that one of the best passages holds; 0.0-1.0."""
    strength: float
    """The best BM25 over the most that the question's terms could give; 0.0-1.0."""
    cosine: float | None
    """The best cosine, by whichever encoder was heard; None where none was."""
    soft: float | None
    """The best token match; None where the encoder has none."""
    across: bool
    """Whether the best passage is in another language than the question."""


def confidence(generation: Generation, evidence: Evidence) -> float:
    """Probability, 0.0-1.0, that the notes answer the question."""
    if not evidence.clues or not len(evidence.fused):
        return 0.0
    found = measure(generation, evidence)
    if found.cosine is None:
        return _logistic(_WORDS, found.share, found.strength)
    if found.soft is None:
        return _logistic(_COSINE, found.cosine, found.share)
    if found.across:
        return _logistic(_ACROSS, found.cosine, found.soft)
    return _logistic(_WITHIN, found.cosine, found.share, found.soft)


def measure(generation: Generation, evidence: Evidence) -> Measurements:
    """The measurements for a question with at least one clue."""
    best = np.argsort(-evidence.fused, kind="stable")[:_LOOKED_AT]
    cosines = [
        float(np.nanmax(heard))
        for heard in (evidence.dense, evidence.partner)
        if heard is not None and not np.isnan(heard).all()
    ]
    cosine = cosines[0] if cosines else None
    return Measurements(
        share=float(generation.lexical.coverage(evidence.clues)[best].max()),
        strength=float(evidence.lexical.max()),
        cosine=cosine,
        soft=float(evidence.soft[best].max()) if evidence.soft is not None else None,
        across=evidence.across is not None and bool(evidence.across[best[0]]),
    )


def _logistic(weights: tuple[float, ...], *measured: float) -> float:
    x = weights[0] + sum(weight * value for weight, value in zip(weights[1:], measured, strict=True))
    return 1 / (1 + math.exp(-x))
