"""How a study group is doing, in words, as a table and as a picture."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.core.bars import bar
from bot.core.chart import Pen
from bot.core.chart_parts import Chart, Column, Columns
from bot.core.progress_picture import MOST_ALT, PEN, months
from bot.core.reply import Image, Reply, Table
from bot.core.voice import Voice
from jobs.groups.standing import LEAST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs.groups.standing import GroupWeek, Standing, Tally

log = logging.getLogger(__name__)

_BAR = 5


def shown(voice: Voice, standing: Standing, pictures: bool, pen: Pen = PEN) -> Reply:
    """The group's answers added up; where too few people gave them, only how many are missing for that."""
    lines = [
        voice.say("group.members", count=standing.members),
        voice.say("group.rounds" if standing.rounds else "group.unanswered", count=standing.rounds),
    ]
    if standing.all is None:
        lines.append(voice.say("group.too_few", least=LEAST))
        return Reply("\n".join(f"- {line}" for line in lines), language=voice.language)
    lines.append(voice.say("group.share", count=standing.all.answers, share=voice.share(standing.all.share)))
    parts = ["\n".join(f"- {line}" for line in lines)]
    if standing.sections:
        weakest = [
            voice.say("group.section", title=one.title, share=voice.share(one.share))
            for one in standing.sections
        ]
        parts += [voice.say("group.weakest"), "\n".join(f"- {line}" for line in weakest)]
    parts.append(voice.say("group.privacy", least=LEAST))
    image = _picture(voice, standing.weeks, pen) if pictures else None
    return Reply(
        "\n\n".join(parts),
        table=_table(voice, standing.topics) if standing.topics else None,
        image=image,
        language=voice.language,
    )


def _table(voice: Voice, topics: Sequence[Tally]) -> Table:
    return Table(
        (voice.label("progress.topic"), voice.label("group.count"), voice.label("progress.right")),
        tuple(
            (one.title, str(one.answers), f"{bar(one.share, _BAR)} {voice.share(one.share)}")
            for one in topics
        ),
    )


def _picture(voice: Voice, weeks: Sequence[GroupWeek], pen: Pen) -> Image | None:
    """The answers by week; None where there are none, or no picture can be drawn."""
    if not any(week.answers for week in weeks):
        return None
    told = "; ".join(
        f"{voice.weekday(week.begins)}: {week.right}/{week.answers}" for week in weeks if week.answers
    )
    alt = voice.label("progress.alt_weeks", parts=told)[:MOST_ALT]
    title, legend = (
        voice.label("progress.weeks"),
        (voice.label("progress.right"), voice.label("progress.wrong")),
    )
    readable = all(pen.readable(word) for word in (title, *legend))
    columns = tuple(
        Column(week.right, week.answers, f"{week.right}/{week.answers}", str(week.begins.day), month)
        for week, month in zip(weeks, months(voice, [week.begins for week in weeks], pen), strict=True)
    )
    plot = Columns(title if readable else "", columns, legend if readable else None)
    try:
        png = pen.draw(Chart(heads=("", "", ""), topics=(), more="", plots=(plot,)))
    except (ImportError, OSError, RuntimeError, ValueError):
        log.exception("the picture of a group's answers could not be drawn")
        return None
    return Image(png, alt, "group.png")
