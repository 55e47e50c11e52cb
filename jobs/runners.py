"""What runs the jobs: `/try` and index refreshes, both on an engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy.orm import Session

from jobs.engine.protocol import Engine, Progress, RefreshRequest, TaskRequest
from jobs.tables import JobRow

OnRefreshed = Callable[[Session, RefreshRequest, dict[str, Any]], None]


class TryRunner:
    """Runs a model task. Request: `TaskRequest`'s fields; result: `TaskResult`'s."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        return asdict(self._engine.run_task(TaskRequest(**request), progress).result())

    def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
        """Nothing beside the result itself."""


class RefreshRunner:
    """Refreshes a course. Request: `RefreshRequest`'s fields, beside what is told of it; result: the report.

    `on_built` is called with the course's name when the new index is in use, outside of any transaction:
    what takes long goes there, and may be done again. `on_refreshed` is called in the transaction that marks
    the job done.
    """

    def __init__(self, engine: Engine, on_built: Callable[[str], object], on_refreshed: OnRefreshed) -> None:
        self._engine = engine
        self._on_built = on_built
        self._on_refreshed = on_refreshed

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        wanted = _asked(request)
        report = self._engine.refresh(wanted, progress).result()
        self._on_built(wanted.course)
        return report

    def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
        self._on_refreshed(session, _asked(job.request), result)


def _asked(request: dict[str, Any]) -> RefreshRequest:
    known = {one.name for one in fields(RefreshRequest)}
    return RefreshRequest(**{name: value for name, value in request.items() if name in known})
