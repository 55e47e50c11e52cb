"""Discord's end of the outbox."""

from __future__ import annotations

import asyncio

import discord

from bot.platforms.discord.places import Place, place
from bot.platforms.discord.replies import Replies
from bot.platforms.hosted.sender import PATIENCE
from bot.platforms.hosted.sender import Sender as Hosted


class Sender(Hosted[Place, int]):
    """Sends what the drain hands over: called from threads, at work on the client's loop."""

    NAME = "Discord"

    def __init__(self, client: discord.Client, replies: Replies, patience: float = PATIENCE) -> None:
        super().__init__(replies, patience)
        self._client = client
        self._references = replies.references

    def _loop(self) -> asyncio.AbstractEventLoop | None:
        if self._client.user is None or self._client.is_closed():
            return None
        return self._client.loop

    def _place(self, text: str) -> Place:
        return place(text)

    async def _account(self, learner_id: int, where: Place) -> int | None:
        found = await self._references.ask(self._references.account, learner_id)
        return int(found) if found and found.isdecimal() else None
