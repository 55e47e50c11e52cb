"""The supervisor: requests reach a worker, a dead worker is noticed and replaced, nothing is left behind."""

from __future__ import annotations

import dataclasses
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.engine.encoder import EngineEncoder
from jobs.engine.local import LocalEngine
from jobs.engine.process import WorkerProcess
from jobs.engine.protocol import RefreshRequest, TaskRequest
from jobs.engine.settings import EngineSettings
from jobs.errors import EngineTimeout, TaskInputError, WorkerDied, WorkerUnavailable
from tests.doubles.clock import FrozenClock
from tests.jobs.engine.conftest import is_alive, scripted, until

ALIVE = 15.0
"""Seconds after which even a busy machine has answered; what would be waited for by mistake takes longer."""


def ask(engine: LocalEngine, text: str) -> dict[str, object]:
    return engine.run_task(TaskRequest("tokenize", text)).result(10).output


def test_a_request_made_before_the_worker_is_up_waits_for_it(engine: LocalEngine) -> None:
    assert ask(engine, "say hello")["text"] == "hello"


def test_a_request_made_before_the_start_waits_too(settings: EngineSettings) -> None:
    engine = LocalEngine(settings, FrozenClock(), launch=scripted)
    future = engine.run_task(TaskRequest("tokenize", "say early"))
    assert engine.status().state == "stopped"
    with engine:
        assert future.result(10).output["text"] == "early"


def test_progress_reaches_whoever_asked(engine: LocalEngine) -> None:
    until(lambda: engine.status().state == "ready")
    told: list[tuple[float, str]] = []
    request = TaskRequest("tokenize", "progress x")
    engine.run_task(request, lambda share, stage: told.append((share, stage))).result(10)
    assert told == [(0.25, "running"), (0.75, "running")]


def test_a_listener_that_fails_doesn_t_disturb_the_task(engine: LocalEngine) -> None:
    def broken(share: float, stage: str) -> None:
        raise RuntimeError

    assert engine.run_task(TaskRequest("tokenize", "progress x"), broken).result(10)


def test_an_error_of_the_worker_arrives_as_itself(engine: LocalEngine) -> None:
    with pytest.raises(TaskInputError) as caught:
        ask(engine, "fail")
    assert caught.value.key == "error.task_needs_labels"
    assert caught.value.params == {"count": 1}


def test_a_refresh_gives_its_report(engine: LocalEngine) -> None:
    until(lambda: engine.status().state == "ready")
    told: list[tuple[float, str]] = []
    future = engine.refresh(RefreshRequest("c", "notes", "index"), lambda *news: told.append(news))
    assert future.result(10) == {"course": "c", "notes": str(Path("notes").resolve())}
    assert told == [(0.5, "embedding")]


def test_queries_are_encoded_within_their_time(engine: LocalEngine) -> None:
    until(lambda: "encoder" in engine.status().encoders)
    vectors = engine.encode_queries(["a", "b"], timeout=10)
    assert vectors is not None
    assert vectors.shape == (2, 3)


def test_an_encoder_that_the_worker_has_not_gives_none_at_once(engine: LocalEngine) -> None:
    until(lambda: engine.status().encoders == {"encoder": "scripted@1", "partner": ""})
    began = time.monotonic()
    assert engine.encode_queries(["a"], timeout=600, role="partner") is None
    assert time.monotonic() - began < ALIVE


def test_an_encoder_of_the_worker_is_known_by_what_the_worker_says(engine: LocalEngine) -> None:
    encoder, partner = (EngineEncoder(engine, "minilm", role) for role in ("encoder", "partner"))
    until(lambda: "partner" in engine.status().encoders)
    assert (encoder.state, encoder.identity) == ("ready", "scripted@1")
    assert (partner.state, partner.identity) == ("missing", "")
    assert encoder.reads("What is a token?")
    assert not encoder.reads("Какво е токен?")
    engine.stop()
    assert (encoder.state, encoder.identity) == ("loading", "")


def test_the_device_is_told_once_the_libraries_are_loaded(engine: LocalEngine) -> None:
    until(lambda: engine.status().state == "ready")
    assert engine.status().device is None
    engine.run_task(TaskRequest("tokenize", "load"))
    engine.run_task(TaskRequest("tokenize", "loaded cuda:0"))
    until(lambda: engine.status().device == "cuda:0")
    engine.run_task(TaskRequest("tokenize", "loaded"))
    until(lambda: engine.status().device == "")
    assert ask(engine, "say x")["text"] == "x"


