"""An encoder without a model: words hashed into a vector."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from knowledge.embed import Encoder, Purpose, TokenEncoder, Vectors
from knowledge.embed_families import reads_latin


class HashingEncoder:
    """Implements `knowledge.embed.Encoder`; counts what it was asked to encode."""

    dimension = 64
    window = 64
    token_encoder = None

    def __init__(self, identity: str = "hashing@1") -> None:
        self.identity = identity
        self.encoded: list[str] = []

    def reads(self, text: str) -> bool:
        return reads_latin(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        if purpose == "passage":
            self.encoded.extend(texts)
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


class HereEncoder:
    """Implements `knowledge.embed.QueryEncoder` with an encoder of this process."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.awake = True
        self.asked: list[str] = []

    @property
    def identity(self) -> str:
        return self._encoder.identity

    @property
    def token_encoder(self) -> TokenEncoder | None:
        return self._encoder.token_encoder if self.awake else None

    def reads(self, text: str) -> bool:
        return self._encoder.reads(text)

    def encode_queries(self, texts: Sequence[str]) -> Vectors | None:
        self.asked.extend(texts)
        return self._encoder.encode(texts, "query") if self.awake else None
