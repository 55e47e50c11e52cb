"""Errors of Slack that a person at the terminal is told about; the tree is drawn in `knowledge.errors`."""

from __future__ import annotations

from bot.core.errors import CommandError


class SlackError(CommandError):
    """Slack can't be spoken to; the key says why. Params: `url`, `detail`, or what the key needs."""

    key = "error.slack_unreachable"
