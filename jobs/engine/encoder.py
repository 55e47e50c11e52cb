"""The worker's encoder as the chat process sees it."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.engine.protocol import Engine
from knowledge.embed import Vectors
from knowledge.embed_minilm import MINILM_IDENTITY, reads_latin


class EngineEncoder:
    """Implements `knowledge.embed.QueryEncoder` over an engine; imports no torch."""

    identity = MINILM_IDENTITY

    def __init__(self, engine: Engine, budget: float = 0.25) -> None:
        """`budget`: seconds that a query may wait for its vector."""
        self._engine = engine
        self._budget = budget

    def reads(self, text: str) -> bool:
        return reads_latin(text)

    def encode_queries(self, texts: Sequence[str]) -> Vectors | None:
        return self._engine.encode_queries(texts, self._budget)
