"""How an answer is asked whether it helped.

A reply that can be judged carries the stem of an action (`Reply.feedback`). A platform may offer the two
actions made of it, as buttons or as its own kind of thumbs; one that doesn't loses nothing.
"""

from __future__ import annotations

from bot.core.context import action_id
from bot.core.reply import Action, Reply
from bot.core.voice import Voice
from knowledge.notes import Language

YES, NO = "yes", "no"


def stem(question_id: int) -> str:
    """What a reply carries whose question has this number."""
    return action_id("feedback", asked=question_id)


def offered(reply: Reply, language: Language) -> tuple[Action, Action] | None:
    """*Helpful* and *Not helpful* for a reply; None where it can't be judged."""
    if not reply.feedback:
        return None
    voice = Voice(language)
    return (
        Action(f"{reply.feedback}&helpful={YES}", voice.label("feedback.helpful")),
        Action(f"{reply.feedback}&helpful={NO}", voice.label("feedback.unhelpful")),
    )
