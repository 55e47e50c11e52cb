"""The real worker process: tasks, queries and refreshes side by side; killed, it hurts nobody for long."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs.engine.catalog import TASKS
from jobs.engine.encoder import EngineEncoder
from jobs.engine.local import LocalEngine
from jobs.engine.protocol import RefreshRequest, TaskRequest
from jobs.engine.settings import EngineSettings
from jobs.errors import EngineError, TaskInputError, TaskUnknown, WorkerDied
from knowledge.clock import SystemClock
from knowledge.embed_families import MINILM
from knowledge.embed_loading import load_encoder
from knowledge.errors import ModelUnavailable, NotesError
from knowledge.library import Library
from tests.doubles.hub import BlackHole, FakeHub
from tests.jobs.engine.conftest import Bare, is_alive, until

LONG_TASK = TaskRequest("generate", "Once upon a time", model="tiny/plain-generator")


ENCODING = [
    ("tokenize", "Здравей, world! 你好", {}),
    ("similarity", "a cat | a kitten", {}),
    ("embed", "word " * 300, {}),
    ("classify", "The GPU is hot", {"labels": "sport, computing"}),
    ("inspect", "", {}),
]


@pytest.mark.parametrize(
    ("task", "text", "options"),
    [
        *ENCODING,
        ("sentiment", "I love it", {}),
        ("ner", "Hugging Face is based in New York", {}),
        ("fill-mask", "A ___ hides one word", {}),
    ],
)
@pytest.mark.usefixtures("bundled_encoder")
def test_the_worker_gives_what_the_task_gives(
    real_engine: LocalEngine, bare: Bare, task: str, text: str, options: dict[str, str]
) -> None:
    compare(real_engine, bare, TaskRequest(task, text, options=options), TASKS[task].default_model)


@pytest.mark.parametrize(("task", "text", "options"), ENCODING)
def test_so_it_does_with_minilm(
    real_engine: LocalEngine, bare: Bare, task: str, text: str, options: dict[str, str]
) -> None:
    compare(real_engine, bare, TaskRequest(task, text, MINILM, options), MINILM)


def compare(engine: LocalEngine, bare: Bare, request: TaskRequest, model: str) -> None:
    told: list[tuple[float, str]] = []
    result = engine.run_task(request, lambda *news: told.append(news)).result(60)
    assert (result.task, result.model, result.device) == (request.task, model, "cpu")
    [expected] = bare.run(request.task, request.text, model=request.model, **request.options)
    assert same(result.output, expected)
    assert told[-1] == (0.0, "running")
    assert result.model in engine.status().models


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == pytest.approx(other, abs=1e-4)) if isinstance(one, float) else one == other


def test_many_equal_requests_at_once_each_get_their_own_answer(real_engine: LocalEngine, bare: Bare) -> None:
    texts = [f"sentence number {index} " + "and more " * index for index in range(20)]
    futures = [real_engine.run_task(TaskRequest("sentiment", text)) for text in texts]
    bad = real_engine.run_task(TaskRequest("sentiment", " "))
    for text, future in zip(texts, futures, strict=True):
        assert same(future.result(60).output, bare.run("sentiment", text)[0])
    with pytest.raises(TaskInputError) as caught:
        bad.result(60)
    assert caught.value.key == "error.task_text_empty"


def test_refusals_come_as_they_are(real_engine: LocalEngine) -> None:
    with pytest.raises(TaskUnknown):
        real_engine.run_task(TaskRequest("dance", "x")).result(10)
    with pytest.raises(TaskInputError) as caught:
        real_engine.run_task(TaskRequest("sentiment", "x", model="/etc")).result(10)
    assert caught.value.key == "error.model_not_allowed"
    with pytest.raises(ModelUnavailable) as wrong:
        real_engine.run_task(TaskRequest("sentiment", "x", model="tiny/encoder")).result(60)
    assert wrong.value.key == "error.model_not_for_task"


@pytest.mark.parametrize("name", ["tiny/broken", "tiny/strange"])
def test_a_model_that_can_t_be_loaded_is_said_to_be(real_engine: LocalEngine, name: str) -> None:
    for task in ("embed", "sentiment"):
        with pytest.raises(EngineError) as caught:
            real_engine.run_task(TaskRequest(task, "x", model=name)).result(60)
        assert (caught.value.key, caught.value.params) == ("error.model_unloadable", {"model": name})


def test_queries_are_encoded_as_retrieval_expects(real_engine: LocalEngine) -> None:
    encoder = EngineEncoder(real_engine, "minilm", "partner", budget=10)
    vectors = encoder.encode_queries(["What is a token?", "GPU"])
    assert vectors is not None
    expected = load_encoder("minilm")
    assert encoder.identity == expected.identity
    assert np.allclose(vectors, expected.encode(["What is a token?", "GPU"], "query"), atol=1e-5)
    assert encoder.reads("a token")
    assert encoder.encode_queries(["\ud800"]) is not None, "half a character must not end the worker"


def test_a_query_does_not_wait_behind_a_running_task(real_engine: LocalEngine) -> None:
    running = threading.Event()
    future = real_engine.run_task(LONG_TASK, lambda share, stage: running.set() if share > 0 else None)
    assert running.wait(60)
    vectors = real_engine.encode_queries(["What is a token?"], timeout=60, role="partner")
    assert not future.done(), "the task was too short to prove anything"
    assert vectors is not None
    assert future.result(120).output["text"]


@pytest.mark.usefixtures("bundled_encoder")
def test_a_refresh_runs_in_the_worker_and_tells_its_progress(
    real_engine: LocalEngine, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text(
        "# Tokens\n\nA tokenizer splits text into tokens.\n\n# Модел\n\nМоделът учи.\n"
    )
    stages: list[str] = []
    request = RefreshRequest("course", str(notes), str(tmp_path / "index"))
    report = real_engine.refresh(request, lambda _share, stage: stages.append(stage)).result(120)
    assert report["notes"] == 1
    assert report["embedded"] > 0
    assert "embedding" in stages
    with pytest.raises(NotesError) as caught:
        real_engine.refresh(dataclasses.replace(request, notes_path=str(tmp_path / "none"))).result(60)
    assert caught.value.key == "error.notes_missing"


@pytest.mark.slow
def test_a_configured_encoder_makes_the_index_and_hears_its_questions(
    real_settings: EngineSettings, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Tokens\n\nA tokenizer splits text into tokens.\n")
    settings = dataclasses.replace(real_settings, encoder="tiny/encoder", partner="org/nowhere")
    with LocalEngine(settings, SystemClock()) as engine:
        encoder = EngineEncoder(engine, "tiny/encoder", budget=60)
        partner = EngineEncoder(engine, "org/nowhere", "partner")
        assert (encoder.state, encoder.identity) == ("loading", "")
        request = RefreshRequest("course", str(notes), str(tmp_path / "index"))
        assert engine.refresh(request).result(120)["embedded"] > 0
        until(lambda: encoder.state == "ready" and partner.state == "missing", within=60)
        library = Library(tmp_path / "index", encoder)
        [generation] = library.generations("course")
        assert generation.encoder == encoder.identity
        assert encoder.identity.startswith("tiny/encoder@sha256:")
        assert library.ask("course", "What does a tokenizer do?").dense


def test_the_worker_ignores_ctrl_c(real_engine: LocalEngine) -> None:
    pid = real_engine.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    assert real_engine.run_task(TaskRequest("tokenize", "still there", MINILM)).result(30)
    assert real_engine.status().pid == pid


@pytest.mark.slow
def test_a_worker_killed_in_mid_task_fails_it_at_once_and_its_successor_works(
    real_settings: EngineSettings,
) -> None:
    with LocalEngine(real_settings, SystemClock()) as engine:
        running = threading.Event()
        future = engine.run_task(LONG_TASK, lambda share, stage: running.set() if share > 0 else None)
        assert running.wait(90)
        pid = engine.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            future.result(15)
        assert engine.encode_queries(["x"], timeout=1, role="partner") is None
        assert engine.run_task(TaskRequest("tokenize", "again", MINILM)).result(90).model == MINILM


def test_a_model_that_can_t_be_had_is_said_within_five_seconds_even_by_a_worker_that_only_starts(
    settings: EngineSettings,
) -> None:
    with BlackHole() as hole:
        cold = dataclasses.replace(settings, endpoint=hole.url)
        with LocalEngine(cold, SystemClock()) as engine:
            until(lambda: engine.status().pid)
            began = time.monotonic()
            with pytest.raises(ModelUnavailable) as caught:
                engine.run_task(TaskRequest("sentiment", "x")).result(30)
            took = time.monotonic() - began
    name = TASKS["sentiment"].default_model
    assert caught.value.params == {"model": name, "command": f"recap models pull {name}"}
    assert took < 6, "the machine is shared: a second of grace for starting Python"


@pytest.mark.slow
def test_a_model_is_fetched_on_its_first_use(
    settings: EngineSettings, tiny_models: Path, tmp_path: Path
) -> None:
    name = TASKS["sentiment"].default_model
    stages: list[str] = []
    with FakeHub({name: tiny_models / name}) as hub:
        fetching = dataclasses.replace(settings, endpoint=hub.url)
        with LocalEngine(fetching, SystemClock()) as engine:
            futures = [
                engine.run_task(TaskRequest("sentiment", text), lambda _share, stage: stages.append(stage))
                for text in ("good", "bad")
            ]
            for future in futures:
                assert future.result(120).output["labels"]
    assert list(dict.fromkeys(stages)) == ["starting", "fetching", "loading", "running"]
    assert len([path for path in hub.asked if path.startswith("/api/")]) == 1


CHAT_PROCESS = """
import sys
from pathlib import Path
from jobs.engine.local import LocalEngine
from jobs.engine.protocol import TaskRequest
from jobs.engine.settings import EngineSettings
from knowledge.clock import SystemClock
settings = EngineSettings(
    models_path=Path(sys.argv[1]), hub_cache=False, offline=True, allowed_models=("tiny/plain-generator",),
    new_tokens=2000, threads=1,
)
engine = LocalEngine(settings, SystemClock())
engine.start()
request = TaskRequest("generate", "Once upon a time", model="tiny/plain-generator")
started = False
def progress(share, stage):
    global started
    if share > 0 and not started:
        started = True
        print(engine.status().pid, flush=True)
engine.run_task(request, progress).result()
"""


@pytest.mark.slow
def test_when_the_chat_process_is_killed_in_mid_task_the_worker_ends_too(tiny_models: Path) -> None:
    command: Sequence[str] = [sys.executable, "-c", CHAT_PROCESS, str(tiny_models)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        assert is_alive(worker)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        until(lambda: not is_alive(worker), within=15)


@pytest.mark.slow
def test_when_the_chat_process_is_killed_while_the_worker_loads_the_worker_ends_too(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from jobs.engine.local import LocalEngine, EngineSettings\n"
        "from knowledge.clock import SystemClock\n"
        "engine = LocalEngine(EngineSettings(models_path=Path('m'), offline=True), SystemClock())\n"
        "engine.start()\n"
        "while engine.status().pid is None: time.sleep(0.01)\n"
        "print(engine.status().pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        until(lambda: "libtorch" in Path(f"/proc/{worker}/maps").read_text(), within=30)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        until(lambda: not is_alive(worker), within=15)
