"""An engine in this process, without a worker and without models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from jobs.engine.protocol import (
    EngineState,
    EngineStatus,
    Progress,
    RefreshRequest,
    Role,
    TaskRequest,
    TaskResult,
)
from knowledge.clock import Clock
from knowledge.embed import Vectors
from knowledge.refresh import refresh

Task = Callable[[TaskRequest], dict[str, Any]]


def tokenized(request: TaskRequest) -> dict[str, Any]:
    """What `tokenize` would give, by white space."""
    tokens = request.text.split()
    return {"tokens": tokens, "ids": list(range(len(tokens))), "decoded": request.text}


class InProcessEngine:
    """Implements `jobs.engine.protocol.Engine`: refreshes are real but lexical, tasks are a function.

    While `held` is clear, tasks wait.
    """

    def __init__(self, clock: Clock, task: Task = tokenized, state: EngineState = "ready") -> None:
        self._clock = clock
        self._task = task
        self.state: EngineState = state
        self.encoders: Mapping[Role, str] = {}
        self.held = threading.Event()
        self.held.set()
        self.refreshes: list[RefreshRequest] = []
        self.started = 0
        self.stopped = 0

    def start(self) -> None:
        self.started += 1

    def run_task(self, request: TaskRequest, progress: Progress | None = None) -> Future[TaskResult]:
        future: Future[TaskResult] = Future()
        assert self.held.wait(10)
        try:
            output = self._task(request)
        except Exception as error:  # noqa: BLE001  a future carries whatever was raised
            future.set_exception(error)
        else:
            future.set_result(TaskResult(request.task, "test/model", None, "cpu", 0.01, output))
        return future

    def refresh(self, request: RefreshRequest, progress: Progress | None = None) -> Future[dict[str, Any]]:
        future: Future[dict[str, Any]] = Future()
        self.refreshes.append(request)
        try:
            report = refresh(
                request.course,
                Path(request.notes_path),
                Path(request.index_path),
                None,
                self._clock,
                progress,
            )
        except Exception as error:  # noqa: BLE001  a future carries whatever was raised
            future.set_exception(error)
        else:
            future.set_result(report.to_json())
        return future

    def encode_queries(self, texts: Sequence[str], timeout: float, role: Role = "encoder") -> Vectors | None:
        return None

    def status(self) -> EngineStatus:
        return EngineStatus(self.state, None, "cpu", 0, 0, (), self.encoders)

    def stop(self) -> None:
        self.stopped += 1
