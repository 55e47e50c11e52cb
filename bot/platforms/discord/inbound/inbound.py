"""Takes what happens on Discord: acknowledged at once, done in order, answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import discord

from bot.core.forms import Form, blank
from bot.core.language import locale_language
from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press, Turn
from bot.platforms.discord.inbound import commands, completion, forms, guilds, origins
from bot.platforms.discord.inbound.acknowledge import acknowledge
from bot.platforms.discord.inbound.apology import apologise
from bot.platforms.discord.inbound.messages import Listener, identity
from bot.platforms.discord.inbound.origins import Origin
from bot.platforms.discord.inbound.people import People
from bot.platforms.discord.inbound.rush import Rush
from bot.platforms.discord.inbound.seam import DiscordCore, Replies, Source
from bot.platforms.discord.inbound.settling import settle
from bot.platforms.discord.inbound.texts import spoken
from bot.platforms.discord.inbound.typing import Typing
from bot.platforms.discord.inbound.uploads import fetching
from bot.platforms.discord.places import PLATFORM, Place
from bot.platforms.discord.references import Ref
from bot.platforms.hosted.lanes import Lanes
from bot.platforms.hosted.recent import Recent
from bot.platforms.hosted.threads import Threads
from knowledge.clock import Clock

log = logging.getLogger(__name__)

Did = Line | Call | Press
OPENING = 4
"""Replies that are opened at the same time: a database that hangs must not take every thread there is."""
FORM_PATIENCE = 1.5
"""Seconds after which a form is shown without what stands in it: Discord waits for three."""


class Inbound:
    """Lives on the client's loop. Of what it is told, only the lines of turns in work are kept in memory.

    Every coroutine returns when what it was given is done.
    """

    def __init__(
        self,
        core: DiscordCore,
        replies: Replies,
        clock: Clock,
        *,
        admin_role: str = "",
        threads: Threads | None = None,
        listener: Listener | None = None,
        typing: Typing | None = None,
        form_patience: float = FORM_PATIENCE,
        completion_patience: float = completion.PATIENCE,
    ) -> None:
        self._core = core
        self._replies = replies
        self._clock = clock
        self._people = People(admin_role)
        self._threads = threads or Threads(PLATFORM)
        self._listener = listener or Listener()
        self._typing = typing or Typing()
        self._lanes = Lanes()
        self._recent = Recent()
        self._rush = Rush()
        self._opening = asyncio.Semaphore(OPENING)
        self._form_patience = form_patience
        self._completion_patience = completion_patience

    async def interaction(self, interaction: discord.Interaction) -> None:
        """A command, a completion, a press or a form that was sent."""
        if not self._recent.is_new(interaction.id):
            return
        person, origin = self._people.of_interaction(interaction), origins.of_interaction(interaction)
        kind = discord.InteractionType
        if interaction.type is kind.application_command:
            await self._command(interaction, person, origin)
        elif interaction.type is kind.autocomplete:
            await self._complete(interaction, person, origin)
        elif interaction.type is kind.component:
            await self._pressed(interaction, person, origin)
        elif interaction.type is kind.modal_submit:
            await self._submitted(interaction, person, origin)

    async def message(self, message: discord.Message) -> None:
        """A message that may be meant for the bot."""
        me = identity(message)
        meant = self._listener.is_meant(message, me) if me is not None else False
        if me is None or meant is False or not self._recent.is_new(message.id):
            return
        origin, person = origins.of_message(message), self._people.of_message(message)
        text = spoken(message, me)

        async def work() -> None:
            if meant is None and not await self._listener.is_ours(message, me):
                return
            async with self._typing.shown(message.channel, message.channel.id):
                opened = self._open(message, origin.shared and commands.is_private(text))
                did: Did = Call("help")
                if text:
                    did = Line(text, await self._listener.before(message, me))
                if await self._answer(message, person, origin, did, opened) is not None:
                    await self._listener.take_part(message.channel)

        await asyncio.shield(self._lanes.put(origin.place, work, "a message of Discord"))

    async def joined(self, guild: discord.Guild) -> None:
        """The bot is in a server, perhaps since just now. May be told again and again."""
        space, place = guilds.space(guild), guilds.greeting_place(guild, self._clock.now())
        locale = str(guild.preferred_locale.value)
        tell = partial(self._threads.work, self._core.joined, PLATFORM, space, guild.name, place, locale)
        await asyncio.shield(self._lanes.put(space, tell, "joining a server on Discord"))

    async def left(self, guild: discord.Guild) -> None:
        """The bot was taken out of a server."""
        space = guilds.space(guild)
        tell = partial(self._threads.work, self._core.left, PLATFORM, space)
        await asyncio.shield(self._lanes.put(space, tell, "leaving a server on Discord"))

    async def remain(self, servers: Collection[int]) -> None:
        """The bot is in these servers: it was taken out of the others that it is known to have been in."""
        spaces = {str(Place("guild", server)) for server in servers}
        await self._threads.work(self._core.remain, PLATFORM, spaces)

    async def close(self, seconds: float = 5.0) -> None:
        """Gives what is in work that many seconds, then lets go of it."""
        await self._lanes.finish(seconds)
        self._threads.close()

    async def _command(self, interaction: discord.Interaction, person: Person, origin: Origin) -> None:
        asked = commands.read(interaction, fetching(asyncio.get_running_loop()))
        private = asked.private and origin.shared
        defer = partial(interaction.response.defer, ephemeral=private)
        await self._take(interaction, person, origin, asked.call, private, defer)

    async def _complete(self, interaction: discord.Interaction, person: Person, origin: Origin) -> None:
        asked = commands.read(interaction, fetching(asyncio.get_running_loop()))
        turn = _turn(person, origin, "", asked.call)
        offered = await completion.offered(
            self._core, self._threads, turn, asked.focused, self._completion_patience
        )
        await self._acknowledge(interaction, partial(interaction.response.autocomplete, offered))

    async def _pressed(self, interaction: discord.Interaction, person: Person, origin: Origin) -> None:
        action = _chosen(interaction) or interaction.custom_id or ""
        form = await self._form(_turn(person, origin, "", Press(action)), action)
        if form is not None:
            await self._acknowledge(
                interaction, partial(interaction.response.send_modal, forms.modal(action, form))
            )
        else:
            await self._press(interaction, person, origin, Press(action))

    async def _submitted(self, interaction: discord.Interaction, person: Person, origin: Origin) -> None:
        action = interaction.custom_id or ""
        data: Mapping[str, Any] = interaction.data or {}
        fields = forms.submitted(action, data.get("components", ()))
        await self._press(interaction, person, origin, Press(action, fields))

    async def _press(
        self, interaction: discord.Interaction, person: Person, origin: Origin, press: Press
    ) -> None:
        """The message with the button stays; the reply will be a new one, private if that one is."""
        message = interaction.message
        private = origin.shared and commands.is_private(f"/{press.action.partition('?')[0]}")
        private = private or (message is not None and message.flags.ephemeral)
        await self._take(interaction, person, origin, press, private, interaction.response.defer)

    async def _form(self, turn: Turn, action: str) -> Form | None:
        plain = blank(action, locale_language(turn.person.locale))
        if plain is None:
            return None
        try:
            return await self._threads.quick(self._form_patience, self._core.form, turn)
        except TimeoutError:
            log.warning("a form took longer than %.1f s: it is shown without its values", self._form_patience)
        except Exception:
            log.exception("a form could not be filled: it is shown without its values")
        return plain

    async def _take(
        self,
        interaction: discord.Interaction,
        person: Person,
        origin: Origin,
        did: Did,
        private: bool,
        defer: Callable[[], Awaitable[Any]],
    ) -> None:
        acknowledged = asyncio.create_task(self._acknowledge(interaction, defer), name="discord-acknowledge")
        # At the same time, so that hardly a moment is left in which it is acknowledged and not remembered.
        opening = asyncio.create_task(self._open(interaction, private), name="discord-open")

        async def opened() -> Ref | None:
            taken, ref = await acknowledged, await opening
            if ref is not None and not taken:
                await self._replies.unacknowledged(ref)
            return ref

        async def work() -> None:
            reply = await self._answer(interaction, person, origin, did, opened(), private)
            if reply is not None and reply.tone != "error" and isinstance(did, Press):
                await settle(interaction, did.action, by_token=await acknowledged)
            if reply is not None and not private and not reply.private:
                await self._listener.take_part(interaction.channel)

        await asyncio.shield(self._lanes.put(origin.place, work, f"a {interaction.type.name} of Discord"))

    async def _acknowledge(
        self, interaction: discord.Interaction, send: Callable[[], Awaitable[Any]]
    ) -> bool:
        async with self._rush.acknowledging():
            return await acknowledge(interaction, send)

    async def _open(self, source: Source, private: bool) -> Ref | None:
        await self._rush.over()
        async with self._opening:
            return await self._replies.open(source, private=private)

    async def _answer(
        self,
        source: Source,
        person: Person,
        origin: Origin,
        did: Did,
        opened: Awaitable[Ref | None],
        hidden: bool = False,
    ) -> Reply | None:
        """Carries it out and shows the reply; None: it was taken before, or something failed."""
        try:
            ref = await opened
            if ref is None:
                log.info("taken before: %s", source.id)
                return None
            await self._rush.over()
            turn = replace(_turn(person, origin, str(ref), did), hidden=hidden)
            reply = await self._threads.work(self._core.dispatch, turn)
            await self._replies.fill(ref, reply)
        except Exception as error:  # noqa: BLE001  the person hears of it, whatever it was
            await apologise(source, person, error)
            return None
        return reply


def _chosen(interaction: discord.Interaction) -> str | None:
    """What was picked in a menu of actions: the id of one; None where a button was pressed."""
    data: Mapping[str, Any] = interaction.data or {}
    values = data.get("values") or ()
    return str(values[0]) if values else None


def _turn(person: Person, origin: Origin, ref: str, did: Did) -> Turn:
    return Turn(PLATFORM, person, origin.place, ref, did, origin.within, origin.shared)
