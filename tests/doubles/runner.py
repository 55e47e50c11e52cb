"""A runner of jobs that does as it is told, and knows what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from jobs.engine.protocol import Progress
from jobs.tables import JobRow


class ScriptedRunner:
    """Runs `script(request, progress)`; counts its runs and the results it saw stored."""

    def __init__(self, script: Callable[[dict[str, Any], Progress], dict[str, Any]]) -> None:
        self._script = script
        self._lock = threading.Lock()
        self.runs: list[dict[str, Any]] = []
        self.stored: list[int] = []

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        with self._lock:
            self.runs.append(request)
        return self._script(request, progress)

    def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
        with self._lock:
            self.stored.append(job.id)
