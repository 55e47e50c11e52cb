"""Shows a reply's messages in a channel of Discord: once each, wherever a crash falls.

The history is looked at before a message is posted again because Discord heeds a nonce for a few minutes
only. The nonce is the same at every attempt, so that within these minutes it needs no luck either.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.platforms.discord.failures import NotAllowed
from bot.platforms.discord.references import Ref, References
from bot.platforms.discord.render import Rendered
from bot.platforms.discord.render.limits import NONCE
from bot.platforms.discord.render.rendered import fingerprint_of
from bot.platforms.discord.rest import Rest
from bot.platforms.hosted.posting import Poster as Hosted

log = logging.getLogger(__name__)

SLACK = timedelta(minutes=2)
"""How far Discord's clock may be from ours."""
MOST_SEEN = 1000
"""Messages of a channel's history that are looked at for one that may be there already."""


def nonce(ref: Ref) -> str:
    """The next message's, the same at every attempt: a digest of what it is and the number of the message."""
    told = f"{ref.source}\n{ref.posted}"
    return hashlib.sha256(told.encode()).hexdigest()[:NONCE]


class Poster(Hosted[Ref, Rendered]):
    """Lives on the client's loop. Raises `Failure`s."""

    def __init__(self, rest: Rest, references: References) -> None:
        super().__init__(references)
        self._rest = rest
        self._rows = references

    async def show_in(self, ref: Ref, channel_id: int, messages: Sequence[Rendered]) -> Ref:
        """`show`, in that channel."""
        if ref.channel_id != channel_id:
            ref = await self._rows.ask(self._rows.change, ref.id, channel_id=channel_id)
        return await self.show(ref, messages)

    async def _send(self, ref: Ref, message: Rendered, place: int) -> tuple[int, str]:
        answers = ref.answers if place == 0 else None
        told = await self._rest.post(ref.channel_id or 0, message, nonce(ref), answers)
        return int(told["id"]), fingerprint_of(told)

    async def _edit(self, ref: Ref, number: int, message: Rendered) -> None:
        await self._rest.edit(ref.channel_id or 0, number, message)

    async def _delete(self, ref: Ref, number: int) -> None:
        await self._rest.delete(ref.channel_id or 0, number)

    async def _there(self, ref: Ref) -> tuple[int, str] | None:
        if ref.draft is None:
            return None
        channel = ref.channel_id or 0
        known = set(ref.messages) | await self._rows.ask(self._rows.others, channel, ref.id)
        try:
            async for message in self._rest.history(channel, ref.draft.at - SLACK, MOST_SEEN):
                number, looks = int(message["id"]), fingerprint_of(message)
                mine = int(message["author"]["id"]) == self._rest.user_id
                if mine and number not in known and looks in ref.draft.fingerprints:
                    return number, looks
        except NotAllowed:
            log.warning("may not read the history of channel %s; the nonce has to do", channel)
        return None
