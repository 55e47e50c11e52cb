"""What runs the jobs: `/try`, what a card asks of a model, and index refreshes, all on an engine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy.orm import Session

from jobs.engine.protocol import Engine, Progress, RefreshRequest, TaskRequest
from jobs.errors import WorkerDied
from jobs.review.records import CardReport
from jobs.tables import JobRow
from knowledge.errors import RecapError

log = logging.getLogger(__name__)

OnRefreshed = Callable[[Session, RefreshRequest, dict[str, Any]], None]


class TryRunner:
    """Runs a model task. Request: `TaskRequest`'s fields; result: `TaskResult`'s."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        return asdict(self._engine.run_task(TaskRequest(**request), progress).result())

    def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
        """Nothing beside the result itself."""


class PredictRunner:
    """Runs what a card had its learner predict. Request: `attempt`, `task`, `text`, `labels`.

    Result: `live`, `TaskResult`'s fields, or None where the worker can't give one within `patience` seconds:
    then what is stored with the card stands in. A worker that dies is tried once more, as with any job.
    """

    def __init__(self, engine: Engine, patience: float = 20.0) -> None:
        self._engine = engine
        self._patience = patience

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        if self._engine.status().state in ("stopped", "failing"):
            return {"live": None}
        options = {"labels": request["labels"]} if request.get("labels") else {}
        wanted = TaskRequest(request["task"], request["text"], None, options)
        try:
            return {"live": asdict(self._engine.run_task(wanted, progress).result(self._patience))}
        except WorkerDied:
            raise
        except (RecapError, FutureTimeout) as error:
            log.info("a prediction is held against the stored result: %s", error)
            return {"live": None}

    def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
        """Nothing beside the result itself."""


class RefreshRunner:
    """Refreshes a course. Request: `RefreshRequest`'s fields, beside what is told of it; result: the report.

    `on_built` is called with the course's name when the new index is in use, outside of any transaction:
    what takes long goes there, and may be done again; what it did to the cards is part of the result, under
    `cards`. `on_refreshed` is called in the transaction that marks the job done.
    """

    def __init__(
        self, engine: Engine, on_built: Callable[[str], CardReport], on_refreshed: OnRefreshed
    ) -> None:
        self._engine = engine
        self._on_built = on_built
        self._on_refreshed = on_refreshed

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        wanted = _asked(request)
        report = self._engine.refresh(wanted, progress).result()
        return {**report, "cards": asdict(self._on_built(wanted.course))}

    def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
        self._on_refreshed(session, _asked(job.request), result)


def _asked(request: dict[str, Any]) -> RefreshRequest:
    known = {one.name for one in fields(RefreshRequest)}
    return RefreshRequest(**{name: value for name, value in request.items() if name in known})
