"""`recap index`: reads the notes."""

from __future__ import annotations

from pathlib import Path

from bot.cli.opened import application, course_named
from bot.cli.output import print_json, progress_bar
from bot.core.jobs_shown import report_text
from bot.core.reply import Reply
from bot.core.voice import Voice


def index(path: Path | None, course: str | None, as_json: bool) -> None:
    """Refreshes a course's index, from `path` on if given."""
    with application() as app:
        chosen = course_named(app, course)
        with progress_bar(app.settings.language, "cli.indexing") as progress:
            report = chosen.refresh(app.engine, progress, path)
        if as_json:
            print_json(report)
        else:
            from bot.platforms.terminal.render import Screen

            text = report_text(Voice(app.settings.language), report)
            Screen().show(Reply(text, language=app.settings.language))
