"""A bot that says what it is told to: replies and sender behind the unmodified client, without the core."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import discord

from bot.core.reply import Reply
from bot.platforms.discord.references import Ref
from bot.platforms.discord.replies import Replies
from bot.platforms.discord.sender import Sender
from knowledge.clock import Clock
from knowledge.store import Database
from tests.doubles.discord.interactions import Interaction
from tests.doubles.discord.world import Channel, Message, User
from tests.doubles.discord_bot import Running
from tests.doubles.discord_server import DiscordServer

COMMANDS: list[Any] = [
    {"name": "open", "description": "answers for all", "type": 1},
    {"name": "quiet", "description": "answers for one", "type": 1},
]


class Client(discord.Client):
    """Defers every interaction, takes every message that isn't its own, and fills neither."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        super().__init__(intents=intents, max_ratelimit_timeout=30)
        self.replies: Replies
        self.taken: list[Ref | None] = []

    async def setup_hook(self) -> None:
        assert self.application_id is not None
        await self.http.bulk_upsert_global_commands(self.application_id, COMMANDS)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        data: Any = interaction.data
        private = data.get("name") == "quiet"
        ref = await self.replies.open(interaction, private=private)
        if ref is not None:
            await interaction.response.defer(thinking=True, ephemeral=private)
        self.taken.append(ref)

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self.taken.append(await self.replies.open(message, private=False))


class Echo:
    """The bot, running; as a context manager it stops."""

    def __init__(self, server: DiscordServer, database: Database, clock: Clock) -> None:
        self.server = server
        self.client = Client()
        self.replies = self.client.replies = Replies(self.client, database, clock, pauses=())
        self.sender = Sender(self.client, self.replies)
        self._running = Running(server, self.client)

    def __enter__(self) -> Echo:
        self._running.__enter__()
        self.server.connected()
        self.server.synced()
        return self

    def __exit__(self, *error: Any) -> None:
        self.sender.stop()
        self._running.__exit__(*error)
        self.replies.close()

    def do(self, work: Any) -> Any:
        """Runs a coroutine on the client's loop."""
        return self._running.do(work)

    def take(self, act: Callable[[], object]) -> Ref | None:
        """What a turn that `act` does is taken as; None where it was taken before."""
        count = len(self.client.taken)
        act()

        async def heard() -> None:
            while len(self.client.taken) == count:
                await asyncio.sleep(0.002)

        self.do(asyncio.wait_for(heard(), 10))
        return self.client.taken[-1]

    def command(self, user: User, channel: Channel, name: str = "open") -> tuple[Interaction, Ref]:
        """Somebody's command, deferred."""
        asked: list[Interaction] = []
        ref = self.take(lambda: asked.append(self.server.command(user, channel, name)))
        assert ref is not None
        return asked[0].acknowledged(), ref

    def fill(self, ref: Ref, reply: Reply) -> None:
        self.do(self.replies.fill(ref, reply))

    def edit(self, ref: Ref, reply: Reply) -> None:
        self.do(self.replies.edit(ref.id, reply))

    def by_bot(self, channel: Channel) -> list[Message]:
        return self.server.by_bot(channel)
