"""`/notes cards`: the cards whose fact changed in the notes, for an admin to take anew or stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core.catalogue import as_written, quote
from bot.core.context import Context, action_id, number
from bot.core.reply import Action, Reply
from jobs.review.records import PausedCard


def paused_cards(context: Context) -> Reply:
    """The first card that waits: what it says, what the notes say now, and what can be done."""
    decisions = context.services.reviews.decisions
    first = next(iter(decisions.paused(1)), None)
    if first is None:
        return context.reply("notes.no_cards", private=True)
    return Reply(
        _told(context, first),
        actions=(
            _button(first, "take", context, primary=True),
            _button(first, "stop", context),
        ),
        private=True,
        language=context.voice.language,
    )


def decide(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Does what was pressed under a paused card, and shows the next one."""
    decisions = context.services.reviews.decisions
    decided = decisions.accept if arguments.get("do") == "take" else decisions.withdraw
    done = "taken" if arguments.get("do") == "take" else "stopped"
    card = decided(number(arguments, "card"), arguments.get("version", ""))
    then = paused_cards(context)
    lead = context.say(f"notes.card_{done}", prompt=as_written(card.prompt))
    return replace(then, text=f"{lead}\n\n{then.text}")


def _told(context: Context, card: PausedCard) -> str:
    parts = [context.say("notes.card_changed", note=card.note), quote(as_written(card.prompt))]
    if card.new_prompt != card.prompt:
        parts += [context.say("notes.card_asks"), quote(as_written(card.new_prompt))]
    for name, passage, right in (("was", card.before, card.right), ("now", card.now, card.new_right)):
        parts += [context.say(f"notes.card_{name}"), quote(as_written("\n".join((*right, passage.quote))))]
    return "\n\n".join(parts)


def _button(card: PausedCard, name: str, context: Context, primary: bool = False) -> Action:
    return Action(
        action_id("notes", action="cards", do=name, card=card.card_id, version=card.version),
        context.label(f"action.card_{name}"),
        "primary" if primary else "plain",
    )
