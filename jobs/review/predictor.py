"""Runs models for cards that ask what one will say: the bundled one here, the others on the worker."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from jobs.engine.catalog import TASKS, labels_of, texts_of
from jobs.engine.protocol import Engine, TaskRequest
from jobs.errors import EngineError
from jobs.review.predict import Outcome
from knowledge.encoder import BUNDLED
from knowledge.encoder.unigram import WORD_BEGINS
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from knowledge.encoder.static import StaticEncoder

log = logging.getLogger(__name__)

PATIENCE: Final = 5.0
"""Seconds that a card may wait for the worker; without a result it isn't written, this time."""
_SCALE = 20.0
"""As in `jobs.engine.tasks.encoding`."""


class LocalPredictor:
    """Implements `jobs.review.predict.Predictor` on what is on disk; nothing is ever fetched for a card."""

    def __init__(
        self,
        bundled: Callable[[], StaticEncoder | None],
        engine: Engine,
        on_disk: Callable[[str], bool],
        patience: float = PATIENCE,
    ) -> None:
        """`on_disk`: whether a model's weights are; `patience`: seconds that its result may take."""
        self._bundled = bundled
        self._engine = engine
        self._on_disk = on_disk
        self._patience = patience

    def outcome(self, request: TaskRequest) -> Outcome | None:
        model = TASKS[request.task].default_model
        if model == BUNDLED:
            encoder = self._bundled()
            return None if encoder is None else Outcome(encoder.identity, _output(encoder, request))
        if not self._on_disk(model) or self._engine.status().state not in ("ready", "busy"):
            return None
        try:
            found = self._engine.run_task(request).result(self._patience)
        except (RecapError, FutureTimeout) as error:
            log.info("no card on what %s says: %s", model, error)
            return None
        return Outcome(f"{found.model}@{found.revision or ''}".rstrip("@"), found.output)


def _output(encoder: StaticEncoder, request: TaskRequest) -> dict[str, Any]:
    """What the worker's task gives with the bundled encoder (`jobs.engine.tasks.encoding`)."""
    if request.task == "tokenize":
        [ids] = encoder.token_ids([request.text])
        tokens = encoder.tokens(ids)
        decoded = "".join(tokens).replace(WORD_BEGINS, " ").strip()
        return {"tokens": tokens, "ids": ids.tolist(), "decoded": decoded}
    if request.task == "similarity":
        texts = texts_of(request)
        vectors = encoder.encode(texts, "query")
        return {"texts": texts, "matrix": np.clip(vectors @ vectors.T, -1.0, 1.0).astype(float).tolist()}
    if request.task == "classify":
        return {"labels": _labels(encoder, request.text, labels_of(request))}
    raise EngineError("error.internal")


def _labels(encoder: StaticEncoder, text: str, labels: Sequence[str]) -> list[dict[str, Any]]:
    vectors = encoder.encode([text, *labels], "query")
    cosines = vectors[1:] @ vectors[0]
    weights = np.exp(_SCALE * (cosines - cosines.max()))
    scores = weights / weights.sum()
    order = np.argsort(-scores, kind="stable")
    return [{"label": labels[at], "score": float(scores[at])} for at in order]
