"""An encoder of the worker as the chat process sees it."""

from __future__ import annotations

from collections.abc import Sequence

from jobs.engine.protocol import Engine, Role
from knowledge.embed import EncoderState, Vectors
from knowledge.embed_families import full_name, reader


class EngineEncoder:
    """Implements `knowledge.embed.QueryEncoder` over an engine; imports no torch.

    The worker tells the identity once it has loaded the encoder. Until then there is none, so that no index
    takes it for its own; and there would be no vector either.
    """

    def __init__(self, engine: Engine, name: str, role: Role = "encoder", budget: float = 0.25) -> None:
        """`name`: as in the engine's settings; `budget`: seconds that a query may wait for its vector."""
        self.name = full_name(name)
        self._engine = engine
        self._role: Role = role
        self._budget = budget
        self._reads = reader(self.name)

    token_encoder = None
    """They are the worker's."""

    @property
    def identity(self) -> str:
        return self._engine.status().encoders.get(self._role, "")

    @property
    def state(self) -> EncoderState:
        status = self._engine.status()
        identity = status.encoders.get(self._role)
        if identity:
            return "ready"
        return "missing" if identity is not None or status.state == "failing" else "loading"

    def reads(self, text: str) -> bool:
        return self._reads(text)

    def encode_queries(self, texts: Sequence[str]) -> Vectors | None:
        return self._engine.encode_queries(texts, self._budget, self._role)
