"""Words with vectors given by hand, for what looks at tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.embed import Ids, Vectors


class WordVectors:
    """Implements `knowledge.embed.TokenEncoder`: a word is a token, one that isn't named is unknown."""

    def __init__(self, vectors: Mapping[str, Sequence[float]]) -> None:
        self._numbers = {word: number for number, word in enumerate(vectors, 1)}
        self._table = np.array(
            [[0.0] * len(next(iter(vectors.values()))), *vectors.values()], dtype=np.float32
        )

    def token_ids(self, texts: Sequence[str]) -> list[Ids]:
        return [
            np.array([self._numbers.get(word, 0) for word in text.split()], dtype=np.int32) for text in texts
        ]

    def token_vectors(self, ids: Ids) -> Vectors:
        vectors: Vectors = self._table[ids]
        return vectors
