"""`/progress`: how every topic stands, and what comes; in words and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core import progress_picture
from bot.core.bars import bar
from bot.core.context import Context
from bot.core.reply import Action, Reply, Table

if TYPE_CHECKING:
    from bot.core.progress_picture import Drawn
    from jobs.review.records import Progress, TopicProgress


_DAYS = 7


def progress(context: Context, arguments: Mapping[str, str]) -> Reply:
    """A table of topics, what is due, and the days to come; where it can be shown, a picture of them."""
    return standing(context)


def standing(context: Context, due: bool = True) -> Reply:
    """The same; `due` leaves out how many reviews wait, where that is told beside it."""
    stands = context.services.reviews.progress(context.learner.id)
    if not stands.topics and not stands.attempts:
        return Reply(
            context.say("progress.none"),
            actions=(Action("learn", context.label("action.learn"), "primary"),),
            language=context.voice.language,
        )
    actions = [Action("quiz", context.label("action.quiz"))]
    if any(not topic.finished for topic in stands.topics):
        actions.append(Action("stop", context.label("action.stop_topic")))
    now = context.services.clock.now()
    paused = context.learner.paused(now)
    if paused:
        actions.append(Action("reviews_on", context.label("action.reviews_on")))
    if stands.due_now:
        actions.insert(0, Action("review", context.label("action.review"), "primary"))
    lines = _lines(context, stands, due)
    if paused:
        until = context.learner.paused_until
        when = context.voice.moment(until, now) if until else ""
        lines.insert(0, context.say("progress.paused", when=when) if until else context.say("progress.off"))
    drawn: Drawn | None = None
    if context.turn.pictures:
        drawn = progress_picture.draw(context.voice, stands, now)
    if drawn is not None and drawn.caption:
        lines.append(drawn.caption)
    return Reply(
        "\n\n".join(lines),
        table=_table(context, stands, drawn) if stands.topics else None,
        image=drawn.image if drawn is not None else None,
        actions=tuple(actions),
        language=context.voice.language,
    )


def _lines(context: Context, standing: Progress, due: bool) -> list[str]:
    lines = [context.say("progress.due", count=standing.due_now)] if due else []
    lines.append(_answers(context, standing))
    week = standing.forecast[:_DAYS]
    if any(week):
        most = max(week)
        today = context.voice.local(context.services.clock.now()).date()
        days = [
            f"{context.voice.weekday(today + timedelta(days=n)):<12} {bar(count / most)} {count}"
            for n, count in enumerate(week)
        ]
        lines.append("\n".join((context.say("progress.forecast"), "", "```", *days, "```")))
    return lines


def _answers(context: Context, standing: Progress) -> str:
    """How many answers there are, and how many were right; in words where nothing is known of that yet."""
    if not standing.attempts:
        return context.say("progress.unanswered")
    if standing.right_share is None:
        return context.say("progress.unrated", count=standing.attempts)
    share = context.voice.share(standing.right_share)
    return context.say("progress.answers", count=standing.attempts, share=share)


def _table(context: Context, standing: Progress, drawn: Drawn | None) -> Table:
    now = context.services.clock.now()
    columns = ("topic", "step", "next", "retention")
    return Table(
        tuple(context.label(f"progress.{column}") for column in columns),
        tuple(
            (
                f"{number}. {topic.title}" if drawn is not None and drawn.numbered else topic.title,
                _climbed(topic),
                _next(context, topic, now),
                context.voice.share(topic.retention) if topic.retention is not None else "–",
            )
            for number, topic in enumerate(standing.topics, start=1)
        ),
    )


def _next(context: Context, topic: TopicProgress, now: datetime) -> str:
    """When it comes again, or why it doesn't."""
    if topic.gone:
        return context.label("progress.gone")
    return context.voice.moment(topic.next_due, now) if topic.next_due else context.label("learn.finished")


def _climbed(topic: TopicProgress) -> str:
    """The ladder so far, and how many reviews came after it."""
    beyond = f"+{topic.beyond}" if topic.beyond or not topic.steps else ""
    if not topic.steps:
        return beyond
    told = f"{bar(topic.step / topic.steps, topic.steps)} {topic.step}/{topic.steps}"
    return f"{told} {beyond}".rstrip()
