"""Replies to turns on Slack: where they are opened, and by which way they are shown."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.core import catalogue
from bot.core.language import locale_language
from bot.core.reply import Reply
from bot.platforms.hosted.replies import PAUSES
from bot.platforms.hosted.replies import Replies as Hosted
from bot.platforms.slack.failures import Closed, Failure, Later, NoChannel, NotAllowed, Refused, UrlUsedUp
from bot.platforms.slack.following import Follower
from bot.platforms.slack.naming import as_typed
from bot.platforms.slack.places import Place
from bot.platforms.slack.posting import Poster
from bot.platforms.slack.references import URL_LIFE, Ref, References
from bot.platforms.slack.render import Rendered, render
from bot.platforms.slack.rest import Rest
from bot.platforms.slack.seam import Clients, SlackRef, Source
from bot.platforms.slack.sharing import Sharer
from bot.platforms.slack.streaming import Streams
from knowledge.clock import Clock
from knowledge.store import Database

log = logging.getLogger(__name__)


class Replies(Hosted[Ref, str]):
    """Implements `seam.SlackReplies`. Lives on Slack's loop; the database is asked in threads.

    | the reply                         | is shown                                                         |
    |-----------------------------------|------------------------------------------------------------------|
    | to all, or in direct messages     | as messages there, which can be edited for ever                  |
    | to all, in a channel closed to us | through the response URL; then by direct message, which says why |
    | to one, where others read along   | through the response URL, else as an ephemeral message; then so  |

    A response URL says one message without files; what is longer goes by direct message.
    """

    def __init__(
        self,
        clients: Clients,
        database: Database,
        clock: Clock,
        pauses: Sequence[float] = PAUSES,
        *,
        prefix: str = "",
    ) -> None:
        """`prefix`: before the names of commands, which sentences speak of."""
        self.references = References(database, clock)
        super().__init__(self.references, clock, pauses)
        self._clock = clock
        self._prefix = prefix
        self._rest = Rest(clients, clock)
        self._poster = Poster(self._rest, self.references, Streams(self._rest, clock))
        self._sharer = Sharer(self._rest, self.references)
        self._follower = Follower(self._rest, self.references)

    async def open(self, source: Source, *, private: bool) -> Ref | None:
        """A reference for the reply to something done on Slack; None if that was taken before.

        `private`: the answer is for that person alone.
        """
        return await self.references.ask(
            self.references.reserve,
            source.key,
            str(source.place),
            channel=source.channel or None,
            thread=source.thread,
            user_id=source.user,
            response_url=source.response_url or None,
            expires_at=(source.at or self._clock.now()) + URL_LIFE,
            private=private or source.pressed_private,
        )

    async def fill(self, ref: SlackRef, reply: Reply) -> None:
        """Says it, durably; raises nothing."""
        known = await self.references.ask(self.references.get, ref.id)
        if known is not None:
            await super().fill(known, reply)

    async def _show(self, ref: Ref, reply: Reply) -> Ref:
        reply = as_typed(reply, self._prefix)
        if reply.tone == "progress" and ref.uses and not ref.messages:
            return ref  # said through the response URL, which is kept for the result
        if (ref.private or reply.private) and not ref.is_direct:
            return await self._show_alone(ref, reply)
        try:
            return await self._post(ref, reply)
        except (NotAllowed, NoChannel):
            if ref.is_direct:
                raise
            return await self._follow(await self._now(ref), reply, private=False)

    async def _say(self, ref: Ref, reply: Reply, mentioned: str | None) -> Ref:
        return await self._post(ref, as_typed(reply, self._prefix), mentioned)

    async def _show_alone(self, ref: Ref, reply: Reply) -> Ref:
        """To its person alone, where others read along: what they have seen of it so far goes away."""
        ref = await self._poster.withdrawn(ref)
        ref = await self._sharer.show(ref, ())
        return await self._follow(ref, reply, private=True)

    async def _follow(self, ref: Ref, reply: Reply, *, private: bool) -> Ref:
        """Through the response URL; what it doesn't take goes by direct message."""
        message = _single(reply)
        if reply.tone == "progress" and (message is None or not self._follower.is_worth_it(ref)):
            return ref
        if message is not None:
            try:
                return await self._follower.say(ref, message, private=private)
            except UrlUsedUp:
                whispered = await self._whispered(ref, message) if private else None
                if whispered is not None:
                    return whispered
            except (NotAllowed, NoChannel, Closed) as refused:
                log.info("the response URL of %s is refused: %s", ref.source, refused)
        why = "hosted.elsewhere"
        if private:
            why = "slack.reply.too_late" if message is not None else "slack.reply.not_alone"
        if message is not None:
            return await self._move(ref, reply, why)
        try:
            moved = await self._move(ref, reply, why)
        except Later:
            if (await self._now(ref)).is_direct:  # the next attempt only goes on there
                await self._point(ref, reply)
            raise
        await self._point(ref, reply)
        return moved

    async def _whispered(self, ref: Ref, message: Rendered) -> Ref | None:
        """Said to its person alone by other means, while he may still look at it; None: that can't be."""
        if ref.channel is None or ref.response_url is not None or ref.uses or not ref.is_fresh:
            return None
        try:
            return await self._follower.whisper(ref, message)
        except (NotAllowed, NoChannel, Closed):
            return None

    async def _point(self, ref: Ref, reply: Reply) -> None:
        """Tells where it was asked that the answer came elsewhere. It is no loss if that can't be told."""
        language = locale_language(reply.language)
        said = Reply(catalogue.say(language, "slack.reply.sent_directly"), language=language)
        try:
            await self._follower.say(ref, render(said)[0], private=True)
        except Failure as failure:
            log.info("the place of %s can't be told where its answer is: %s", ref.source, failure)

    async def _post(self, ref: Ref, reply: Reply, mentioned: str | None = None) -> Ref:
        """As messages that stay, with their files behind them."""
        if ref.channel is None:
            channel = await self._channel(ref.where)
            thread = ref.where.ts if ref.where.kind == "thread" else ""
            ref = await self.references.ask(self.references.change, ref.id, channel=channel, thread=thread)
        messages = render(reply, mentioned=mentioned)
        ref = await self._poster.show(ref, messages)
        try:
            return await self._sharer.show(ref, [file for message in messages for file in message.files])
        except Refused as refused:
            log.warning("the files of %s are refused: %s", ref.source, refused)
        # Text may be allowed where files are not.
        return await self._poster.show(await self._now(ref), render(reply, rich=False, mentioned=mentioned))

    async def _move(self, ref: Ref, reply: Reply, why: str) -> Ref:
        """Goes on in direct messages, the first of which says why; progress isn't worth that."""
        if ref.user_id is None or reply.tone == "progress":
            return ref
        said = catalogue.say(locale_language(reply.language), why)
        reply = replace(reply, text=f"{said}\n\n{reply.text}")
        where = Place("dm", ref.team, ref.user_id)
        try:
            moved = await self.references.ask(
                self.references.moved,
                ref.id,
                reply,
                place=str(where),
                channel=await self._channel(where),
                thread="",
                private=False,
                messages=[],
                files=[],
                draft=None,
            )
            return await self._post(moved, reply)
        except (Closed, NotAllowed, NoChannel):
            await self.references.ask(self.references.change, ref.id, state="dropped")
            raise

    async def _channel(self, where: Place) -> str:
        return await self._rest.open_dm(where.team, where.id) if where.kind == "dm" else where.id


def _single(reply: Reply) -> Rendered | None:
    """The reply as one message without files; None where it takes more."""
    messages = render(reply)
    return messages[0] if len(messages) == 1 and not messages[0].files else None
