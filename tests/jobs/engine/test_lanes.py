"""What the worker loads, when, and what goes on without it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs.engine.encoders import Encoders
from jobs.engine.libraries import Libraries
from jobs.engine.protocol import RefreshRequest, Role, TaskRequest
from jobs.engine.querylane import QueryLane
from jobs.engine.refreshlane import RefreshLane
from jobs.engine.settings import EngineSettings
from jobs.engine.tasklane import TaskLane
from jobs.errors import WorkerUnavailable
from knowledge.embed import Encoder, Purpose, Vectors
from knowledge.errors import RecapError
from tests.doubles.encoder import HashingEncoder
from tests.jobs.engine.conftest import until


class Told:
    """Keeps what is reported."""

    def __init__(self) -> None:
        self.messages: list[tuple[Any, ...]] = []
        self.errors: dict[int, RecapError] = {}

    def tell(self, *message: Any) -> None:
        self.messages.append(message)

    def fail(self, number: int, error: RecapError) -> None:
        self.errors[number] = error

    def results(self) -> dict[int, Any]:
        return {message[1]: message[2] for message in self.messages if message[0] == "result"}


class Broken(HashingEncoder):
    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        raise MemoryError


class Given(Encoders):
    """Encoders that are there already; remembers which were asked for."""

    def __init__(self, **encoders: Encoder | None) -> None:
        self._given = encoders
        self.asked: list[Role] = []

    def heavy(self, role: Role) -> bool:
        return role in self._given

    def get(self, role: Role) -> Encoder | None:
        self.asked.append(role)
        return self._given.get(role)


class Light(Libraries):
    """Libraries that load at once, or never."""

    def __init__(self, settings: EngineSettings, tell: Callable[..., None], fails: bool = False) -> None:
        super().__init__(settings, tell)
        self.fails = fails
        self.loads = 0

    def _load(self) -> str:
        self.loads += 1
        if self.fails:
            raise ImportError("no torch here")
        return "cpu"


@pytest.fixture
def told() -> Told:
    return Told()


def started(run: Callable[[], None]) -> None:
    threading.Thread(target=run, daemon=True).start()


def query(number: int, *texts: str, role: Role = "encoder") -> tuple[Any, ...]:
    return "encode", number, list(texts), time.monotonic() + 60, role


def test_the_index_s_own_encoder_is_loaded_at_once_and_the_rest_in_a_quiet_moment(
    settings: EngineSettings, told: Told
) -> None:
    encoders = Given(encoder=HashingEncoder("own@1"), partner=HashingEncoder("other@1"))
    libraries = Light(settings, told.tell)
    lane = QueryLane(encoders, libraries, told)
    before: list[list[Role]] = []
    lane.load(lambda _seconds: before.append(list(encoders.asked)))
    assert before == [["encoder"]]
    assert told.messages == [
        ("encoder", "encoder", "own@1"),
        ("encoder", "partner", "other@1"),
        ("loading",),
        ("device", "cpu"),
    ]


def test_queries_are_encoded_by_the_encoder_that_they_are_for(settings: EngineSettings, told: Told) -> None:
    own, other = HashingEncoder(), HashingEncoder()
    own.dimension = 16
    lane = QueryLane(Given(encoder=own, partner=other), Light(settings, told.tell), told)
    lane.load(lambda _seconds: None)
    for number, role in enumerate(("encoder", "partner", "encoder")):
        lane.put(query(number, f"text {number}", "and another", role=role))  # type: ignore[arg-type]
    lane.put(("encode", 3, ["too late"], time.monotonic() - 1, "encoder"))
    started(lane.run)
    until(lambda: len(told.results()) == 3)
    assert {number: vectors.shape for number, vectors in told.results().items()} == {
        0: (2, 16), 1: (2, 64), 2: (2, 16),
    }  # fmt: skip
    np.testing.assert_array_equal(told.results()[2], own.encode(["text 2", "and another"], "query"))


def test_a_query_that_no_encoder_takes_fails_and_the_next_goes_on(
    settings: EngineSettings, told: Told
) -> None:
    lane = QueryLane(Given(encoder=Broken(), partner=HashingEncoder()), Light(settings, told.tell), told)
    lane.put(query(1, "before it is loaded", role="partner"))
    started(lane.run)
    until(lambda: 1 in told.errors)
    lane.load(lambda _seconds: None)
    lane.put(query(2, "too much"))
    lane.put(query(3, "fine", role="partner"))
    until(lambda: 2 in told.errors and 3 in told.results())


def test_libraries_that_can_t_be_loaded_are_tried_once_and_said_to_be_missing(
    settings: EngineSettings, told: Told
) -> None:
    libraries = Light(settings, told.tell, fails=True)
    for _ in range(2):
        with pytest.raises(WorkerUnavailable):
            libraries.load()
    assert libraries.loads == 1
    assert told.messages == [("loading",), ("device", None)]
    lane = QueryLane(Given(), libraries, told)
    lane.load(lambda _seconds: None)


def test_a_task_without_its_libraries_fails_and_one_that_needs_none_runs(
    settings: EngineSettings, told: Told, tiny_models: Path, bundled_encoder: Encoder
) -> None:
    del bundled_encoder
    settings = EngineSettings(models_path=tiny_models, hub_cache=False, offline=True)
    lane = TaskLane(settings, told, Light(settings, told.tell, fails=True))
    lane.put(("task", 1, TaskRequest("sentiment", "fine")))
    lane.put(("task", 2, TaskRequest("tokenize", "fine")))
    started(lane.run)
    until(lambda: 1 in told.errors and 2 in told.results())
    assert told.errors[1].key == "error.worker_unavailable"
    assert ("progress", 1, 0.0, "loading") in told.messages


def test_a_moment_is_quiet_when_no_refresh_is_open_and_none_ended_just_now(
    tmp_path: Path, told: Told
) -> None:
    lane = RefreshLane(Given(), told)
    lane.put(("refresh", 1, RefreshRequest("course", str(tmp_path / "none"), str(tmp_path))))
    quiet = threading.Event()

    def watch() -> None:
        lane.until_quiet(0.05)
        quiet.set()

    started(watch)
    assert not quiet.wait(0.2), "a refresh waits"
    started(lane.run)
    assert quiet.wait(10)
    assert told.errors[1].key == "error.notes_missing"


def test_a_refresh_for_the_partner_steps_back_when_another_waits(tmp_path: Path, told: Told) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# Alpha\n\nAlpha comes first.\n", encoding="utf-8")
    lane = RefreshLane(Given(), told)
    started(lane.run)
    plain = RefreshRequest("course", str(tmp_path / "notes"), str(tmp_path / "index"))
    lane.put(("refresh", 0, plain))
    until(lambda: 0 in told.results())
    waiting = RefreshLane(Given(partner=HashingEncoder()), told)
    for number, request in ((1, replace(plain, partner=True)), (2, plain)):
        waiting.put(("refresh", number, request))
    started(waiting.run)
    until(lambda: 2 in told.results())
    assert told.errors[1].key == "error.refresh_running"
    assert told.results()[2]["notes"] == 1


def test_an_encoder_that_can_t_be_had_is_tried_again_the_next_time(
    settings: EngineSettings, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Encoder] = []

    def load(*_arguments: object) -> Encoder:
        if not found:
            raise OSError
        return found[0]

    monkeypatch.setattr("jobs.engine.encoders.load_encoder", load)
    encoders = Encoders(settings, Light(settings, told.tell))
    assert encoders.get("encoder") is None
    found.append(HashingEncoder())
    assert encoders.get("encoder") is found[0]
    assert encoders.get("partner") is None, "there is none"
    assert not encoders.heavy("encoder")
    assert not encoders.heavy("partner")


WITHOUT_TORCH = """
import sys, time
from pathlib import Path
from jobs.engine.encoders import Encoders
from jobs.engine.libraries import Libraries
from jobs.engine.protocol import RefreshRequest, TaskRequest
from jobs.engine.refreshlane import RefreshLane
from jobs.engine.settings import EngineSettings
from jobs.engine.tasklane import TaskLane
import threading, queue
ended = queue.SimpleQueue()
class Told:
    def tell(self, *message):
        if message[0] == "result": ended.put(message[2])
    def fail(self, number, error): ended.put(error)
told = Told()
settings = EngineSettings(models_path=Path(sys.argv[1]) / "models", hub_cache=False, offline=True)
libraries = Libraries(settings, told.tell)
refreshes, tasks = RefreshLane(Encoders(settings, libraries), told), TaskLane(settings, told, libraries)
for lane in (refreshes, tasks):
    threading.Thread(target=lane.run, daemon=True).start()
refreshes.put(("refresh", 1, RefreshRequest("course", sys.argv[2], sys.argv[1] + "/index")))
print(ended.get(timeout=60)["embedded"] > 0)
for task, options in (("embed", {}), ("classify", {"labels": "a, b"}), ("tokenize", {}), ("inspect", {})):
    tasks.put(("task", 2, TaskRequest(task, "" if task == "inspect" else "text", options=options)))
    print(ended.get(timeout=60).task)
print([name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules])
"""


@pytest.mark.usefixtures("bundled_encoder")
def test_an_index_and_the_tasks_of_the_bundled_encoder_need_no_torch(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Tokens\n\nA tokenizer splits text into tokens.\n", encoding="utf-8")
    command = [sys.executable, "-c", WITHOUT_TORCH, str(tmp_path), str(notes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["True", "embed", "classify", "tokenize", "inspect", "[]"], done.stderr
