"""Whether an answer helped."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.context import Context, number
from bot.core.errors import CommandError
from bot.core.feedback import NO, YES
from bot.core.reply import Action, Reply
from jobs.feedback import give


def feedback(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Keeps what the person says of an answer; only they see the thanks."""
    said = arguments.get("helpful", "")
    if said not in (YES, NO):
        raise CommandError("error.action_unknown")
    services = context.services
    asked = number(arguments, "asked")
    if not give(services.database, asked, context.learner.id, said == YES, services.clock.now()):
        raise CommandError("error.message_gone")
    if said == YES:
        return context.reply("feedback.thanks", tone="success", private=True)
    return Reply(
        context.say("feedback.noted"),
        tone="success",
        actions=(Action("learn", context.label("action.learn")),),
        private=True,
        language=context.voice.language,
    )
