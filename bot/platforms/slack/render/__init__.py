"""A `Reply` as Slack's messages, each within Slack's limits; together they lose nothing of it."""

from bot.platforms.hosted.render.attached import Attached
from bot.platforms.slack.render.compose import MOST_MESSAGES, escaped, render
from bot.platforms.slack.render.controls import OWN
from bot.platforms.slack.render.fingerprint import fingerprint_of
from bot.platforms.slack.render.modal import (
    FIELD,
    FILES,
    FORM,
    action_of,
    errors,
    language_of,
    modal,
    plain_text,
    source_of,
    submitted,
    uploaded,
)
from bot.platforms.slack.render.rendered import Rendered
from bot.platforms.slack.render.settled import settled

__all__ = [
    "FIELD",
    "FILES",
    "FORM",
    "MOST_MESSAGES",
    "OWN",
    "Attached",
    "Rendered",
    "action_of",
    "errors",
    "escaped",
    "fingerprint_of",
    "language_of",
    "modal",
    "plain_text",
    "render",
    "settled",
    "source_of",
    "submitted",
    "uploaded",
]
