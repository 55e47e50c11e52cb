"""Predictions on the real worker process, which may be killed at any moment."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import config
from bot.engine import engine_settings
from bot.wiring import App, wire
from jobs.engine.local import LocalEngine
from jobs.tables import AttemptRow, JobRow, OutboundRow
from knowledge.clock import SystemClock
from tests.bot.conftest import Chat
from tests.bot.core.test_predicting import asked
from tests.jobs.engine.conftest import until

PATIENCE = 90


@pytest.fixture
def app(indexed: Path, tmp_path: Path) -> Iterator[App]:
    """The application with a worker of its own."""
    shutil.copytree(indexed, tmp_path / "data")
    environment = {
        "RECAP_DATA_PATH": str(tmp_path / "data"),
        "RECAP_NOTES__PATH": str(tmp_path / "data" / "notes"),
        "RECAP_ENGINE__OFFLINE": "true",
        "RECAP_ENGINE__THREADS": "1",
    }
    settings = config.load(environment, config.NOWHERE)
    clock = SystemClock()
    app = wire(settings, clock, LocalEngine(engine_settings(settings), clock))
    app.prepare()
    app.engine.start()
    app.queue.start()
    yield app
    app.queue.halt()
    app.engine.stop()
    app.queue.stop()
    app.stop()


def job(app: App) -> JobRow:
    with app.database.session() as session:
        return session.scalars(select(JobRow)).one()


def ended(app: App) -> JobRow:
    until(lambda: job(app).finished_at, within=PATIENCE)
    return job(app)


def shown(app: App) -> str:
    """The one message that the run brought, as it would be shown."""
    with app.database.session() as session:
        results = select(OutboundRow).where(OutboundRow.key.endswith(":result"))
        assert len(session.scalars(results).all()) == 1, "one result, however often it was run"
    for delivery in app.outbox.claim("web"):
        if delivery.key.endswith(":result"):
            reply = app.core.present(delivery)
    return reply.text


def test_the_worker_runs_it_and_one_killed_in_the_middle_is_run_once_more(app: App) -> None:
    until(lambda: app.engine.status().state == "ready", within=PATIENCE)
    pid = app.engine.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # so that the run is under way for as long as we like
    chat = Chat(app)
    asked(chat)
    assert chat.say("9").tone == "progress"
    until(lambda: job(app).state == "running", within=PATIENCE)
    os.kill(pid, signal.SIGKILL)
    row = ended(app)
    assert (row.state, row.attempts) == ("done", 2)
    text = shown(app)
    assert "**Not quite:** the model says **7**." in text
    assert "Run just now" in text


def test_a_worker_that_is_killed_again_and_again_leaves_the_stored_result(app: App) -> None:
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.02):
            pid = app.engine.status().pid
            if pid is not None:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    try:
        chat = Chat(app)
        asked(chat)
        assert "You predicted" in chat.say("7").text
        ended(app)
    finally:
        over.set()
        killer.join()
    text = shown(app)
    assert "**Right:** the model says **7**." in text
    assert "Stored result" in text
    with app.database.session() as session:
        attempt = session.scalars(select(AttemptRow).order_by(AttemptRow.id.desc())).first()
        assert attempt is not None
        assert (attempt.response, attempt.rating) == ("7", None)
