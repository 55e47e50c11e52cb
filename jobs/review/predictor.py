"""Runs models for cards that ask what one will say: the bundled one here, the others on the worker."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TYPE_CHECKING, Final

from jobs.engine.catalog import TASKS, labels_of, texts_of
from jobs.engine.outputs import Output, compared, labelled, tokenized
from jobs.engine.protocol import Engine, TaskRequest
from jobs.errors import EngineError
from jobs.review.predict import Outcome
from knowledge.encoder import BUNDLED
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from knowledge.encoder.static import StaticEncoder

log = logging.getLogger(__name__)

PATIENCE: Final = 5.0
"""Seconds that a card may wait for the worker; without a result it isn't written, this time."""


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


def _output(encoder: StaticEncoder, request: TaskRequest) -> Output:
    """What the worker's task gives with the bundled encoder."""
    if request.task == "tokenize":
        return tokenized(encoder, request.text)
    if request.task == "similarity":
        texts = texts_of(request)
        return compared(texts, encoder.encode(texts, "query"))
    if request.task == "classify":
        labels = labels_of(request)
        return labelled(labels, encoder.encode([request.text, *labels], "query"))
    raise EngineError("error.internal")
