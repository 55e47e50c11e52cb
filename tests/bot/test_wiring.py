"""The composition root: precedence of the notes folder, start and stop, both databases."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import config
from bot.config import NOWHERE
from bot.course import sample_course
from bot.wiring import App, wire
from jobs.engine.local import EngineSettings, LocalEngine
from jobs.tables import JobRow
from knowledge.errors import NotesError
from knowledge.tables import CourseRow, GenerationRow, SourceRow
from tests.bot.conftest import ADMIN, Chat
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.doubles.pool import given_back
from tests.jobs.engine.conftest import scripted as scripted_worker
from tests.jobs.engine.conftest import until


def wired(tmp_path: Path, clock: FrozenClock, **settings: str) -> App:
    environment = {f"RECAP_{name}": value for name, value in settings.items()}
    loaded = config.load({"RECAP_DATA_PATH": str(tmp_path / "data"), **environment}, NOWHERE)
    app = wire(loaded, clock, InProcessEngine(clock))
    app.prepare()
    return app


def test_an_index_that_another_version_built_is_built_anew(tmp_path: Path, clock: FrozenClock) -> None:
    app = wired(tmp_path, clock)
    app.course.refresh(app.engine)
    app.stop()
    (manifest,) = (tmp_path / "data" / "index").glob("*/generations/*/manifest.json")
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**stored, "format": 0}), encoding="utf-8")

    app = wired(tmp_path, clock)
    assert app.course.needs_index()
    app.course.refresh(app.engine)
    assert not app.course.needs_index()
    assert app.library.ask("course", "What is a tokenizer?").answered
    app.stop()


def test_a_first_start_takes_the_sample_course_and_a_setting_goes_over_it(
    tmp_path: Path, clock: FrozenClock
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.md").write_text("# Alpha\n\nAlpha comes first.\n", encoding="utf-8")
    app = wired(tmp_path, clock)
    assert app.course.notes_path() == sample_course()
    assert app.course.needs_index()
    app.course.refresh(app.engine, notes=own)
    app.stop()

    app = wired(tmp_path, clock)
    assert app.course.notes_path() == own, "what was indexed last stays"
    assert not app.course.needs_index()
    app.stop()

    other = tmp_path / "other"
    shutil.copytree(own, other)
    app = wired(tmp_path, clock, NOTES__PATH=str(other))
    assert app.course.notes_path() == other
    assert app.course.needs_index(), "another folder is named than the one indexed"
    app.course.refresh(app.engine)
    assert not app.course.needs_index()
    app.stop()


def test_a_folder_that_has_gone_is_missed_and_its_notes_stay_readable(
    tmp_path: Path, clock: FrozenClock
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.md").write_text("# Alpha\n\nAlpha comes first.\n", encoding="utf-8")
    app = wired(tmp_path, clock)
    app.course.refresh(app.engine, notes=own)
    shutil.rmtree(own)
    with pytest.raises(NotesError) as caught:
        app.course.refresh(app.engine)
    assert caught.value.key == "error.notes_missing"
    assert app.course.title() == "Own"
    (part,) = app.library.ask(app.course.name, "What comes first?").parts
    assert app.library.note(app.course.name, part.citation.note).lines[2] == "Alpha comes first."
    app.stop()


def test_a_folder_without_notes_is_refused_before_anything_starts(tmp_path: Path, clock: FrozenClock) -> None:
    app = wired(tmp_path, clock)
    assert isinstance(app.engine, InProcessEngine)
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(NotesError):
            app.course.refresh(app.engine, notes=path)
    assert app.engine.started == 0
    app.stop()


def test_a_refresh_that_a_crash_kept_from_the_database_is_recorded_at_the_next_start(
    tmp_path: Path, clock: FrozenClock
) -> None:
    app = wired(tmp_path, clock)
    app.engine.refresh(app.course.request()).result()
    with app.database.session() as session:
        assert session.scalar(select(GenerationRow)) is None
    app.stop()
    app = wired(tmp_path, clock)
    with app.database.session() as session:
        assert session.scalars(select(GenerationRow)).one().id == app.library.generation("course")
        assert len(session.scalars(select(SourceRow)).all()) == 9
        assert session.scalars(select(CourseRow)).one().id == "course"
    app.stop()


def test_a_rollback_that_a_crash_kept_from_the_database_is_recorded_at_the_next_start(
    tmp_path: Path, clock: FrozenClock
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "a.md").write_text("# Alpha\n\nAlpha comes first.\n", encoding="utf-8")
    app = wired(tmp_path, clock, NOTES__PATH=str(own))
    app.course.refresh(app.engine)
    (own / "b.md").write_text("# Beta\n\nBeta comes next.\n", encoding="utf-8")
    app.course.refresh(app.engine)
    app.library.rollback("course")
    app.stop()
    app = wired(tmp_path, clock, NOTES__PATH=str(own))
    with app.database.session() as session:
        assert [row.path for row in session.scalars(select(SourceRow))] == ["a.md"]
    app.stop()


def test_start_and_stop_leave_nothing_behind(tmp_path: Path, clock: FrozenClock) -> None:
    before = set(threading.enumerate())
    app = wired(tmp_path, clock)
    app.start()
    app.start()
    assert app.wait_until(lambda: app.engine.status().state == "ready", 1)
    app.stop()
    app.stop()
    app.start()
    assert isinstance(app.engine, InProcessEngine)
    assert (app.engine.started, app.engine.stopped) == (1, 1)
    assert set(threading.enumerate()) <= before
    assert given_back(app.database), "a connection was not given back"


def test_a_task_that_a_stop_interrupts_is_run_at_the_next_start(tmp_path: Path, clock: FrozenClock) -> None:
    folder = tmp_path / "data"
    loaded = config.load({"RECAP_DATA_PATH": str(folder)}, NOWHERE)
    scripted = LocalEngine(EngineSettings(models_path=folder), clock, launch=scripted_worker)
    app = wire(loaded, clock, scripted)
    app.prepare()
    app.start()
    Chat(app).say("/try tokenize hang")
    until(lambda: app.engine.status().state == "busy")
    app.stop()
    app = wire(loaded, clock, InProcessEngine(clock))
    with app.database.session() as session:
        job = session.scalars(select(JobRow)).one()
    assert (job.state, job.attempts, job.error) == ("queued", 0, None)
    app.start()
    until(lambda: app.queue.waiting() == 0)
    with app.database.session() as session:
        assert session.scalars(select(JobRow)).one().state == "done"
    app.stop()


def test_the_loop_works_on_postgresql(
    indexed: Path, tmp_path: Path, clock: FrozenClock, postgres_url: str
) -> None:
    shutil.copytree(indexed, tmp_path / "data")
    app = wired(tmp_path, clock, DATABASE__URL=postgres_url, NOTES__PATH=str(tmp_path / "data" / "notes"))
    app.course.refresh(app.engine)
    chat = Chat(app, ADMIN)
    for line in (
        "What is a tokenizer?",
        "/learn",
        "/studied tokenization",
        "/review",
        "/progress",
        "/notes",
        "/notes gaps",
        "/notes sources",
        "/settings hour 7",
        "/try tokenize a b",
    ):
        assert chat.say(line).tone != "error", line
    shown = chat.click(chat.say("/quiz tokenization"), "Show answer")
    assert chat.click(shown, "Good").tone == "success"
    app.stop()
