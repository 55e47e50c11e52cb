"""What an engine does: run a model task, encode queries, refresh an index. Nothing here imports torch.

Requests and results are plain data (JSON types), so that they cross processes and hosts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from knowledge.embed import Vectors

Progress = Callable[[float, str], None]
"""Called with the share done (0.0-1.0) and the stage's name (a catalogue key's last part)."""


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """One `/try`."""

    task: str
    text: str
    model: str | None = None
    """Hub id or folder; None: the task's default."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What else the task takes: `labels` for classify."""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a task gave. The shape of `output` per task is documented with the task (`jobs.engine.tasks`)."""

    task: str
    model: str
    revision: str | None
    device: str
    seconds: float
    """Time in the model, loading left out."""
    output: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """Build the next index generation of a course and make it the current one."""

    course: str
    notes_path: str
    index_path: str
    partner: bool = False
    """Whether the partner encoder's vectors are wanted too. Then it steps back for any other refresh."""


Role = Literal["encoder", "partner"]
"""Of an encoder in the worker: the index's own, or the one that is heard beside it."""

EngineState = Literal["stopped", "starting", "ready", "busy", "restarting", "failing"]
"""failing: the worker ended again and again before it was ready; it is still tried now and then."""


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """How the engine is."""

    state: EngineState
    pid: int | None
    device: str | None
    """Where models run; None until torch has been loaded, empty if it can't be."""
    waiting: int
    """Requests not yet finished."""
    restarts: int
    models: tuple[str, ...]
    """Models in memory."""
    encoders: Mapping[Role, str] = field(default_factory=dict)
    """The identity of each encoder that the worker has loaded; empty for one that can't be had."""


class Engine(Protocol):
    """Runs models somewhere that is not this process.

    Every method is thread-safe and none blocks longer than it says. Futures fail with the errors of
    `jobs.errors` and `knowledge.errors` only.
    """

    def start(self) -> None:
        """Starts the worker without waiting for it; requests made meanwhile wait in line."""

    def run_task(self, request: TaskRequest, progress: Progress | None = None) -> Future[TaskResult]:
        """`progress` is called in a thread of the engine; stages: `fetching`, `loading`, `running`.

        While the worker isn't ready it is called with `starting` before this returns.
        """

    def refresh(self, request: RefreshRequest, progress: Progress | None = None) -> Future[dict[str, Any]]:
        """The future gives `knowledge.refresh.RefreshReport.to_json()`."""

    def encode_queries(self, texts: Sequence[str], timeout: float, role: Role = "encoder") -> Vectors | None:
        """Unit vectors of an encoder in the worker, (len(texts), dimension); None if not had in `timeout` s.

        At once while that encoder isn't loaded.
        """

    def status(self) -> EngineStatus: ...

    def stop(self) -> None:
        """Ends the worker and waits for it; pending requests fail with `WorkerDied`. Idempotent."""
