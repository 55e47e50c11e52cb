"""The partner's vectors come after the first answer, by themselves, and get in nobody's way."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import config, partner
from bot.config import NOWHERE
from bot.wiring import App, wire
from jobs.engine.protocol import Progress, RefreshRequest
from knowledge.errors import NotesError
from knowledge.tables import CourseRow
from tests.bot.conftest import ADMIN, Chat
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.jobs.engine.conftest import until


class Loaded(InProcessEngine):
    """An engine whose worker has a partner; `busy` refreshes with it are refused."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__(clock)
        self.encoders = {"partner": "minilm@1"}
        self.busy = 0

    def refresh(self, request: RefreshRequest, progress: Progress | None = None) -> Future[dict[str, Any]]:
        if request.partner and self.busy:
            self.busy -= 1
            self.refreshes.append(request)
            refused: Future[dict[str, Any]] = Future()
            refused.set_exception(NotesError("error.refresh_running", course=request.course))
            return refused
        return super().refresh(request, progress)

    def with_partner(self) -> list[str]:
        return [one.course for one in self.refreshes if one.partner]


@pytest.fixture
def engine(clock: FrozenClock) -> Loaded:
    return Loaded(clock)


def wired(tmp_path: Path, clock: FrozenClock, engine: InProcessEngine, **settings: str) -> App:
    notes = tmp_path / "notes"
    notes.mkdir(exist_ok=True)
    (notes / "a.md").write_text("# Alpha\n\nAlpha comes first.\n", encoding="utf-8")
    environment = {
        "RECAP_DATA_PATH": str(tmp_path / "data"),
        "RECAP_NOTES__PATH": str(notes),
        "RECAP_RETRIEVAL__PARTNER": "minilm",
        **{f"RECAP_{name}": value for name, value in settings.items()},
    }
    app = wire(config.load(environment, NOWHERE), clock, engine)
    app.prepare()
    return app


def test_every_course_is_refreshed_with_the_partner_once_it_is_loaded(
    tmp_path: Path, clock: FrozenClock, engine: Loaded
) -> None:
    other = tmp_path / "biology"
    other.mkdir()
    (other / "b.md").write_text("# Beta\n\nBeta comes next.\n", encoding="utf-8")
    app = wired(tmp_path, clock, engine, COURSES__BIO__PATH=str(other))
    for course in app.courses.values():
        course.refresh(app.engine)
    assert engine.with_partner() == []
    app.start()
    until(lambda: sorted(engine.with_partner()) == ["bio", "course"])
    app.stop()
    with app.database.session() as session:
        recorded = {row.id: row.generation_id for row in session.scalars(select(CourseRow))}
    assert recorded == {name: app.library.generation(name) for name in ("bio", "course")}


def test_it_follows_a_refresh_that_someone_asked_for(
    tmp_path: Path, clock: FrozenClock, engine: Loaded
) -> None:
    app = wired(tmp_path, clock, engine)
    app.course.refresh(app.engine)
    app.start()
    until(lambda: engine.with_partner() == ["course"])
    (tmp_path / "notes" / "b.md").write_text("# Beta\n\nBeta comes next.\n", encoding="utf-8")
    assert Chat(app, ADMIN).say("/notes refresh").tone != "error"
    until(lambda: engine.with_partner() == ["course", "course"])
    app.stop()
    kinds = [one.partner for one in engine.refreshes]
    assert kinds == [False, True, False, True]


def test_it_comes_again_where_another_refresh_was_at_the_index(
    tmp_path: Path, clock: FrozenClock, engine: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner, "AGAIN", 0.01)
    engine.busy = 2
    app = wired(tmp_path, clock, engine)
    app.course.refresh(app.engine)
    app.start()
    until(lambda: len(engine.with_partner()) == 3)
    app.stop()


@pytest.mark.parametrize("name", ["off", "bundled"])
def test_without_a_partner_nothing_is_started(
    tmp_path: Path, clock: FrozenClock, engine: Loaded, name: str
) -> None:
    app = wired(tmp_path, clock, engine, RETRIEVAL__PARTNER=name)
    app.course.refresh(app.engine)
    before = {thread.name for thread in threading.enumerate()}
    app.start()
    assert app.partner is None
    assert "partner" not in {thread.name for thread in threading.enumerate()} - before
    app.stop()
    assert engine.with_partner() == []


def test_while_the_partner_is_not_loaded_a_stop_is_quick(
    tmp_path: Path, clock: FrozenClock, engine: Loaded
) -> None:
    engine.encoders = {}
    app = wired(tmp_path, clock, engine)
    app.course.refresh(app.engine)
    app.start()
    app.stop()
    assert engine.with_partner() == []
    assert "partner" not in {thread.name for thread in threading.enumerate()}
