"""What a task's code looks like to the worker."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.engine.outputs import Output
from jobs.engine.protocol import TaskRequest
from jobs.engine.weights import Located


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a run."""

    new_tokens: int = 80
    seconds: float = 90.0


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a model over equal requests."""

    located: Located
    model: Any
    requests: Sequence[TaskRequest]
    limits: Limits
    progress: Callable[[float], None]
    """Called with the share of the run that is done."""

    @property
    def texts(self) -> list[str]:
        return [clean(request.text) for request in self.requests]


@dataclass(frozen=True, slots=True)
class Handler:
    """How a task loads its model and runs it."""

    kind: str
    """Tasks of one kind share a loaded model."""
    load: Callable[[Located, str], Any]
    """Takes the model on disk and the device; ModelUnavailable if it isn't one for this task."""
    run: Callable[[Run], list[Output]]
    """One output per request, in order."""
    most: int | None = None
    """The most requests that run together; None: as the settings say."""
    weighs: bool = True
    """Whether the loaded model holds the weights."""


def clean(text: str) -> str:
    """The text without surrounding space; what no tokenizer can encode (a lone surrogate) is replaced."""
    return text.strip().encode("utf-8", "replace").decode("utf-8")


def plain(value: Any) -> Any:
    """The same in JSON types: NumPy scalars become numbers, what isn't finite becomes None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