def test_a_worker_that_never_ends_loading_its_libraries_is_replaced(settings: EngineSettings) -> None:
    hasty = dataclasses.replace(settings, start_timeout=3.0)
    with LocalEngine(hasty, FrozenClock(), launch=scripted) as engine:
        with pytest.raises(WorkerDied):
            ask(engine, "load")
        assert ask(engine, "say x")["text"] == "x"


def test_an_encoder_that_is_late_gives_none_in_time(engine: LocalEngine) -> None:
    until(lambda: "encoder" in engine.status().encoders)
    began = time.monotonic()
    assert engine.encode_queries(["sleep"], timeout=0.1) is None
    assert time.monotonic() - began < ALIVE
    assert engine.status().waiting == 0, "a query that nobody waits for stays in the books"


def test_without_a_ready_worker_there_is_no_vector_at_once(settings: EngineSettings) -> None:
    engine = LocalEngine(settings, FrozenClock(), launch=scripted)
    began = time.monotonic()
    assert engine.encode_queries(["a"], timeout=600) is None
    assert time.monotonic() - began < ALIVE


def test_a_killed_worker_fails_what_it_was_doing_at_once_and_is_replaced(engine: LocalEngine) -> None:
    hanging = engine.run_task(TaskRequest("tokenize", "hang"))
    pid = until(lambda: engine.status().state == "busy" and engine.status().pid)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerDied):
        hanging.result(ALIVE)
    answer = ask(engine, "say again")
    assert answer["text"] == "again"
    assert answer["pid"] != pid
    assert engine.status().restarts == 1


def test_a_request_that_kills_its_worker_fails_alone_again_and_again(engine: LocalEngine) -> None:
    for _ in range(3):
        with pytest.raises(WorkerDied):
            ask(engine, "die")
        assert ask(engine, "say still here")["text"] == "still here"


def test_a_stuck_task_is_given_up_and_its_worker_replaced(settings: EngineSettings) -> None:
    impatient = dataclasses.replace(settings, task_timeout=0.5)
    with LocalEngine(impatient, FrozenClock(), launch=scripted) as engine:
        with pytest.raises(EngineTimeout) as caught:
            ask(engine, "hang")
        assert caught.value.params == {"seconds": 0.5}
        assert ask(engine, "say next")["text"] == "next"


def test_a_slow_task_that_shows_progress_is_not_given_up(settings: EngineSettings) -> None:
    impatient = dataclasses.replace(settings, task_timeout=0.5)
    with LocalEngine(impatient, FrozenClock(), launch=scripted) as engine:
        assert ask(engine, "late x")["text"] == "x"  # takes 0.6 s


def test_a_task_that_waits_for_its_model_is_not_given_up(settings: EngineSettings) -> None:
    impatient = dataclasses.replace(settings, task_timeout=0.3)
    with LocalEngine(impatient, FrozenClock(), launch=scripted) as engine:
        assert ask(engine, "fetch x")["text"] == "x"


def test_while_the_worker_loads_whoever_asks_is_told_so(settings: EngineSettings) -> None:
    told: list[tuple[float, str]] = []
    engine = LocalEngine(settings, FrozenClock(), launch=scripted)
    future = engine.run_task(TaskRequest("tokenize", "say x"), lambda *news: told.append(news))
    assert told == [(0.0, "starting")]
    with engine:
        future.result(10)


def python(code: str) -> Callable[[EngineSettings], WorkerProcess]:
    """Starts a worker that does only this."""
    return lambda settings: WorkerProcess(settings, module=f"tests.doubles.{code}")


def test_a_worker_that_can_t_start_fails_what_waits_and_says_so(settings: EngineSettings) -> None:
    with LocalEngine(settings, FrozenClock(), launch=python("nothing_here")) as engine:
        with pytest.raises(WorkerUnavailable):
            ask(engine, "say x")
        assert engine.status().state == "failing"


def test_a_worker_that_never_gets_ready_is_given_up(settings: EngineSettings) -> None:
    hasty = dataclasses.replace(settings, start_timeout=0.3)
    with LocalEngine(hasty, FrozenClock(), launch=python("sleeper")) as engine:
        with pytest.raises(WorkerUnavailable):
            ask(engine, "say x")
        assert engine.status().state == "failing"


def test_a_worker_that_dies_while_it_loads_loses_nothing(settings: EngineSettings) -> None:
    launches = iter(["nothing_here", "worker"])
    with LocalEngine(settings, FrozenClock(), launch=lambda it: python(next(launches))(it)) as engine:
        assert ask(engine, "say x")["text"] == "x"
        assert engine.status().state == "ready"


def test_a_surprise_at_the_start_of_a_worker_ends_nothing(settings: EngineSettings) -> None:
    def launch(it: EngineSettings) -> WorkerProcess:
        if not failed.is_set():
            failed.set()
            raise ValueError
        return scripted(it)

    failed = threading.Event()
    with LocalEngine(settings, FrozenClock(), launch=launch) as engine:
        assert failed.wait(ALIVE)
        assert ask(engine, "say x")["text"] == "x"


