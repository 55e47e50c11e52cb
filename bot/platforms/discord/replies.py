"""Replies to turns: durable references to messages that can be filled and edited, after any restart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.core import catalogue
from bot.core.language import locale_language
from bot.core.reply import Reply
from bot.platforms.discord.failures import (
    Closed,
    Failure,
    Full,
    Later,
    MessageGone,
    NoChannel,
    NotAllowed,
    TokenExpired,
)
from bot.platforms.discord.following import Follower
from bot.platforms.discord.places import Place, place
from bot.platforms.discord.posting import Poster
from bot.platforms.discord.references import PRESS, Ref, References
from bot.platforms.discord.render import render
from bot.platforms.discord.rest import Rest
from knowledge.clock import Clock
from knowledge.store import Database

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(minutes=15)
"""How long Discord takes an interaction's token."""
PAUSES = (2.0, 10.0, 30.0)
"""Seconds between attempts to bring the reply to a turn while Discord is away; then `resume` has to."""


class Replies:
    """Where replies stand. Lives on the client's loop; the database is asked in threads."""

    def __init__(
        self,
        client: discord.Client,
        database: Database,
        clock: Clock,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self.references = References(database, clock)
        self._rest = Rest(client)
        self._poster = Poster(self._rest, self.references)
        self._follower = Follower(self._rest, self.references)
        self._pauses = pauses
        self._started = clock.now()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def open(self, source: discord.Interaction | discord.Message, *, private: bool) -> Ref | None:
        """A reference for the reply to an interaction or a message; None if that was taken before.

        `private`: the answer is for that person alone; to a message it goes by direct message. A command's
        takes the place of its deferred answer; that of a press or a form is a new message, since the
        interaction's first one is the pressed one.
        """
        values: dict[str, Any]
        if isinstance(source, discord.Interaction):
            pressed = source.type in (discord.InteractionType.component, discord.InteractionType.modal_submit)
            key = f"{PRESS if pressed else 'interaction:'}{source.id}"
            user, server = source.user.id, source.guild_id
            values = {
                "application_id": source.application_id,
                "token": source.token,
                "expires_at": source.created_at + TOKEN_LIFE,
                "private": private,
                "channel_id": source.channel_id,
            }
        else:
            key, user = f"message:{source.id}", source.author.id
            server = source.guild.id if source.guild else None
            values = {"channel_id": source.channel.id, "answers": source.id, "private": private}
        where = Place("dm", user) if server is None else Place("channel", values["channel_id"] or 0)
        return await self.references.ask(self.references.reserve, key, str(where), user_id=user, **values)

    async def unacknowledged(self, ref: Ref) -> None:
        """Discord took no acknowledgement of the interaction: its token opens nothing."""
        await self.references.ask(self.references.change, ref.id, token=None)

    async def fill(self, ref: Ref, reply: Reply) -> None:
        """Says what the turn is answered with, unless something later stands there already.

        It raises nothing: where the token has expired, the message is gone or the channel closed, the answer
        goes to the channel or to the person; where Discord is away, `resume` brings it later.
        """
        if not await self.references.ask(self.references.begin, ref.id, reply):
            return
        await self._bring(ref, reply)

    async def edit(self, reference: int, reply: Reply) -> Ref:
        """Replaces what a reply says. Raises `Failure`s: `MessageGone` for a reference that nobody knows."""
        async with self._lock(reference):
            ref = await self.references.ask(self.references.get, reference)
            if ref is None or ref.state == "dropped":
                raise MessageGone(f"there is no reply {reference}")
            # What was to be said first is void now, also where an outage still keeps it back.
            await self.references.ask(self.references.change, reference, state="told", pending=None)
            return await self._show(ref, reply)

    async def post(self, source: str, where: Place, reply: Reply, mentioned: int | None = None) -> Ref:
        """Says something unasked, once however often it is called with that source. Raises `Failure`s."""
        ref = await self.references.ask(self.references.reserved, source, str(where))
        async with self._lock(ref.id):
            ref = await self._now(ref)
            if ref.state != "open":
                return ref
            channel = ref.channel_id or await self._channel(where)
            await self._post(ref, channel, reply, mentioned)
            return await self.references.ask(self.references.change, ref.id, state="told")

    async def resume(self) -> None:
        """Brings what a restart or an outage has cut off.

        A reply that was not delivered is; a turn that was in work when the process ended gets a sentence that
        says so. To be called whenever the client is ready, and now and then.
        """
        for ref, reply in await self.references.ask(self.references.unfinished, self._started):
            if reply is not None:
                await self._bring(ref, reply)
            else:
                language = await self.references.ask(self.references.language, ref.user_id)
                said = catalogue.say(language, "hosted.interrupted")
                await self.fill(ref, Reply(said, tone="error", language=language))

    def prune(self, before: datetime) -> int:
        """Forgets replies from before that moment; they can't be edited any more. Tells how many."""
        return self.references.prune(before)

    def close(self) -> None:
        """Ends its threads, once the client has ended."""
        self.references.close()

    def _lock(self, reference: int) -> asyncio.Lock:
        return self._locks.setdefault(reference, asyncio.Lock())

    async def _now(self, ref: Ref) -> Ref:
        """The reference as it is by now. MessageGone where it was forgotten."""
        now = await self.references.ask(self.references.get, ref.id)
        if now is None:
            raise MessageGone(f"there is no reply {ref.id}")
        return now

    async def _bring(self, ref: Ref, reply: Reply) -> None:
        for pause in (*self._pauses, None):
            try:
                async with self._lock(ref.id):
                    if not await self.references.ask(self.references.is_pending, ref.id):
                        return
                    await self._show(await self._now(ref), reply)
            except Later as later:
                log.warning("the reply to %s waits: %s", ref.source, later)
                if pause is None:
                    return
                await asyncio.sleep(max(pause, later.retry_in.total_seconds()))
                continue
            except Failure as failure:
                log.warning("the reply to %s can't be brought anywhere: %s", ref.source, failure)
                await self.references.ask(self.references.change, ref.id, state="dropped")
            await self.references.ask(self.references.change, ref.id, pending=None)
            return

    async def _show(self, ref: Ref, reply: Reply) -> Ref:
        """By whichever way is open: the interaction, the channel, direct messages."""
        asked_openly = ref.application_id is not None and place(ref.place).kind != "dm"
        hidden = ref.private or (reply.private and asked_openly)
        if ref.token is not None:
            try:
                if hidden and not ref.private and not ref.messages:
                    ref = await self._concealed(ref)
                return await self._follow(ref, reply)
            except TokenExpired:
                ref = await self.references.ask(self.references.change, ref.id, token=None)
        if hidden:
            return await self._move(ref, reply, explained=False)
        channel = ref.channel_id or await self._channel(place(ref.place))
        try:
            return await self._post(ref, channel, reply)
        except (NotAllowed, NoChannel):
            if place(ref.place).kind == "dm":
                raise
            return await self._move(ref, reply, explained=True)

    async def _concealed(self, ref: Ref) -> Ref:
        """From now on for its person alone. A press has left nothing open that would have to go."""
        if ref.pressed:
            return await self.references.ask(self.references.change, ref.id, private=True)
        return await self._follower.conceal(ref)

    async def _follow(self, ref: Ref, reply: Reply) -> Ref:
        uncertain = self._follower.uncertain(ref)
        try:
            shown = await self._follower.show(ref, render(reply, most=1) if uncertain else render(reply))
        except Full:
            uncertain = True
            shown = await self._follower.show(ref, render(reply, most=1)[:1])
        if uncertain:
            shown = await self.references.ask(self.references.change, ref.id, draft=None)
        return shown

    async def _post(self, ref: Ref, channel: int, reply: Reply, mentioned: int | None = None) -> Ref:
        messages = render(reply, mentioned=mentioned)
        try:
            return await self._poster.show(ref, channel, messages)
        except NotAllowed:
            if not any(message.embeds or message.files for message in messages):
                raise
        # Text may be allowed where embeds and files are not.
        return await self._poster.show(
            await self._now(ref), channel, render(reply, rich=False, mentioned=mentioned)
        )

    async def _move(self, ref: Ref, reply: Reply, explained: bool) -> Ref:
        """Goes on in direct messages; progress isn't worth that."""
        if ref.user_id is None or reply.tone == "progress":
            return ref
        if explained:
            language = locale_language(reply.language)
            said = catalogue.say(language, "hosted.elsewhere")
            reply = replace(reply, text=f"{said}\n\n{reply.text}")
        where = Place("dm", ref.user_id)
        channel = await self._channel(where)
        moved = await self.references.ask(
            self.references.change,
            ref.id,
            place=str(where),
            channel_id=channel,
            private=False,
            answers=None,
            messages=[],
            token=None,
        )
        try:
            return await self._post(moved, channel, reply)
        except Closed:
            await self.references.ask(self.references.change, ref.id, state="dropped")
            raise

    async def _channel(self, where: Place) -> int:
        return await self._rest.open_dm(where.id) if where.kind == "dm" else where.id
