"""`recap try`: one model task."""

from __future__ import annotations

from dataclasses import asdict

from bot.cli.opened import application
from bot.cli.output import print_json, progress_bar
from bot.core.jobs_shown import result_reply
from bot.core.voice import Voice
from jobs.engine.catalog import check
from jobs.engine.protocol import TaskRequest


def try_task(task: str, text: str, model: str | None, labels: str | None, as_json: bool) -> None:
    """Runs the task in a worker of its own and shows what it gave."""
    request = TaskRequest(task, text, model, {"labels": labels} if labels else {})
    check(request)
    with application() as app:
        app.engine.start()
        with progress_bar(app.settings.language, "cli.running") as progress:
            result = asdict(app.engine.run_task(request, progress).result())
        if as_json:
            print_json(result)
            return
        from bot.platforms.terminal.render import Screen

        Screen().show(result_reply(Voice(app.settings.language), result), numbered=False)
