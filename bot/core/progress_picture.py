"""What the picture of a learner's progress shows, and the same in words for who can't see it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.chart import Pen
from bot.core.chart_parts import Chart, Column, Columns, Rungs
from bot.core.reply import Image
from bot.core.voice import Voice

if TYPE_CHECKING:
    from jobs.review.records import Progress, TopicProgress, Week

log = logging.getLogger(__name__)

PEN = Pen()
MOST_TOPICS = 8
MOST_ALT = 1000
"""Characters of the alternative text: what every platform takes."""
_LEAST_WEEKS = 4
_TITLES = (60, 40, 30, 20, 12)
"""How long a topic's title may be in the alternative text; the next one where it doesn't fit."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture, and what the text around it has to add."""

    image: Image
    numbered: bool
    """The topics stand in it by their number in the table: no font here can write all their names."""
    caption: str = ""
    """Tells what is seen where no font here can write it into the picture."""


def draw(voice: Voice, standing: Progress, now: datetime, pen: Pen = PEN) -> Drawn | None:
    """The picture of how a learner stands; None where there is nothing to see, or it can't be drawn."""
    today = voice.local(now).date()
    weeks = _since_the_first(standing.weeks)
    if not standing.topics and not weeks:
        return None
    try:
        return _drawn(voice, standing, today, weeks, pen)
    except (ImportError, OSError, RuntimeError, ValueError):
        # The library, its fonts or its cache are broken on this machine: the words tell the same.
        log.exception("the picture of a learner's progress could not be drawn")
        return None


def _drawn(voice: Voice, standing: Progress, today: date, weeks: Sequence[Week], pen: Pen) -> Drawn:
    shown = _shown(standing.topics)
    names = {number: pen.drawable(topic.title) for number, topic in shown}
    numbered = any(name is None for name in names.values())
    picture = Chart(
        heads=(
            voice.label("progress.topic"),
            voice.label("progress.step"),
            voice.label("progress.retention"),
        ),
        topics=tuple(_rungs(voice, topic, _name(number, names[number], numbered)) for number, topic in shown),
        more=_more(voice, len(standing.topics) - len(shown)),
        plots=tuple(_plots(voice, standing, today, weeks, pen)),
    )
    caption = ""
    if not all(pen.readable(word) for word in _words(picture)):
        parts = [" · ".join(picture.heads)] if shown else []
        parts += [plot.title for plot in picture.plots]
        caption = voice.say("progress.parts", parts=" / ".join(parts))
        picture = _wordless(picture)
    alt = _alt(voice, standing, [topic for _, topic in shown], today, weeks)
    return Drawn(Image(pen.draw(picture), alt, "progress.png"), numbered, caption)


def _shown(topics: Sequence[TopicProgress]) -> list[tuple[int, TopicProgress]]:
    """The topics that stand in the picture, with their place in the table: those that come soonest."""
    placed = list(enumerate(topics, start=1))
    soonest = sorted(
        placed, key=lambda pair: (pair[1].next_due is None, pair[1].next_due and pair[1].next_due.timestamp())
    )
    return sorted(soonest[:MOST_TOPICS], key=lambda pair: pair[0])


def _name(number: int, name: str | None, numbered: bool) -> str:
    if not numbered:
        return name or ""
    return f"{number}. {name}" if name else str(number)


def _rungs(voice: Voice, topic: TopicProgress, name: str) -> Rungs:
    told = voice.share(topic.retention) if topic.retention is not None else "–"
    return Rungs(name, topic.step, topic.steps, topic.retention, told, topic.beyond)


def _more(voice: Voice, count: int) -> str:
    return voice.label("progress.more", count=count) if count else ""


def _plots(voice: Voice, standing: Progress, today: date, weeks: Sequence[Week], pen: Pen) -> list[Columns]:
    plots = []
    if any(standing.forecast):
        days = [today + timedelta(days=n) for n in range(len(standing.forecast))]
        begins = months(voice, days, pen)
        columns = tuple(
            Column(count, count, str(count), str(day.day), month)
            for count, day, month in zip(standing.forecast, days, begins, strict=True)
        )
        plots.append(Columns(voice.label("progress.days", count=len(days)), columns))
    if weeks:
        begins = months(voice, [week.begins for week in weeks], pen)
        columns = tuple(
            Column(week.right, week.rated, f"{week.right}/{week.rated}", str(week.begins.day), month)
            for week, month in zip(weeks, begins, strict=True)
        )
        legend = (voice.label("progress.right"), voice.label("progress.wrong"))
        plots.append(Columns(voice.label("progress.weeks"), columns, legend))
    return plots


def months(voice: Voice, days: Sequence[date], pen: Pen) -> list[str]:
    """The month's name where it begins on the axis; its number where no font can write the name."""
    names = []
    for place, day in enumerate(days):
        begins = place == 0 or days[place - 1].month != day.month
        # A name needs the width of two columns: at the right edge there is no room for it.
        names.append(voice.month(day) if begins and (place == 0 or place < len(days) - 1) else "")
    return [name if pen.readable(name) else str(day.month) for name, day in zip(names, days, strict=True)]


def _since_the_first(weeks: Sequence[Week]) -> Sequence[Week]:
    """The weeks from the first with an answer on, at least four; none without an answer."""
    first = next((place for place, week in enumerate(weeks) if week.rated), None)
    return weeks[min(first, len(weeks) - _LEAST_WEEKS) :] if first is not None else ()


def _words(picture: Chart) -> list[str]:
    legends = [word for plot in picture.plots for word in plot.legend or ()]
    return [*picture.heads, picture.more, *(plot.title for plot in picture.plots), *legends]


def _wordless(picture: Chart) -> Chart:
    plots = tuple(replace(plot, title="", legend=None) for plot in picture.plots)
    return replace(picture, heads=("", "", ""), more="…" if picture.more else "", plots=plots)


def _alt(
    voice: Voice, standing: Progress, topics: Sequence[TopicProgress], today: date, weeks: Sequence[Week]
) -> str:
    foot = []
    if any(standing.forecast):
        told = [
            f"{voice.weekday(today + timedelta(days=n))}: {due}"
            for n, due in enumerate(standing.forecast)
            if due
        ]
        count = len(standing.forecast)
        foot.append(voice.label("progress.alt_days", count=count, parts="; ".join(told)))
    if weeks:
        told = [f"{voice.weekday(week.begins)}: {week.right}/{week.rated}" for week in weeks if week.rated]
        foot.append(voice.label("progress.alt_weeks", parts="; ".join(told)))
    more = _more(voice, len(standing.topics) - len(topics))
    for longest in _TITLES:
        lines = [_topic_alt(voice, topic, longest) for topic in topics]
        alt = "\n".join((*lines, *([f"… {more}."] if more else []), *foot))
        if len(alt) <= MOST_ALT:
            return alt
    return f"{alt[: MOST_ALT - 1]}…"


def _topic_alt(voice: Voice, topic: TopicProgress, longest: int) -> str:
    title = " ".join(topic.title.split())
    title = title if len(title) <= longest else f"{title[: longest - 1].rstrip()}…"
    if not topic.steps and not topic.beyond:
        return voice.label("progress.alt_unanswered", title=title)
    key = "progress.alt_beyond" if topic.step == topic.steps else "progress.alt_topic"
    key += "" if topic.retention is None else "_kept"
    share = voice.share(topic.retention) if topic.retention is not None else ""
    return voice.label(
        key, title=title, step=topic.step, steps=topic.steps, share=share, count=topic.step + topic.beyond
    )
