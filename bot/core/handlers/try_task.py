"""`/try`: a model task, run in the worker; the reply becomes its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from bot.core import jobs_shown
from bot.core.commands import example_line
from bot.core.context import Context, number
from bot.core.errors import CommandError, TooMuch
from bot.core.parse import unknown_choice
from bot.core.reply import Reply
from jobs.engine.catalog import check
from jobs.engine.protocol import TaskRequest
from jobs.queue import Address
from jobs.tables import JobRow

OPEN = ("queued", "running")


def try_task(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Puts the task in line and says at which place."""
    services = context.services
    name = arguments["task"].strip().lower()
    task = services.tasks.get(name)
    if task is None:
        raise unknown_choice("/try", arguments["task"], services.tasks)
    options = {option: arguments[option] for option in task.options if arguments.get(option, "").strip()}
    text = arguments.get("text", "")
    if not text.strip() and name != "inspect":
        raise CommandError(
            "error.argument_missing", command="/try", argument="text", example=example_line(task)
        )
    model = arguments.get("model", "").strip() or None
    check(TaskRequest(name, text, model, options))
    return _put(context, {"task": name, "text": text, "model": model, "options": options})


def retry(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Puts a failed task of the same person in line again."""
    with context.services.database.session() as session:
        job = session.get(JobRow, number(arguments, "job"))
        if job is None or job.learner_id != context.learner.id or job.kind != "try":
            raise CommandError("error.message_gone")
        request = dict(job.request)
    return _put(context, request)


def address(context: Context) -> Address:
    """Where the result of this turn goes."""
    turn = context.turn
    return Address(
        platform=turn.platform,
        place=turn.place,
        reply_ref=turn.reply_ref,
        learner_id=context.learner.id,
        language=context.voice.language,
    )


def _put(context: Context, request: dict[str, Any]) -> Reply:
    services = context.services
    with services.database.session() as session:
        waiting = session.scalar(
            select(func.count())
            .select_from(JobRow)
            .where(JobRow.learner_id == context.learner.id, JobRow.kind == "try", JobRow.state.in_(OPEN))
        )
    if (waiting or 0) >= services.limits.waiting_jobs:
        raise TooMuch("error.jobs_waiting", count=waiting or 0)
    job = services.queue.put("try", request, address(context))
    return jobs_shown.just_put(services, job, context.voice)
