"""The worker's lane for `/try`: equal requests together, models kept in memory, missing ones fetched."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jobs.engine.batch import run_together
from jobs.engine.cache import ModelCache
from jobs.engine.catalog import check, model_of
from jobs.engine.libraries import Libraries
from jobs.engine.line import Line
from jobs.engine.models import Models
from jobs.engine.protocol import TaskRequest, TaskResult
from jobs.engine.settings import EngineSettings
from jobs.engine.weights import Located
from jobs.engine.wire import Message
from jobs.errors import EngineError
from knowledge.encoder import BUNDLED
from knowledge.errors import RecapError

log = logging.getLogger(__name__)

TIME_SHARE = 0.7
"""Of the time that a task may take, what `generate` may write for."""


class Reports(Protocol):
    """Where results go."""

    def tell(self, *message: Any) -> None: ...

    def fail(self, number: int, error: RecapError) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    number: int
    request: TaskRequest
    located: Located

    @property
    def kind(self) -> tuple[Any, ...]:
        """Requests of one kind run together."""
        return self.request.task, self.located.folder


class TaskLane:
    """Runs tasks in one thread; `put` may be called from any."""

    def __init__(self, settings: EngineSettings, reports: Reports, libraries: Libraries) -> None:
        self._settings = settings
        self._reports = reports
        self._libraries = libraries
        self._models = Models(settings)
        self._line: Line[_Item] = Line(lambda item: item.kind)
        self._fetching: dict[str, list[tuple[int, TaskRequest]]] = {}
        self._lock = threading.Lock()

    def put(self, message: Message) -> None:
        """Takes a request in: refuses it, has its model fetched, or lines it up."""
        _kind, number, request = message
        try:
            check(request)
            name = model_of(request)
            located = self._models.locate(name)
        except RecapError as error:
            self._reports.fail(number, error)
            return
        except Exception:  # this is the thread that reads the channel: it must not end with one request
            log.exception("%s could not be taken in", request.task)
            self._reports.fail(number, EngineError("error.job_failed"))
            return
        if located is not None:
            self._line.put(_Item(number, request, located))
            return
        with self._lock:
            waiting = self._fetching.setdefault(name, [])
            waiting.append((number, request))
            if len(waiting) == 1:
                threading.Thread(target=self._fetch, args=(name,), name=f"fetch {name}", daemon=True).start()

    def run(self) -> None:
        """Works for ever. What the bundled encoder does needs no library, and waits for none."""
        from jobs.engine.device import give_back
        from jobs.engine.tasks.handlers import HANDLERS

        cache: ModelCache[tuple[str, str], Any] = ModelCache(self._settings.cache_bytes, dropped=give_back)
        while True:
            items = self._line.take(lambda first: HANDLERS[first.request.task].most or self._settings.batch)
            if (device := self._device(items)) is not None:
                _Batch(items, cache, device, self._settings, self._reports).run()

    def _device(self, items: Sequence[_Item]) -> str | None:
        """Where they run, the libraries loaded if they need them; None where these can't be had."""
        if items[0].located.name == BUNDLED:
            return "cpu"
        if not self._libraries.loaded:
            for item in items:
                self._reports.tell("progress", item.number, 0.0, "loading")
        try:
            return self._libraries.load()
        except RecapError as error:
            for item in items:
                self._reports.fail(item.number, error)
            return None

    def _fetch(self, name: str) -> None:
        error: RecapError | None = None
        located: Located | None = None
        try:
            located = self._models.find(name, lambda share, stage: self._tell_fetching(name, share, stage))
        except RecapError as problem:
            error = problem
        except Exception:
            log.exception("fetching %s failed", name)
            error = EngineError()
        with self._lock:
            waiting = self._fetching.pop(name)
        for number, request in waiting:
            if located is not None:
                self._line.put(_Item(number, request, located))
            else:
                self._reports.fail(number, error or EngineError())

    def _tell_fetching(self, name: str, share: float, stage: str) -> None:
        with self._lock:
            numbers = [number for number, _request in self._fetching[name]]
        for number in numbers:
            self._reports.tell("progress", number, share, stage)


class _Batch:
    """Equal requests on their way through one model."""

    def __init__(
        self,
        items: Sequence[_Item],
        cache: ModelCache[tuple[str, str], Any],
        device: str,
        settings: EngineSettings,
        reports: Reports,
    ) -> None:
        from jobs.engine.tasks.handler import Limits
        from jobs.engine.tasks.handlers import HANDLERS

        self._items = items
        self._cache = cache
        self._device = device
        self._reports = reports
        self._task = items[0].request.task
        self._located = items[0].located
        self._handler = HANDLERS[self._task]
        self._limits = Limits(settings.new_tokens, settings.task_timeout * TIME_SHARE)

    def run(self) -> None:
        from jobs.engine.device import out_of_memory

        key = (self._handler.kind, self._located.name)
        for item in self._items:
            self._reports.tell("started", item.number)
        if key not in self._cache.held():
            self._progress(0.0, "loading")
        size = self._located.bytes if self._handler.weighs else 0
        try:
            with self._cache.lease(key, size, self._load) as model:
                self._reports.tell("models", self._in_memory())
                self._progress(0.0, "running")
                outcomes = run_together(
                    lambda items: self._run(model, items), self._items, out_of_memory, self._cache.clear
                )
        except Exception as error:  # noqa: BLE001 - told per request below
            outcomes = [error for _item in self._items]
        for item, outcome in zip(self._items, outcomes, strict=True):
            if isinstance(outcome, Exception):
                self._reports.fail(item.number, self._translate(outcome))
            else:
                self._reports.tell("result", item.number, outcome)

    def _load(self) -> Any:
        from jobs.engine.device import out_of_memory

        try:
            try:
                return self._handler.load(self._located, self._device)
            except Exception as error:
                if not out_of_memory(error):
                    raise
                self._cache.clear()
                return self._handler.load(self._located, self._device)
        except RecapError:
            raise
        except Exception as error:
            if out_of_memory(error):
                raise
            log.exception("%s could not be loaded", self._located.name)
            raise EngineError("error.model_unloadable", model=self._located.name) from error

    def _run(self, model: Any, items: Sequence[_Item]) -> list[TaskResult]:
        from jobs.engine.tasks.handler import Run, plain

        requests = [item.request for item in items]
        started = time.monotonic()
        outputs = self._handler.run(
            Run(self._located, model, requests, self._limits, lambda share: self._progress(share, "running"))
        )
        seconds = time.monotonic() - started
        return [
            TaskResult(
                task=self._task,
                model=self._located.name,
                revision=self._located.revision,
                device=self._device,
                seconds=seconds,
                output=plain(output),
            )
            for output in outputs
        ]

    def _progress(self, share: float, stage: str) -> None:
        for item in self._items:
            self._reports.tell("progress", item.number, share, stage)

    def _in_memory(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for _kind, name in self._cache.held()))

    def _translate(self, error: Exception) -> RecapError:
        from jobs.engine.device import out_of_memory

        if isinstance(error, RecapError):
            return error
        log.error("%s with %s failed", self._task, self._located.name, exc_info=error)
        key = "error.out_of_memory" if out_of_memory(error) else "error.task_failed"
        return EngineError(key, task=self._task, model=self._located.name)
