"""kill -9 of the worker during a `/try`: the learner gets the answer, once, and the next `/try` works."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.engine.local import LocalEngine
from jobs.engine.protocol import Engine, Progress
from jobs.engine.settings import EngineSettings
from jobs.outbox import Outbox
from jobs.queue import Address, JobQueue
from jobs.runners import TryRunner
from jobs.tables import JobRow, OutboundRow
from knowledge.clock import SystemClock
from knowledge.store import Database
from tests.doubles.tiny import make_generator
from tests.jobs.engine.conftest import until

HERE = Address("web", "page", "message-1", None, "en")
GENERATOR = "tiny/generator"
LONG: dict[str, Any] = {"task": "generate", "text": "Once upon a time", "model": GENERATOR, "options": {}}
SHORT: dict[str, Any] = {"task": "tokenize", "text": "Once upon a time", "model": None, "options": {}}


class WatchedTry(TryRunner):
    """Tells when a task is well on its way."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.running = threading.Event()

    def run(self, request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        def watched(share: float, stage: str) -> None:
            progress(share, stage)
            if share > 0:
                self.running.set()

        return super().run(request, watched)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[LocalEngine]:
    make_generator(tmp_path / "models" / "tiny" / "generator", chat=False, positions=2048)
    settings = EngineSettings(
        models_path=tmp_path / "models",
        hub_cache=False,
        offline=True,
        allowed_models=(GENERATOR,),
        new_tokens=400,
        threads=1,
    )
    with LocalEngine(settings, SystemClock()) as engine:
        yield engine


@pytest.fixture
def store(prepared_sqlite_url: str) -> Iterator[Database]:
    database = Database(prepared_sqlite_url)
    yield database
    database.dispose()


def ended(store: Database, number: int) -> JobRow:
    def finished() -> JobRow | None:
        with store.session() as session:
            row = session.get_one(JobRow, number)
            return row if row.finished_at else None

    row = until(finished, within=120)
    assert isinstance(row, JobRow)
    return row


@pytest.mark.slow
def test_the_learner_gets_the_answer_although_the_worker_was_killed(
    engine: LocalEngine, store: Database
) -> None:
    clock = SystemClock()
    runner = WatchedTry(engine)
    queue = JobQueue(store, Outbox(store, clock, "me"), clock, {"try": runner}, "me")
    queue.start()
    try:
        number = queue.put("try", LONG, HERE)
        assert runner.running.wait(90)
        pid = engine.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        row = ended(store, number)
        assert (row.state, row.attempts, row.error) == ("done", 2, None)
        assert row.result is not None
        assert row.result["output"]["text"]
        assert row.result["model"] == GENERATOR
        with store.session() as session:
            results = session.scalars(
                select(OutboundRow).where(OutboundRow.key == f"job:{number}:result")
            ).all()
        assert len(results) == 1

        following = ended(store, queue.put("try", SHORT, HERE))
        assert following.state == "done"
        assert following.attempts == 1
    finally:
        queue.stop()


@pytest.mark.slow
def test_a_task_that_kills_its_worker_every_time_fails_clearly_and_the_next_works(
    engine: LocalEngine, store: Database
) -> None:
    clock = SystemClock()
    runner = WatchedTry(engine)
    queue = JobQueue(store, Outbox(store, clock, "me"), clock, {"try": runner}, "me")
    queue.start()
    try:
        number = queue.put("try", LONG, HERE)
        for _ in range(2):
            assert runner.running.wait(90)
            runner.running.clear()
            pid = engine.status().pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        row = ended(store, number)
        assert row.state == "failed"
        assert row.error == {"key": "error.worker_died", "params": {}}
        assert ended(store, queue.put("try", SHORT, HERE)).state == "done"
    finally:
        queue.stop()
