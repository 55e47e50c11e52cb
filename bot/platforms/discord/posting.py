"""Shows a reply's messages in a channel: once each, wherever a crash falls.

Every message is noted before it is posted and its id afterwards. Who finds a note without an id (the process
died between the two, or Discord's answer was lost) looks into the channel's history for it before posting
again, because Discord heeds a nonce for a few minutes only. The nonce is the same at every attempt, so that
within these minutes it needs no luck either.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.platforms.discord.failures import MessageGone, NotAllowed, Refused
from bot.platforms.discord.references import Ref, References
from bot.platforms.discord.render import Rendered
from bot.platforms.discord.render.limits import NONCE
from bot.platforms.discord.render.rendered import fingerprint_of
from bot.platforms.discord.rest import Rest

log = logging.getLogger(__name__)

SLACK = timedelta(minutes=2)
"""How far Discord's clock may be from ours."""
MOST_SEEN = 1000
"""Messages of a channel's history that are looked at for one that may be there already."""


def nonce(ref: Ref) -> str:
    """The next message's, the same at every attempt: a digest of what it is and the number of the message."""
    told = f"{ref.source}\n{ref.posted}"
    return hashlib.sha256(told.encode()).hexdigest()[:NONCE]


class Poster:
    """Lives on the client's loop. Raises `Failure`s."""

    def __init__(self, rest: Rest, references: References) -> None:
        self._rest = rest
        self._references = references

    async def show(self, ref: Ref, channel_id: int, messages: Sequence[Rendered]) -> Ref:
        """Brings the reply's messages in that channel to what they shall be.

        Existing ones are edited, further ones posted, surplus ones deleted; from one on that was deleted they
        are posted anew.
        """
        if ref.channel_id != channel_id:
            ref = await self._references.ask(self._references.change, ref.id, channel_id=channel_id)
        for place, message in enumerate(messages):
            if place < len(ref.messages):
                try:
                    await self._rest.edit(channel_id, ref.messages[place], message)
                    continue
                except MessageGone:
                    ref = await self._truncated(ref, channel_id, place)
            ref = await self._post(ref, channel_id, message, place)
        return await self._truncated(ref, channel_id, len(messages))

    async def _post(self, ref: Ref, channel_id: int, message: Rendered, place: int) -> Ref:
        found = await self._there(ref, channel_id)
        if found is None:
            ref = await self._references.ask(self._references.draft, ref.id, message.fingerprint())
            answers = ref.answers if place == 0 else None
            told = await self._rest.post(channel_id, message, nonce(ref), answers)
            found = int(told["id"]), fingerprint_of(told)
        ref = await self._references.ask(self._references.posted, ref.id, found[0], place)
        if found[1] != message.fingerprint():
            # An earlier attempt had said something else.
            await self._rest.edit(channel_id, found[0], message)
        return ref

    async def _there(self, ref: Ref, channel_id: int) -> tuple[int, str] | None:
        """The message that an earlier attempt may have posted: its id, and what it looks like."""
        if ref.draft is None:
            return None
        known = set(ref.messages) | await self._references.ask(self._references.others, channel_id, ref.id)
        try:
            async for message in self._rest.history(channel_id, ref.draft.at - SLACK, MOST_SEEN):
                number, looks = int(message["id"]), fingerprint_of(message)
                mine = int(message["author"]["id"]) == self._rest.user_id
                if mine and number not in known and looks in ref.draft.fingerprints:
                    log.info("%s stood in channel %s already", ref.source, channel_id)
                    return number, looks
        except NotAllowed:
            log.warning("may not read the history of channel %s; the nonce has to do", channel_id)
        return None

    async def _truncated(self, ref: Ref, channel_id: int, count: int) -> Ref:
        """Deletes the messages from that number on."""
        surplus = ref.messages[count:]
        if not surplus:
            return ref
        for message in surplus:
            try:
                await self._rest.delete(channel_id, message)
            except Refused:
                log.info("message %s in channel %s could not be deleted", message, channel_id)
        return await self._references.ask(
            self._references.change, ref.id, messages=list(ref.messages[:count])
        )
