"""The settings *pause* and *reviews*: nothing comes unasked until some day, or until the learner says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.context import Context, action_id
from bot.core.dates import read_day
from bot.core.errors import CommandError
from bot.core.reply import Action, Field
from bot.core.voice import Voice

if TYPE_CHECKING:
    from jobs.people import Learner

NAMES = ("pause", "reviews")
_ENDS = ("off", "no", "none", "end", "resume", "не", "няма", "край", "关", "关闭", "结束", "取消")
_OPEN = ("on", "yes", "forever", "indefinitely", "да", "безсрочно", "开", "一直", "无限期")
_ON = ("on", "yes", "да", "вкл", "включени", "开", "开启", "打开")
_OFF = ("off", "no", "не", "изкл", "изключени", "关", "关闭", "停止")


def read(context: Context, setting: str, value: str) -> Callable[[], Learner]:
    """What carries the setting out. CommandError where the value can't be read; nothing has changed then."""
    pauses, learner_id = context.services.pauses, context.learner.id
    folded = value.strip().casefold()
    if setting == "reviews":
        if folded in _ON:
            return lambda: pauses.resume(learner_id)
        if folded in _OFF:
            return lambda: pauses.pause(learner_id, None)
        raise CommandError("error.reviews_invalid", value=value)
    if folded in _ENDS:
        return lambda: pauses.resume(learner_id)
    if folded in _OPEN:
        return lambda: pauses.pause(learner_id, None)
    day = read_day(value, context.voice.local(context.services.clock.now()).date())
    if day is None:
        raise CommandError("error.pause_invalid", value=value)
    return lambda: pauses.pause(learner_id, day)


def told(voice: Voice, learner: Learner, now: datetime) -> str:
    """Whether reviews come, as plain text."""
    if not learner.paused(now):
        return voice.label("settings.reviews_on")
    if learner.paused_until is None:
        return voice.label("settings.reviews_off")
    return voice.label("settings.reviews_paused", when=voice.moment(learner.paused_until, now))


def field(voice: Voice) -> Field:
    """Until when reviews are paused."""
    return Field("until", voice.label("pause.until"))


def actions(voice: Voice, learner: Learner, now: datetime) -> tuple[Action, ...]:
    """The ways out of a pause, or into one."""
    until = Action("pause", voice.label("action.pause_until"), fields=(field(voice),))
    if learner.paused(now):
        return Action("reviews_on", voice.label("action.reviews_on"), "primary"), until
    week = Action(action_id("pause_for", span="1w"), voice.label("action.pause_week"))
    return week, until, Action("reviews_off", voice.label("action.reviews_off"))
