"""`/progress`: how every topic stands, and what comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.bars import bar
from bot.core.context import Context
from bot.core.reply import Action, Reply, Table

if TYPE_CHECKING:
    from jobs.review.records import Progress


def progress(context: Context, arguments: Mapping[str, str]) -> Reply:
    """A table of topics, what is due, and the days to come."""
    standing = context.services.reviews.progress(context.learner.id)
    if not standing.topics and not standing.attempts:
        return Reply(
            context.say("progress.none"),
            actions=(Action("learn", context.label("action.learn"), "primary"),),
            language=context.voice.language,
        )
    actions = [Action("quiz", context.label("action.quiz"))]
    if standing.due_now:
        actions.insert(0, Action("review", context.label("action.review"), "primary"))
    return Reply(
        "\n\n".join(_lines(context, standing)),
        table=_table(context, standing) if standing.topics else None,
        actions=tuple(actions),
        language=context.voice.language,
    )


def _lines(context: Context, standing: Progress) -> list[str]:
    lines = [context.say("progress.due", count=standing.due_now)]
    if standing.attempts:
        lines.append(
            context.say(
                "progress.answers",
                count=standing.attempts,
                share=context.voice.share(standing.right_share or 0.0),
            )
        )
    if any(standing.forecast):
        most = max(standing.forecast)
        today = context.voice.local(context.services.clock.now()).date()
        days = [
            f"{context.voice.weekday(today + timedelta(days=n)):<12} {bar(count / most)} {count}"
            for n, count in enumerate(standing.forecast)
        ]
        lines.append("\n".join((context.say("progress.forecast"), "", "```", *days, "```")))
    return lines


def _table(context: Context, standing: Progress) -> Table:
    now = context.services.clock.now()
    columns = ("topic", "step", "next", "retention")
    return Table(
        tuple(context.label(f"progress.{column}") for column in columns),
        tuple(
            (
                topic.title,
                f"{bar(topic.step / topic.steps, topic.steps)} {topic.step}/{topic.steps}",
                context.voice.moment(topic.next_due, now)
                if topic.next_due
                else context.label("learn.finished"),
                context.voice.share(topic.retention) if topic.retention is not None else "–",
            )
            for topic in standing.topics
        ),
    )
