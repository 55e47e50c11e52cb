"""Until when Slack wants no more requests of which kind."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.platforms.slack.failures import Limited
from knowledge.clock import Clock

Kind = tuple[str, str, str]
"""Workspace, method, and the channel where Slack counts by channel."""


class Rates:
    """A method that is limited holds up no other, a channel no other. Lives on Slack's loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[Kind, datetime] = {}

    def check(self, kind: Kind) -> None:
        """Raises `Limited` while Slack wants none of that kind; asking would only prolong it."""
        until = self._until.get(kind)
        if until is None:
            return
        left = until - self._clock.now()
        if left > timedelta(0):
            raise Limited(f"{kind[1]} is limited", left)
        del self._until[kind]

    def shut(self, kind: Kind, wait: timedelta) -> None:
        """Slack has asked to come back after that time."""
        now = self._clock.now()
        self._until = {each: until for each, until in self._until.items() if until > now}
        self._until[kind] = now + wait
