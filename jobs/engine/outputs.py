"""What tasks give with a sentence encoder, as plain data; the worker builds it, and cards that predict it do.

The shapes are those of `jobs.engine.tasks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge.encoder.unigram import WORD_BEGINS

if TYPE_CHECKING:
    from knowledge.embed import Vectors
    from knowledge.encoder.static import StaticEncoder

Output = dict[str, Any]

MAX_TOKENS = 512
SCALE = 20.0
"""Cosines are multiplied by it before the softmax, as in the training of sentence-transformers' models."""


def truncation(kept: int, total: int) -> Output:
    """The notice that a text was cut, empty if it wasn't."""
    return {"truncated": {"kept": kept, "total": total}} if kept < total else {}


def tokenized(encoder: StaticEncoder, text: str) -> Output:
    """The text's tokens by the bundled encoder's tokenizer, at most `MAX_TOKENS`."""
    [ids] = encoder.token_ids([text])
    kept = ids[:MAX_TOKENS]
    tokens = encoder.tokens(kept)
    return {
        "tokens": tokens,
        "ids": kept.tolist(),
        "decoded": "".join(tokens).replace(WORD_BEGINS, " ").strip(),
        **truncation(len(kept), len(ids)),
    }


def compared(texts: Sequence[str], vectors: Vectors) -> Output:
    """Cosines of every text with every other. `vectors`: one row of length 1 per text."""
    return {"texts": list(texts), "matrix": np.clip(vectors @ vectors.T, -1.0, 1.0).astype(float).tolist()}


def labelled(labels: Sequence[str], vectors: Vectors) -> Output:
    """The labels, best first. `vectors`: the text's, then one row per label, all of length 1."""
    cosines = vectors[1:] @ vectors[0]
    weights = np.exp(SCALE * (cosines - cosines.max()))
    scores = weights / weights.sum()
    order = np.argsort(-scores, kind="stable")
    return {"labels": [{"label": labels[at], "score": float(scores[at])} for at in order]}
