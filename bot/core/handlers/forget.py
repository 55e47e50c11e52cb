"""`/forget`: deletes everything that is known of a learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from bot.core.context import Context, action_id, number
from bot.core.errors import CommandError
from bot.core.reply import Action, Reply


def forget(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Says what would be gone and asks whether to go on."""
    count = len(context.services.linking.accounts(context.learner.id))
    return Reply(
        context.say("forget.ask", count=count),
        actions=(
            Action("export", context.label("action.export_first")),
            Action(
                action_id("forget_all", learner=context.learner.id), context.label("action.forget"), "danger"
            ),
        ),
        private=True,
        language=context.voice.language,
    )


def forget_all(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Does it. The button counts for the learner who was asked, not for who begins anew afterwards."""
    if number(arguments, "learner") != context.learner.id:
        raise CommandError("error.action_unknown")
    gone = context.services.erasure.forget(context.learner.id)
    context.services.planned()
    lines = [context.say("forget.done")]
    if gone is not None and not gone.empty:
        parts = [
            context.label(f"forget.{what}", count=count) for what, count in asdict(gone).items() if count
        ]
        lines.insert(0, context.say("forget.erased", parts=", ".join(parts)))
    return Reply("\n\n".join(lines), tone="success", private=True, language=context.voice.language)
