"""Settings, logging and the wired application for one command of the shell."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot import config, logs
from bot.cli.output import progress_bar
from bot.config import Settings, SettingsError

if TYPE_CHECKING:
    from bot.wiring import App


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
    """A wired application on a current database, stopped at the end whatever happens.

    SIGTERM ends it like Ctrl-C; once it is stopping, further ones change nothing.
    """
    loaded = settings()
    from bot.wiring import wire

    signal.signal(signal.SIGTERM, _interrupt)
    app = wire(loaded)
    try:
        if app.needs_upgrade():
            with progress_bar(loaded.language, "cli.upgrading"):
                app.prepare()
        else:
            app.prepare()
        yield app
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        app.stop()


def ensure_index(app: App) -> None:
    """Indexes the notes, with a bar, where there is no index or the settings name another folder."""
    if not app.course.needs_index():
        return
    with progress_bar(app.settings.language, "cli.indexing") as progress:
        app.course.refresh(app.engine, progress)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
