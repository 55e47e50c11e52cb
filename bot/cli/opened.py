"""Settings, logging and the wired application for one command of the shell."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot import config, logs
from bot.cli.output import err, progress_bar, sentence
from bot.config import Settings, SettingsError
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from bot.course import Course
    from bot.wiring import App

log = logging.getLogger(__name__)


def settings() -> Settings:
    """The settings, with logging set up by them."""
    loaded = config.load()
    try:
        logs.configure(loaded.log_path, loaded.log.level, config.secrets(loaded))
    except OSError as error:
        raise SettingsError(
            f"Setting data_path ({config.variable('data_path')}): {loaded.data_path} can't be written "
            f"({error.strerror})."
        ) from None
    return loaded


@contextmanager
def application() -> Iterator[App]:
    """A wired application on a current database, stopped at the end whatever happens."""
    loaded = settings()
    from bot.wiring import wire

    with stopped_at_the_end(wire(loaded)) as app:
        if app.needs_upgrade():
            with progress_bar(loaded.language, "cli.upgrading"):
                app.prepare()
        else:
            app.prepare()
        yield app


@contextmanager
def stopped_at_the_end(app: App) -> Iterator[App]:
    """SIGTERM ends the application like Ctrl-C; once it is stopping, further ones change nothing."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield app
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        app.stop()


def course_named(app: App, name: str | None) -> Course:
    """The course of a short name, the first without one. CourseUnknown."""
    return app.courses[app.services.courses.get(name).course] if name else app.course


def ensure_index(app: App, course: Course) -> None:
    """Indexes a course, with a bar, where it has no index or the settings name another folder."""
    if not course.needs_index():
        return
    with progress_bar(app.settings.language, "cli.indexing") as progress:
        course.refresh(app.engine, progress)


def ensure_indexes(app: App) -> None:
    """The same for every course; a further one that can't be indexed is told and left for later."""
    for course in app.courses.values():
        try:
            ensure_index(app, course)
        except RecapError as error:
            if course is app.course:
                raise
            log.info("the course %s could not be indexed: %s", course.name, error)
            err(f"{course.name}: {sentence(app.settings.language, error)}")


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
