"""Inbound behind the unmodified library, against the loopback Discord."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import discord
import pytest

from bot.core.commands import COMMANDS
from bot.core.reply import Reply
from bot.platforms.discord import replies as discord_replies
from bot.platforms.discord.inbound import Inbound
from bot.platforms.discord.inbound.typing import Typing
from bot.platforms.discord.references import Ref
from bot.wiring import App
from tests.doubles.clock import FrozenClock
from tests.doubles.discord.fixtures import discord_contract, discord_server
from tests.doubles.discord.world import Channel, Guild, User
from tests.doubles.discord_bot import Running
from tests.doubles.discord_server import DiscordServer

__all__ = ["discord_contract", "discord_server"]

ADMIN_ROLE = "Teachers"


class Replies(discord_replies.Replies):
    """The real ones, which say what they were given."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.told: list[Reply] = []
        self.lost: list[Any] = []
        self.failure: Exception | None = None
        self.unfillable: Exception | None = None
        self.slow: threading.Event | None = None

    async def open(self, source: discord.Interaction | discord.Message, *, private: bool) -> Ref | None:
        if self.failure is not None:
            raise self.failure
        if self.slow is not None:
            await asyncio.to_thread(self.slow.wait, 20)
        return await super().open(source, private=private)

    async def unacknowledged(self, ref: Ref) -> None:
        self.lost.append(ref)
        await super().unacknowledged(ref)

    async def fill(self, ref: Ref, reply: Reply) -> None:
        self.told.append(reply)
        if self.unfillable is not None:
            raise self.unfillable
        await super().fill(ref, reply)


class Client(discord.Client):
    """Hands its events on, as the bot's own client does."""

    inbound: Inbound

    def __init__(self, message_content: bool) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.guild_messages = intents.dm_messages = True
        intents.message_content = message_content
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.1,
        )

    async def setup_hook(self) -> None:
        await self.http.bulk_upsert_global_commands(self.application_id or 0, registered())

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        await self.inbound.interaction(interaction)

    async def on_message(self, message: discord.Message) -> None:
        await self.inbound.message(message)

    async def on_ready(self) -> None:
        for guild in self.guilds:
            await self.inbound.joined(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.inbound.joined(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.inbound.left(guild)


class Town:
    """A server with people in three languages, and the bot running in it."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.ada = server.person("Ada")
        self.boris = server.person("Boris", locale="bg")
        self.chen = server.person("Chen", locale="zh-CN")
        self.guild: Guild = server.guild("Study", self.ada, self.boris, self.chen)
        channel = self.guild.system_channel
        assert channel is not None
        self.channel: Channel = channel
        self.replies: Replies
        self.client: Client
        self.inbound: Inbound

    def dm(self, user: User) -> Channel:
        return self.server.dm(user)


Start = Callable[..., Town]


@pytest.fixture
def start(discord_server: DiscordServer, app: App, clock: FrozenClock) -> Iterator[Start]:
    """Starts the bot, anew if it runs; `core` instead of the application's, other options are `Inbound`'s."""
    running: list[tuple[Running[Client], Inbound]] = []

    def stop() -> None:
        while running:
            bot, inbound = running.pop()
            bot.do(inbound.close())
            bot.__exit__(None, None, None)
            assert bot.failure is None

    def begin(core: Any = None, *, message_content: bool = True, **options: Any) -> Town:
        stop()
        town = Town(discord_server)
        client = Client(message_content)
        options = {"admin_role": ADMIN_ROLE, "typing": Typing(after=0), **options}
        town.replies = Replies(client, app.database, clock)
        inbound = Inbound(core or app.core, town.replies, clock, **options)
        client.inbound = town.inbound = inbound
        town.client = client
        bot = Running(discord_server, client)
        bot.__enter__()
        running.append((bot, inbound))
        discord_server.connected()
        discord_server.synced()
        bot.do(client.wait_until_ready())
        return town

    yield begin
    stop()


@pytest.fixture
def town(start: Start) -> Town:
    return start()


def registered() -> list[Any]:
    """The command table as Discord's commands, without any finery."""
    commands: list[Any] = [{"type": 3, "name": "Ask about this", "contexts": [0, 1]}]
    for command in COMMANDS.values():
        options: list[dict[str, Any]] = [
            {
                "type": 3,
                "name": parameter.name,
                "description": parameter.name,
                "required": parameter.required,
                "autocomplete": parameter.completer is not None,
            }
            for parameter in command.parameters
        ]
        if command.name == "notes":
            options.append({"type": 11, "name": "file", "description": "file"})
        if command.name == "ask":
            options.append({"type": 3, "name": "visible", "description": "visible"})
        commands.append(
            {
                "type": 1,
                "name": command.name,
                "description": command.name,
                "options": options,
                "contexts": [0, 1],
            }
        )
    return commands