def test_a_refresh_without_a_sign_of_life_is_given_up(settings: EngineSettings) -> None:
    hasty = dataclasses.replace(settings, refresh_timeout=0.5)
    with LocalEngine(hasty, FrozenClock(), launch=scripted) as engine:
        with pytest.raises(EngineTimeout) as caught:
            engine.refresh(RefreshRequest("hang", "notes", "index")).result(10)
        assert caught.value.key == "error.refresh_timeout"
        assert ask(engine, "say x")["text"] == "x"


def test_stopping_is_quick_idempotent_and_fails_what_was_pending(engine: LocalEngine) -> None:
    hanging = engine.run_task(TaskRequest("tokenize", "hang"))
    pid = until(lambda: engine.status().state == "busy" and engine.status().pid)
    began = time.monotonic()
    engine.stop()
    engine.stop()
    assert time.monotonic() - began < ALIVE
    with pytest.raises(WorkerDied):
        hanging.result(0)
    assert not is_alive(pid)
    assert engine.status().state == "stopped"
    with pytest.raises(WorkerDied):
        ask(engine, "say too late")


def test_a_stopped_engine_can_be_started_again(engine: LocalEngine) -> None:
    engine.stop()
    engine.start()
    assert ask(engine, "say back")["text"] == "back"


def test_stopping_right_after_the_start_leaves_nothing(settings: EngineSettings) -> None:
    for _ in range(5):
        engine = LocalEngine(settings, FrozenClock(), launch=scripted)
        engine.start()
        engine.stop()
        assert engine.status().pid is None


def test_a_stopped_worker_process_is_killed_in_the_end(engine: LocalEngine) -> None:
    assert ask(engine, "say x")
    assert engine.status().encoders["encoder"]
    pid = engine.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    assert engine.encode_queries(["x" * 10_000_000], timeout=0.2) is None, "a full pipe blocked the caller"
    engine.stop()
    assert time.monotonic() - began < ALIVE
    assert not is_alive(pid)


def test_what_the_worker_prints_goes_to_the_log_with_its_process(
    engine: LocalEngine, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    pid = ask(engine, "print Downloading weights: 100%")["pid"]
    until(lambda: "Downloading weights" in caplog.text)
    assert f"worker {pid}: Downloading weights: 100%" in caplog.text
    assert "Downloading" not in capfd.readouterr().err


def test_many_threads_can_ask_at_once(engine: LocalEngine) -> None:
    answers: list[object] = []

    def work(index: int) -> None:
        for turn in range(20):
            answers.append(ask(engine, f"say {index}.{turn}")["text"])

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(map(str, answers)) == sorted(f"{index}.{turn}" for index in range(6) for turn in range(20))
    assert engine.status().waiting == 0


CHAT_PROCESS = """
import sys
from pathlib import Path
from jobs.engine.local import LocalEngine
from jobs.engine.protocol import TaskRequest
from jobs.engine.settings import EngineSettings
from knowledge.clock import SystemClock
from tests.jobs.engine.conftest import scripted
engine = LocalEngine(EngineSettings(models_path=Path(sys.argv[1])), SystemClock(), launch=scripted)
engine.start()
engine.run_task(TaskRequest("tokenize", "say up")).result(20)
future = engine.run_task(TaskRequest("tokenize", "hang"))
try:
    print(engine.status().pid, flush=True)
    sys.stdin.read()
except KeyboardInterrupt:
    pass
engine.stop()
print("stopped", flush=True)
"""


def chat_process(folder: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", CHAT_PROCESS, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def test_when_the_chat_process_is_killed_its_worker_ends_too(tmp_path: Path) -> None:
    process, worker = chat_process(tmp_path)
    with process:
        assert is_alive(worker)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        until(lambda: not is_alive(worker), within=ALIVE)


def test_ctrl_c_in_the_terminal_ends_both_without_a_traceback(tmp_path: Path) -> None:
    process, worker = chat_process(tmp_path)
    with process:
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert out == "stopped\n"
    assert err == ""
    assert not is_alive(worker)


def test_the_chat_process_imports_neither_torch_nor_transformers() -> None:
    modules = (
        "jobs.engine.local, jobs.engine.models, jobs.engine.hub, jobs.engine.catalog, jobs.engine.encoder, "
        "jobs.queue, jobs.runners"
    )
    heavy = "torch transformers sentence_transformers faiss alembic huggingface_hub"
    code = f"import sys, {modules}; print([name for name in '{heavy}'.split() if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
