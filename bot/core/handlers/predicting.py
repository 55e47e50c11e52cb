"""*Predict, then run*: after the answer the model runs, and the reply becomes what it said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.core import predicted_shown
from bot.core.context import Context
from bot.core.handlers.try_task import address
from bot.core.reply import Reply
from jobs.tables import JobRow

if TYPE_CHECKING:
    from jobs.review.predict import Run
    from jobs.review.records import Revealed

_LOOKED_AT = 50


def predicting(context: Context, revealed: Revealed) -> Reply:
    """Has the model run; pressed again once it has, it shows what came of that."""
    assert revealed.run is not None  # noqa: S101
    services = context.services
    done = _done(context, revealed.attempt_id)
    if done is not None:
        return predicted_shown.result(services, context.voice, revealed, done.result or {})
    services.queue.put("predict", _request(context, revealed, revealed.run), address(context))
    return predicted_shown.waiting(context.voice, revealed)


def _request(context: Context, revealed: Revealed, run: Run) -> dict[str, object]:
    return {
        "attempt": revealed.attempt_id,
        "course": context.services.course,
        "task": run.task,
        "text": run.text,
        "labels": run.labels,
    }


def _done(context: Context, attempt: int) -> JobRow | None:
    """The learner's run for that question, if it has ended."""
    with context.services.database.session() as session:
        rows = session.scalars(
            select(JobRow)
            .where(
                JobRow.learner_id == context.learner.id,
                JobRow.kind == "predict",
                JobRow.state.in_(("done", "failed")),
            )
            .order_by(JobRow.id.desc())
            .limit(_LOOKED_AT)
        )
        return next((row for row in rows if row.request.get("attempt") == attempt), None)
