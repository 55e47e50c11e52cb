"""discord.py's client, as little of it as Recap needs: no member list, no message cache, no voice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from typing import Any, Protocol

import discord

from bot.platforms.discord.options import DiscordOptions
from bot.platforms.hosted.supervision import Pause, Watch

log = logging.getLogger(__name__)

BETWEEN_LOGINS = 5.0
"""Seconds in which Discord takes one new session."""
PATIENCE = 30.0
"""Seconds that a request may be held back by a rate limit before it raises `discord.RateLimited`."""

# Nobody speaks here: the advice to install libraries for voice helps no one.
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False


class Events(Protocol):
    """What becomes of what happens on Discord; the coroutines run on the client's loop."""

    async def interaction(self, interaction: discord.Interaction, /) -> None: ...

    async def message(self, message: discord.Message, /) -> None: ...

    async def joined(self, guild: discord.Guild, /) -> None: ...

    async def left(self, guild: discord.Guild, /) -> None: ...

    async def remain(self, guilds: Collection[int], /) -> None: ...


class Client(discord.Client):
    """Hands what happens to `events`; `watch` is told when the gateway has taken us in or lost us.

    Build it with `client`.
    """

    events: Events
    watch: Watch
    pause: Pause

    _listening = True

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if self._listening:
            super().dispatch(event, *args, **kwargs)

    async def on_connect(self) -> None:
        self.watch.online(str(self.user))

    async def on_resumed(self) -> None:
        self.watch.online(str(self.user))

    async def on_disconnect(self) -> None:
        self.watch.offline()

    async def on_ready(self) -> None:
        # Servers that it was added to or taken out of while it was away are told by this list alone.
        await self.events.remain({guild.id for guild in self.guilds})
        for guild in self.guilds:
            if not guild.unavailable:
                await self.events.joined(guild)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        await self.events.interaction(interaction)

    async def on_message(self, message: discord.Message) -> None:
        await self.events.message(message)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.events.joined(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        # At the start it may have been out of reach, and was passed over then.
        await self.events.joined(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.events.left(guild)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.error("an event of Discord failed: %s", event_method, exc_info=True)  # noqa: LOG014  called in one

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        if not initial:
            await self.pause(BETWEEN_LOGINS)

    def stop_listening(self) -> None:
        """From now on what happens is passed over; what is in hand goes on."""
        self._listening = False


class ShardedClient(Client, discord.AutoShardedClient):
    """The same over several connections."""

    async def setup_hook(self) -> None:
        if self.shard_count is None:
            # Asked for here, so that the gateway is the one of the options and not the one in the answer.
            self.shard_count, _, _ = await self.http.get_bot_gateway()


def intents(message_content: bool) -> discord.Intents:
    """The least with which it can be asked: servers, and messages that mention it or come directly."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = message_content
    return wanted


def client(options: DiscordOptions, pause: Pause = asyncio.sleep) -> Client:
    """A client that is not connected. Give it `events` and `watch` before it is."""
    kind = ShardedClient if options.sharded else Client
    shards = options.shards if isinstance(options.shards, int) else None
    made = kind(
        intents=intents(options.message_content),
        shard_count=shards,
        allowed_mentions=discord.AllowedMentions.none(),
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_messages=None,
        max_ratelimit_timeout=PATIENCE,
    )
    made.pause = pause
    return made
