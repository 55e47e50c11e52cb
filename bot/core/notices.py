"""What a learner is told beside the reply to whatever they did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.reply import Action, Reply
from bot.core.services import Services
from bot.core.voice import Voice

if TYPE_CHECKING:
    from jobs.people import Learner

_CHANGE_IT = ("settings", "link", "unlink", "forget_all")
"""Use cases that change where things go, or whose learner is another afterwards."""


def add(services: Services, learner: Learner, use: str, reply: Reply, voice: Voice) -> Reply:
    """The reply, with how many reviews wait where their learner can't be reached.

    Whoever can be reached again by now gets them instead. A reply that will be edited, that tells of an
    error or gives a review itself carries no notice; the next one does.
    """
    if not learner.closed or use in _CHANGE_IT:
        return reply
    if services.reach.resume(learner.id):
        services.planned()
        return reply
    if use == "review" or reply.tone in ("progress", "error"):
        return reply
    count = services.reach.notice(learner.id)
    if not count:
        return reply
    actions = reply.actions
    if all(action.id != "review" for action in actions):
        actions = (*actions, Action("review", voice.label("action.review")))
    told = voice.say("notice.closed", count=count)
    return replace(reply, text=f"{reply.text}\n\n{told}", actions=actions)
