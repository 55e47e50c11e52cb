"""The engine on this machine: one worker process, started, supervised and restarted.

The supervisor thread owns the worker's life: start, read what it says, notice its end, fail what was
pending, wait a little longer after each early death, start again. Requests made in between wait in line
(`jobs.engine.pending`).
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from types import TracebackType
from typing import Any

from jobs.engine.pending import PendingRequests, tell
from jobs.engine.process import WorkerProcess
from jobs.engine.protocol import (
    EngineState,
    EngineStatus,
    Progress,
    RefreshRequest,
    Role,
    TaskRequest,
    TaskResult,
)
from jobs.engine.settings import EngineSettings
from jobs.engine.wire import Message, unpack_error
from jobs.errors import WorkerDied, WorkerUnavailable
from knowledge.clock import Clock
from knowledge.embed import Vectors
from knowledge.errors import RecapError

log = logging.getLogger(__name__)

FIRST_BACK_OFF = 0.1
LONGEST_BACK_OFF = 30.0
LONG_LIFE = 60.0
"""A worker that lived this many seconds is restarted without delay."""
HOPELESS = 2
"""So many workers in a row that end before they are ready, and what waits fails instead of waiting on."""
GRACE = 3.0
"""Seconds a worker has to end by itself."""

Launch = Callable[[EngineSettings], WorkerProcess]

__all__ = ["EngineSettings", "LocalEngine"]


class LocalEngine:
    """Implements `jobs.engine.protocol.Engine`; a context manager that starts and stops."""

    def __init__(self, settings: EngineSettings, clock: Clock, launch: Launch = WorkerProcess) -> None:
        self._settings = dataclasses.replace(settings, models_path=settings.models_path.resolve())
        self._clock = clock
        self._launch = launch
        self._lock = threading.RLock()
        """Guards the worker and which requests it was given; never held while a request is settled."""
        self._requests = PendingRequests()
        self._worker: WorkerProcess | None = None
        self._supervisor: threading.Thread | None = None
        self._stopping = threading.Event()
        self._ended = False
        self._ready = False
        """Whether the worker takes requests; torch and models come later."""
        self._device: str | None = None
        self._encoders: Mapping[Role, str] = {}
        self._models: tuple[str, ...] = ()
        self._restarts = 0
        self._stillborn = 0
        """Workers in a row that ended before they were ready."""
        self._was_ready = False
        self._due: float | None = None
        """Until when (`time.monotonic`) the worker has to be ready, or to have loaded torch."""

    def start(self) -> None:
        """Starts the worker without waiting for it; requests made meanwhile wait in line. Idempotent."""
        with self._lock:
            if self._supervisor is not None:
                return
            self._ended = False
            self._stopping.clear()
            self._supervisor = threading.Thread(target=self._supervise, name="engine-supervisor", daemon=True)
            self._supervisor.start()

    def run_task(self, request: TaskRequest, progress: Progress | None = None) -> Future[TaskResult]:
        """Runs one task. The future fails with EngineTimeout after `task_timeout` s without progress."""
        return self._submit("task", request, progress=progress, allowance=self._settings.task_timeout)

    def refresh(self, request: RefreshRequest, progress: Progress | None = None) -> Future[dict[str, Any]]:
        """The future gives `knowledge.refresh.RefreshReport.to_json()`."""
        request = dataclasses.replace(
            request,
            notes_path=str(Path(request.notes_path).resolve()),
            index_path=str(Path(request.index_path).resolve()),
        )
        return self._submit("refresh", request, progress=progress, allowance=self._settings.refresh_timeout)

    def encode_queries(self, texts: Sequence[str], timeout: float, role: Role = "encoder") -> Vectors | None:
        """None at once while the encoder isn't loaded, else within `timeout` s."""
        if not self._encoders.get(role):
            return None
        deadline = time.monotonic() + timeout
        future = self._submit("encode", list(texts), deadline, role)
        try:
            vectors: Vectors = future.result(timeout)
        except RecapError:
            return None
        except FutureTimeout:
            self._requests.abandon(future)
            return None
        return vectors

    def status(self) -> EngineStatus:
        with self._lock:
            return EngineStatus(
                state=self._state(),
                pid=self._worker.pid if self._worker else None,
                device=self._device,
                waiting=len(self._requests),
                restarts=self._restarts,
                models=self._models,
                encoders=self._encoders,
            )

    def stop(self) -> None:
        """Ends the worker within a few seconds; pending requests fail with `WorkerDied`. Idempotent."""
        with self._lock:
            self._ended = True
            supervisor, worker = self._supervisor, self._worker
            self._stopping.set()
        if worker is not None:
            worker.hang_up()
        if supervisor is not None:
            supervisor.join(GRACE + 2.0)
        with self._lock:
            self._supervisor = None
        self._requests.fail(self._requests.all())

    def __enter__(self) -> LocalEngine:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _state(self) -> EngineState:
        if self._supervisor is None or self._ended:
            return "stopped"
        if not self._ready:
            if self._stillborn >= HOPELESS:
                return "failing"
            return "restarting" if self._restarts else "starting"
        return "busy" if self._requests else "ready"

    def _submit(
        self,
        kind: str,
        *values: Any,
        progress: Progress | None = None,
        allowance: float | None = None,
    ) -> Future[Any]:
        if not self._ready and not self._ended:
            tell(progress, 0.0, "starting")
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # what has been sent can't be taken back
        with self._lock:
            if self._ended:
                future.set_exception(WorkerDied())
                return future
            pending = self._requests.add(kind, values, future, progress, allowance)
            if self._worker is not None:
                self._requests.send(pending, self._worker)
        return future

    def _supervise(self) -> None:
        back_off = FIRST_BACK_OFF
        while not self._stopping.is_set():
            born = self._clock.now()
            try:
                self._live()
            except Exception:  # whatever it is, without this thread nothing would ever be answered again
                log.exception("supervising the worker failed")
                self._requests.fail(self._requests.all())
            if self._stopping.is_set():
                break
            lived = (self._clock.now() - born).total_seconds()
            back_off = FIRST_BACK_OFF if lived >= LONG_LIFE else back_off
            self._restarts += 1
            log.warning("the worker ended; it is started again in %.1f s", back_off)
            self._stopping.wait(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF)

    def _live(self) -> None:
        """One worker from its start to its end."""
        self._was_ready = False
        try:
            worker = self._launch(self._settings)
        except Exception:
            log.exception("the worker could not be started")
            self._bury(None)
            return
        with self._lock:
            self._worker = worker
            self._due = time.monotonic() + self._settings.start_timeout
            for pending in self._requests.all():
                self._requests.send(pending, worker)
        if self._stopping.is_set():  # stop() came while we started and saw no worker
            worker.hang_up()
        try:
            self._listen(worker)
        finally:
            self._bury(worker)
            status = worker.end(GRACE)
            log.info("worker %d ended with status %d", worker.pid, status)

    def _bury(self, worker: WorkerProcess | None) -> None:
        """What a worker was given fails with its end; where it never got ready, it waits for the next one.

        But not for ever: once that looks hopeless, all that waits fails.
        """
        with self._lock:
            self._stillborn = 0 if self._was_ready else self._stillborn + 1
            self._retire()
            hopeless = self._stillborn >= HOPELESS
            given = self._requests.all() if hopeless else self._requests.given_to(worker)
            if self._stillborn and not hopeless:
                self._requests.take_back(given)
                return
        self._requests.fail(given, WorkerUnavailable if hopeless else WorkerDied)

    def _retire(self) -> None:
        """From now on requests wait in line for the next worker."""
        with self._lock:
            self._worker = None
            self._ready = False
            self._device = None
            self._encoders = {}
            self._models = ()

    def _listen(self, worker: WorkerProcess) -> None:
        while True:
            try:
                if worker.channel.poll(self._time_left()):
                    self._hear(worker.channel.receive())
                elif self._due is not None and time.monotonic() >= self._due:
                    log.error("worker %d did not get ready; it is killed", worker.pid)
                    self._stillborn = HOPELESS  # another would take as long
                    worker.kill()
                    return
                elif stuck := self._requests.stuck():
                    self._retire()
                    worker.kill()
                    self._requests.give_up(stuck)
            except (EOFError, OSError):
                return

    def _hear(self, message: Message) -> None:
        kind, *values = message
        if kind == "ready":
            self._ready, self._was_ready, self._stillborn, self._due = True, True, 0, None
        elif kind == "loading":
            self._due = time.monotonic() + self._settings.start_timeout
        elif kind == "device":
            self._device, self._due = values[0] or "", None
        elif kind == "encoder":
            self._encoders = {**self._encoders, values[0]: values[1]}
        elif kind == "models":
            self._models = tuple(values[0])
        elif kind == "result":
            self._requests.settle(values[0], lambda future: future.set_result(values[1]))
        elif kind == "error":
            error = unpack_error(*values[1:])
            self._requests.settle(values[0], lambda future: future.set_exception(error))
        else:
            self._requests.sign_of_life(kind, *values)

    def _time_left(self) -> float | None:
        """Seconds until the worker is late or the first started request stuck; None: nothing is awaited."""
        deadlines = [each for each in (self._requests.next_deadline(), self._due) if each is not None]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
