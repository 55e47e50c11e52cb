"""The setting *where*: whether reviews come as private messages or in a channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.complete import WHERE
from bot.core.context import Context
from bot.core.errors import CommandError
from bot.core.reply import Field
from bot.core.voice import Voice

PRIVATE, HERE, BACKUP = WHERE
KEPT = "kept"
_ALSO: Mapping[str, tuple[str, ...]] = {
    PRIVATE: ("dm", "dms", "лично", "лични", "私信", "私聊"),
    HERE: ("тук", "这里", "此处"),
    BACKUP: ("резерва", "备用"),
}


def matters(context: Context) -> bool:
    """Whether there is anything to choose: not for someone who only has a page of their own."""
    turn = context.turn
    return bool(turn.shared or turn.person.inbox or context.services.reach.chosen(context.learner.id))


def current(context: Context) -> str:
    """One of `WHERE`, or `KEPT` for a channel that isn't this one."""
    chosen = context.services.reach.chosen(context.learner.id)
    if chosen is None:
        return PRIVATE
    turn = context.turn
    if (chosen.platform, chosen.place) != (turn.platform, turn.place):
        return KEPT
    return BACKUP if chosen.only_else else HERE


def told(voice: Voice, value: str) -> str:
    return voice.label(f"where.{value}")


def field(context: Context, voice: Voice, value: str) -> Field:
    """What can be chosen here; a channel only where others read along."""
    offered = [PRIVATE, *((HERE, BACKUP) if context.turn.shared else ())]
    if value not in offered:
        offered.insert(0, value)
    choices = tuple((one, told(voice, one)) for one in offered)
    return Field("where", voice.label("settings.where"), value, choices=choices)


def read(context: Context, value: str) -> Callable[[], None]:
    """What carries the choice out. CommandError where it can't be; nothing has changed then."""
    folded = value.casefold()
    wanted = next((one for one in WHERE if folded == one or folded in _ALSO[one]), folded)
    reach, turn = context.services.reach, context.turn
    if wanted == KEPT:
        return lambda: None
    if wanted == PRIVATE:
        return lambda: reach.private(context.learner.id)
    if wanted not in WHERE:
        raise CommandError("error.where_unknown", value=value)
    if not turn.shared:
        raise CommandError("error.where_shared")
    return lambda: reach.choose(
        context.learner.id,
        turn.platform,
        turn.person.external_id,
        turn.place,
        turn.within[-1] if turn.within else None,
        only_else=wanted == BACKUP,
    )
