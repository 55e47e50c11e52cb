"""Slack's end of the outbox."""

from __future__ import annotations

import asyncio

from bot.platforms.hosted.sender import PATIENCE
from bot.platforms.hosted.sender import Sender as Hosted
from bot.platforms.slack.failures import Closed, NotInstalled
from bot.platforms.slack.places import Place, account, place, user_of
from bot.platforms.slack.replies import Replies


class Sender(Hosted[Place, str]):
    """Sends what the drain hands over: called from threads, at work on Slack's loop."""

    NAME = "Slack"
    UNREACHABLE = (Closed, NotInstalled)

    def __init__(self, replies: Replies, loop: asyncio.AbstractEventLoop, patience: float = PATIENCE) -> None:
        super().__init__(replies, patience)
        self._on = loop
        self._references = replies.references

    def _loop(self) -> asyncio.AbstractEventLoop | None:
        return self._on if self._on.is_running() else None

    def _place(self, text: str) -> Place:
        found = place(text)
        if found.kind == "team":
            raise ValueError(f"{text} is no place to speak in")
        return found

    async def _account(self, learner_id: int, where: Place) -> str | None:
        found = await self._references.ask(self._references.account, learner_id, account(where.team, ""))
        return user_of(found)[1] if found else None
