"""Engines over a worker without models, and (once a session) tiny models with the real worker."""

from __future__ import annotations

import functools
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.engine.catalog import check, model_of
from jobs.engine.local import LocalEngine
from jobs.engine.models import Models
from jobs.engine.process import WorkerProcess
from jobs.engine.protocol import TaskRequest
from jobs.engine.settings import EngineSettings
from knowledge.clock import SystemClock
from tests.doubles.clock import FrozenClock


def until(look: Callable[[], Any], within: float = 10.0) -> Any:
    """What `look` gives, as soon as it gives something."""
    waiting = threading.Event()
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := look():
            return found
        waiting.wait(0.01)
    raise AssertionError("it did not happen in time")


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and only awaits its parent counts as ended."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state not in {"Z", "X"}


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    return EngineSettings(models_path=tmp_path / "models", hub_cache=False, threads=1, task_timeout=60)


scripted = functools.partial(WorkerProcess, module="tests.doubles.worker")
"""Starts `tests.doubles.worker` instead of the real one."""


@pytest.fixture
def engine(settings: EngineSettings) -> Iterator[LocalEngine]:
    """A started engine over a worker without models; nothing of it may be left at the end."""
    before = set(threading.enumerate())
    engine = LocalEngine(settings, FrozenClock(), launch=scripted)
    engine.start()
    yield engine
    pid = engine.status().pid
    engine.stop()
    assert pid is None or not is_alive(pid)
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name.startswith("engine-")]


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tiny models under the names of the defaults, made once a session."""
    import torch

    from tests.doubles.tiny import make_tiny_models

    torch.set_num_threads(1)
    return make_tiny_models(tmp_path_factory.mktemp("models"))


class Bare:
    """Runs tasks in this process, as the worker's lane does but without it. Loads each model once."""

    def __init__(self, models_path: Path) -> None:
        allowed = tuple(f"tiny/{folder.name}" for folder in (models_path / "tiny").iterdir())
        self.settings = EngineSettings(
            models_path=models_path, hub_cache=False, offline=True, allowed_models=allowed
        )
        self.models = Models(self.settings)
        self.shares: list[float] = []
        self._loaded: dict[tuple[str, str], Any] = {}

    def folder(self, name: str) -> Path:
        located = self.models.locate(name)
        assert located is not None
        return located.folder

    def model(self, task: str, name: str | None = None) -> Any:
        """The task's loaded model: a pipeline, an encoder, a tokenizer."""
        from jobs.engine.tasks.handlers import HANDLERS

        handler = HANDLERS[task]
        name = model_of(TaskRequest(task, "", name))
        key = (handler.kind, name)
        if key not in self._loaded:
            located = self.models.find(name)
            self._loaded[key] = handler.load(located, "cpu")
        return self._loaded[key]

    def run(self, task: str, *texts: str, model: str | None = None, **options: str) -> list[dict[str, Any]]:
        """The outputs for the texts, run together."""
        from jobs.engine.tasks.handler import Limits, Run, plain
        from jobs.engine.tasks.handlers import HANDLERS

        requests = [TaskRequest(task, text, model, options) for text in texts]
        for request in requests:
            check(request)
        located = self.models.find(model_of(requests[0]))
        run = Run(located, self.model(task, model), requests, Limits(new_tokens=12), self.shares.append)
        outputs: list[dict[str, Any]] = plain(HANDLERS[task].run(run))
        return outputs


@pytest.fixture(scope="session")
def bare(tiny_models: Path) -> Bare:
    return Bare(tiny_models)


@pytest.fixture(scope="session")
def real_settings(tiny_models: Path) -> EngineSettings:
    """Tiny models, no hub, MiniLM as partner; `tiny/plain-generator` writes long enough to be interrupted."""
    return EngineSettings(
        models_path=tiny_models,
        hub_cache=False,
        offline=True,
        allowed_models=tuple(f"tiny/{folder.name}" for folder in (tiny_models / "tiny").iterdir()),
        new_tokens=2000,
        threads=1,
        device="cpu",
        partner="minilm",
    )


@pytest.fixture(scope="session")
def real_engine(real_settings: EngineSettings) -> Iterator[LocalEngine]:
    """The real worker, started once a session."""
    with LocalEngine(real_settings, SystemClock()) as engine:
        until(lambda: engine.status().device and "partner" in engine.status().encoders, within=90)
        yield engine
        pid = engine.status().pid
    assert pid is None or not is_alive(pid)
