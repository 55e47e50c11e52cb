"""Thumbs under an answer."""

from __future__ import annotations

from bot.core.feedback import offered
from bot.core.reply import Action, Reply
from bot.platforms.hosted.render.measure import shortened
from bot.platforms.slack.render.limits import LABEL, size
from bot.platforms.slack.render.rich import Block, Element
from knowledge.notes import Language


def thumbs(reply: Reply, language: Language) -> list[Block]:
    """The block that asks whether a reply helped; none where it can't be judged.

    What is pressed comes as the value of an action, like that of any button.
    """
    actions = offered(reply, language)
    if actions is None:
        return []
    positive, negative = (_thumb(action) for action in actions)
    element = {"type": "feedback_buttons", "positive_button": positive, "negative_button": negative}
    return [{"type": "context_actions", "elements": [element]}]


def _thumb(action: Action) -> Element:
    label = shortened(action.label, LABEL, size)
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"text": text, "value": action.id, "accessibility_label": label}
