"""A language model of the settings is asked by a running Recap, in the background."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot import config
from bot.config import NOWHERE
from bot.wiring import App, wire
from jobs.tables import CardRow, JobRow
from tests.bot.cli.test_propose import ASKED, NOTE, script
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.doubles.language_model import MODEL, LanguageModelServer, Said
from tests.jobs.engine.conftest import until


@contextmanager
def running(data: Path, clock: FrozenClock, url: str) -> Iterator[App]:
    environment = {"RECAP_DATA_PATH": str(data), "RECAP_LLM__URL": url, "RECAP_LLM__MODEL": MODEL}
    app = wire(config.load(environment, NOWHERE), clock, InProcessEngine(clock))
    try:
        app.prepare()
        app.reviews.prepare(NOTE)
        app.start()
        yield app
    finally:
        app.stop()


def proposed(app: App) -> list[str]:
    with app.database.session() as session:
        return list(session.scalars(select(CardRow.prompt).where(CardRow.origin == "proposed")))


def test_a_running_recap_asks_it_about_a_note_that_has_cards(
    indexed: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    shutil.copytree(indexed, tmp_path / "data")
    with LanguageModelServer(script) as server, running(tmp_path / "data", clock, server.url) as app:
        until(lambda: proposed(app) == [ASKED] and app.queue.waiting() == 0)
        with app.database.session() as session:
            assert [job.state for job in session.scalars(select(JobRow))] == ["done"]
        assert app.outbox.claim("") == []


def test_a_chat_goes_on_and_ends_while_the_model_says_nothing(
    indexed: Path, tmp_path: Path, clock: FrozenClock
) -> None:
    shutil.copytree(indexed, tmp_path / "data")
    asked = threading.Event()

    def silent(_: dict[str, Any]) -> Said:
        asked.set()
        server.ended.wait(30)
        return Said()

    with LanguageModelServer(silent) as server, running(tmp_path / "data", clock, server.url) as app:
        assert asked.wait(10)
        learner = app.people.meet("web", "ana", "Ana", "page", "UTC", "en")
        assert app.reviews.quiz(learner.id, "web", "page", NOTE).prompt
        app.stop()
        server.ended.set()
        # The call that was under way ends now; what it then reads is closed again.
        until(lambda: not any("job-runner" in one.name for one in threading.enumerate()))
        app.database.dispose()
