"""Which messages are meant for the bot, and what was said before them."""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from datetime import timedelta

import aiohttp
import discord

from bot.platforms.discord.inbound.texts import spoken

log = logging.getLogger(__name__)

MOST_BEFORE = 6
"""Earlier messages that are given along."""
LONGEST_BEFORE = 2000
MOST_STEPS = 3
"""Replies that are followed back beyond the one that Discord sends along; each costs a request."""
FRESH = timedelta(minutes=30)
"""How old a direct message may be to belong to what is being said."""
PATIENCE = 3.0
"""Seconds that may be spent on looking up what was said before."""
MOST_THREADS = 10_000
_EVERYONE = re.compile(r"@(?:everyone|here)\b")
_SPOKEN_BY_PEOPLE = (discord.MessageType.default, discord.MessageType.reply)


class Listener:
    """Tells whom a message is meant for. Which threads are ours is Discord's own knowledge, cached here."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._ours: OrderedDict[int, bool] = OrderedDict()

    def is_meant(self, message: discord.Message, me: int) -> bool | None:
        """Whether a message is a question to the bot: said directly, with a mention, as a reply, or in a
        thread that it takes part in. None: it is if `is_ours` says so of its thread.
        """
        author, thread = message.author, message.channel
        if author.bot or message.webhook_id is not None or message.type not in _SPOKEN_BY_PEOPLE:
            return False
        replied = _replied_to(message)
        if message.guild is None or _mentions(message, me) or (replied and replied.author.id == me):
            return True
        if not isinstance(thread, discord.Thread) or _EVERYONE.search(message.content):
            return False
        # Without the message content intent there is nothing to read; what goes to others isn't for us.
        if not spoken(message, me) or message.mentions or message.role_mentions or message.reference:
            return False
        return True if thread.me is not None or thread.owner_id == me else None

    async def is_ours(self, message: discord.Message, me: int) -> bool:
        """Whether the thread of a message hangs on a message of ours, whose id it then has."""
        thread = message.channel
        if not isinstance(thread, discord.Thread):
            return False
        known = self._ours.get(thread.id)
        if known is None:
            known = await self._starter_is(thread, me)
            if known is not None:
                self._remember(thread.id, known)
        return bool(known)

    async def take_part(self, channel: object) -> None:
        """After an answer in a thread: what is said there from now on is for us. Never raises.

        A message makes us a member of it, which Discord remembers; the answer to a command doesn't.
        """
        if not isinstance(channel, discord.Thread):
            return
        self._remember(channel.id, True)
        try:
            if channel.me is None:
                await channel.join()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("thread %s can't be joined: %s", channel.id, error)

    async def before(self, message: discord.Message, me: int) -> tuple[str, ...]:
        """What was said before a message in its thread or chain of replies, oldest first; the last few."""
        try:
            async with asyncio.timeout(self._patience):
                said = await _said_before(message)
        except TimeoutError:
            log.info("looking up what was said before took longer than %.1f s", self._patience)
            said = _in_hand(message)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("what was said before can't be read in channel %s: %s", message.channel.id, error)
            said = _in_hand(message)
        texts = (spoken(one, me)[:LONGEST_BEFORE] for one in said)
        return tuple(text for text in texts if text)[-MOST_BEFORE:]

    def _remember(self, thread: int, ours: bool) -> None:
        self._ours[thread] = ours
        if len(self._ours) > MOST_THREADS:
            self._ours.popitem(last=False)

    async def _starter_is(self, thread: discord.Thread, me: int) -> bool | None:
        """None: that can't be told now."""
        parent = thread.parent
        if not isinstance(parent, discord.TextChannel):
            return False
        try:
            async with asyncio.timeout(self._patience):
                return (await parent.fetch_message(thread.id)).author.id == me
        except discord.NotFound:
            return False
        except (TimeoutError, discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("who started thread %s can't be told: %s", thread.id, error)
            return None


def identity(message: discord.Message) -> int | None:
    """Who we are where a message was written; None: Discord hasn't told us of that server yet."""
    if message.guild is None:
        return message.channel.me.id if isinstance(message.channel, discord.DMChannel) else None
    # The library promises a member, which it has only once the server has been told of.
    me: discord.Member | None = message.guild.me
    return me.id if me is not None else None


def _mentions(message: discord.Message, me: int) -> bool:
    """Mentioned itself or by its own role, which completes under the same name. @everyone doesn't count."""
    role = message.guild.self_role if message.guild else None
    return any(user.id == me for user in message.mentions) or (
        role is not None and role in message.role_mentions
    )


def _replied_to(message: discord.Message) -> discord.Message | None:
    resolved = message.reference.resolved if message.reference else None
    return resolved if isinstance(resolved, discord.Message) else None


def _in_hand(message: discord.Message) -> list[discord.Message]:
    replied = _replied_to(message)
    return [replied] if replied is not None else []


async def _said_before(message: discord.Message) -> list[discord.Message]:
    if isinstance(message.channel, discord.Thread):
        said = [one async for one in message.channel.history(limit=MOST_BEFORE, before=message)]
        return [_starter(one) or one for one in reversed(said)]
    if message.reference is not None:
        return await _chain(message)
    if message.guild is None:
        said = [one async for one in message.channel.history(limit=MOST_BEFORE, before=message)]
        return [one for one in reversed(said) if message.created_at - one.created_at <= FRESH]
    return []


def _starter(message: discord.Message) -> discord.Message | None:
    """What a thread began with: its first message only refers to it."""
    starts = message.type is discord.MessageType.thread_starter_message
    return _replied_to(message) if starts else None


async def _chain(message: discord.Message) -> list[discord.Message]:
    chain = _in_hand(message)
    while chain and len(chain) <= MOST_STEPS and (reference := chain[0].reference) is not None:
        if reference.message_id is None or reference.channel_id != message.channel.id:
            break
        known = _replied_to(chain[0])
        chain.insert(0, known or await message.channel.fetch_message(reference.message_id))
    return chain
