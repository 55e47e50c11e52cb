"""A workspace with what replies need of one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.reply import Action, Reply
from tests.doubles.slack.world import Channel, User

LONG = "\n\n".join(f"Paragraph {n}. " + "words " * 700 for n in range(5))
"""Three messages."""
BUTTON = Action("quiz", "Quiz me")
IN_LINE = Reply("In line.", tone="progress", progress=0.0)


@dataclass
class Study:
    """A channel with the bot, a private one without it, two learners, the first one's direct messages."""

    open: Channel
    closed: Channel
    ada: User
    bob: User
    dm: Channel


def without_space(texts: list[str]) -> str:
    return "".join("".join(texts).split())
