"""Soft token match: late interaction over a static encoder's token vectors.

Each token of the question looks for the passage's nearest token (MaxSim; O. Khattab & M. Zaharia, "ColBERT",
SIGIR 2020, https://arxiv.org/abs/2004.12832). Since the vectors are static, the passages need none of their
own: their tokens' numbers suffice. A token of the question counts by the length of its vector, which training
makes small for what says little, and by its rarity in the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Ids, TokenEncoder, Vectors

Floats = NDArray[np.float32]

SHARPNESS = 3
"""The power of a cosine: what is only akin counts for little."""
_TINY = 1e-6


@dataclass(frozen=True)
class PassageTokens:
    """The tokens of an index's passages."""

    ids: Ids
    """Of all passages, one after the other."""
    starts: NDArray[np.int64]
    """Where each passage's begin, and behind the last where they end; shape (passages + 1,)."""

    @classmethod
    def of(cls, passages: Sequence[Ids]) -> PassageTokens:
        starts = np.zeros(len(passages) + 1, dtype=np.int64)
        np.cumsum([len(ids) for ids in passages], out=starts[1:])
        return cls(np.concatenate([np.zeros(0, dtype=np.int32), *passages]), starts)

    def __len__(self) -> int:
        """Number of passages."""
        return len(self.starts) - 1

    def passage(self, number: int) -> Ids:
        return self.ids[self.starts[number] : self.starts[number + 1]]

    @cached_property
    def frequencies(self) -> NDArray[np.int32]:
        """In how many passages each token stands, up to the highest that stands in any."""
        owners = np.repeat(np.arange(len(self)), np.diff(self.starts))
        size = int(self.ids.max(initial=-1)) + 1
        pairs = np.unique(owners * size + self.ids)
        return np.bincount(pairs % max(size, 1), minlength=size).astype(np.int32)

    def rarity(self, ids: Ids) -> Floats:
        """How much it says that a passage holds each of these tokens: BM25's idf."""
        known = self.frequencies
        held = np.zeros(len(ids))
        inside = ids < len(known)
        held[inside] = known[ids[inside]]
        rarity: Floats = np.log1p((len(self) - held + 0.5) / (held + 0.5)).astype(np.float32)
        return rarity

    def save(self, folder: Path) -> None:
        """Writes `tokens.npz` into an existing folder."""
        np.savez(folder / "tokens.npz", ids=self.ids, starts=self.starts)

    @classmethod
    def load(cls, folder: Path, passages: int) -> PassageTokens | None:
        """None where the generation was made without such an encoder. ValueError if it doesn't fit."""
        file = folder / "tokens.npz"
        if not file.is_file():
            return None
        with np.load(file, allow_pickle=False) as stored:
            tokens = cls(stored["ids"], stored["starts"])
        if len(tokens) != passages or tokens.starts[-1] != len(tokens.ids):
            raise ValueError(f"tokens of {len(tokens)} passages for {passages}")
        return tokens


class SoftQuestion:
    """A question, ready to be held against passages of one index and against any texts."""

    def __init__(self, encoder: TokenEncoder, question: str, index: PassageTokens) -> None:
        self._encoder = encoder
        self._index = index
        [ids] = encoder.token_ids([question])
        ids = np.unique(ids)
        vectors = encoder.token_vectors(ids)
        lengths = np.linalg.norm(vectors, axis=1)
        weights = lengths * index.rarity(ids)
        self._vectors: Vectors = vectors / np.maximum(lengths, _TINY)[:, None]
        self._weights: Floats = weights / max(float(weights.sum()), _TINY)

    def passages(self, numbers: NDArray[np.integer]) -> Floats:
        """How well each of these passages meets the question; shape (len(numbers),), 0.0-1.0."""
        return self._met([self._index.passage(int(number)) for number in numbers])

    def texts(self, texts: Sequence[str]) -> Floats:
        """The same for texts that needn't be passages."""
        return self._met(self._encoder.token_ids(texts))

    def _met(self, texts: Sequence[Ids]) -> Floats:
        """Weighed sum over the question's tokens of the nearest token's cosine, sharpened."""
        met = np.zeros(len(texts), dtype=np.float32)
        told = [number for number, ids in enumerate(texts) if len(ids)]
        if not told or not len(self._weights):
            return met
        flat = np.concatenate([texts[number] for number in told])
        starts = np.cumsum([0, *(len(texts[number]) for number in told[:-1])])
        distinct, places = np.unique(flat, return_inverse=True)
        vectors = self._encoder.token_vectors(distinct)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _TINY)
        near = np.maximum(self._vectors @ vectors.T, 0.0) ** SHARPNESS
        met[told] = self._weights @ np.maximum.reduceat(near[:, places], starts, axis=1)
        return met
