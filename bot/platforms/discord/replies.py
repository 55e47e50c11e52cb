"""Replies to turns on Discord: where they are opened, and by which way they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord

from bot.core import catalogue
from bot.core.language import locale_language
from bot.core.reply import Reply
from bot.platforms.discord.failures import Closed, Full, NoChannel, NotAllowed, TokenExpired
from bot.platforms.discord.following import Follower
from bot.platforms.discord.places import Place, place
from bot.platforms.discord.posting import Poster
from bot.platforms.discord.references import PRESS, Ref, References
from bot.platforms.discord.render import render
from bot.platforms.discord.rest import Rest
from bot.platforms.hosted.replies import PAUSES
from bot.platforms.hosted.replies import Replies as Hosted
from knowledge.clock import Clock
from knowledge.notes import Language
from knowledge.store import Database

TOKEN_LIFE = timedelta(minutes=15)
"""How long Discord takes an interaction's token."""


class Replies(Hosted[Ref, int]):
    """Where replies stand. Lives on the client's loop; the database is asked in threads."""

    def __init__(
        self,
        client: discord.Client,
        database: Database,
        clock: Clock,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self.references = References(database, clock)
        super().__init__(self.references, clock, pauses)
        self._rest = Rest(client)
        self._poster = Poster(self._rest, self.references)
        self._follower = Follower(self._rest, self.references)

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

    async def _say(self, ref: Ref, reply: Reply, mentioned: int | None) -> Ref:
        channel = ref.channel_id or await self._channel(place(ref.place))
        return await self._post(ref, channel, reply, mentioned)

    async def _show(self, ref: Ref, reply: Reply) -> Ref:
        """By whichever way is open: the interaction, the channel, direct messages."""
        hidden = ref.private or (reply.private and self._asked_openly(ref, reply))
        if ref.token is not None:
            try:
                conceal = hidden and not ref.private and not ref.messages
                if conceal:
                    ref = await self._concealed(ref)
                return await self._follow(ref, reply, deferred=not conceal)
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

    def _asked_openly(self, ref: Ref, reply: Reply) -> bool:
        """Whether others would see a reply that stays where it was asked for.

        What was wrong with a message may be told where the message stands, for all to see.
        """
        told_anyway = ref.application_id is None and reply.tone == "error"
        return place(ref.place).kind != "dm" and not told_anyway

    async def _concealed(self, ref: Ref) -> Ref:
        """From now on for its person alone. A press has left nothing open that would have to go."""
        if ref.pressed:
            return await self.references.ask(self.references.change, ref.id, private=True)
        return await self._follower.conceal(ref)

    async def _follow(self, ref: Ref, reply: Reply, deferred: bool) -> Ref:
        uncertain = self._follower.uncertain(ref)
        messages = render(reply, most=1) if uncertain else render(reply)
        try:
            shown = await self._follower.show(ref, messages, deferred)
        except Full:
            uncertain = True
            messages = render(reply, most=1)[:1]
            shown = await self._follower.show(await self._now(ref), messages, deferred)
        if uncertain:
            shown = await self.references.ask(self.references.change, ref.id, draft=None)
        return shown

    async def _post(self, ref: Ref, channel: int, reply: Reply, mentioned: int | None = None) -> Ref:
        messages = render(reply, mentioned=mentioned)
        try:
            return await self._poster.show_in(ref, channel, messages)
        except NotAllowed:
            if not any(message.embeds or message.files for message in messages):
                raise
        # Text may be allowed where embeds and files are not.
        return await self._poster.show_in(
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
            self.references.moved,
            ref.id,
            reply,
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
            if ref.answers is None or ref.channel_id is None:
                await self.references.ask(self.references.change, ref.id, state="dropped")
                raise
        return await self._excused(ref, ref.channel_id, locale_language(reply.language))

    async def _excused(self, ref: Ref, channel: int, language: Language) -> Ref:
        """Says under a message why it gets no answer, now and later."""
        back = await self.references.ask(
            self.references.change, ref.id, place=ref.place, answers=ref.answers, draft=None
        )
        said = catalogue.say(language, "hosted.closed")
        await self._post(back, channel, Reply(said, tone="error", language=language))
        return await self.references.ask(self.references.change, ref.id, state="dropped")

    async def _channel(self, where: Place) -> int:
        return await self._rest.open_dm(where.id) if where.kind == "dm" else where.id
