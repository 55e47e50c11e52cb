"""What a learner is told beside the reply to whatever they did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.reply import Action, Reply
from bot.core.services import Services
from bot.core.voice import Voice

if TYPE_CHECKING:
    from jobs.people import Learner

_TELL_THEMSELVES = ("review", "settings", "link", "unlink", "forget", "forget_all")
"""Use cases that show what waits, or change where it goes; the notice comes with the next turn."""


def add(services: Services, learner: Learner, use: str, reply: Reply, voice: Voice) -> Reply:
    """The reply, with how many reviews wait where their learner can't be reached.

    Whoever can be reached again by now gets them instead. A reply that will be edited, or that tells of an
    error, carries no notice.
    """
    if not learner.closed or use in _TELL_THEMSELVES or reply.tone in ("progress", "error"):
        return reply
    if services.reach.resume(learner.id):
        services.planned()
        return reply
    count = services.reach.notice(learner.id)
    if not count:
        return reply
    actions = reply.actions
    if all(action.id != "review" for action in actions):
        actions = (*actions, Action("review", voice.label("action.review")))
    return replace(reply, text=f"{reply.text}\n\n{voice.say('notice.closed', count=count)}", actions=actions)
