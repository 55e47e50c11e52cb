"""Shows a reply's messages in a conversation on Slack: once each, wherever a crash falls.

Slack knows no nonce, but keeps metadata with a message: every one of ours says which reply it is of, and
which message of it. That is what is looked for before one is posted again.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from bot.platforms.hosted.posting import Poster as Hosted
from bot.platforms.slack.failures import NoChannel, NotAllowed
from bot.platforms.slack.references import Ref, References
from bot.platforms.slack.render import Rendered
from bot.platforms.slack.rest import EVENT, Rest, Spot
from bot.platforms.slack.streaming import Streams, is_marked, mark

log = logging.getLogger(__name__)

SKEW = timedelta(minutes=2)
"""How far Slack's clock may be from ours."""
MOST_SEEN = 1000
"""Messages of a conversation that are looked at for one that may be there already."""


def spot(ref: Ref) -> Spot:
    """Where the messages of a reply stand; its channel is known by then."""
    return Spot(ref.team, ref.channel or "", ref.thread)


class Poster(Hosted[Ref, Rendered]):
    """Lives on Slack's loop. Raises `Failure`s."""

    def __init__(self, rest: Rest, references: References, streams: Streams) -> None:
        super().__init__(references)
        self._rest = rest
        self._streams = streams

    async def withdrawn(self, ref: Ref) -> Ref:
        """Deletes the messages, and one that an earlier attempt may have posted."""
        if ref.draft is not None:
            found = await self._there(ref)
            if found is None:
                ref = await self._references.ask(self._references.change, ref.id, draft=None)
            else:
                place = len(ref.messages)
                ref = await self._references.ask(self._references.posted, ref.id, found[0], place)
        return await self.truncated(ref, 0)

    async def _send(self, ref: Ref, message: Rendered, place: int) -> tuple[str, str]:
        looks = message.fingerprint()
        payload = {**_told(ref), "looks": looks}
        streamed = await self._streams.say(spot(ref), message, mark(ref.id, ref.posted), payload, ref.user_id)
        if streamed is not None:
            ts, whole = streamed
            return ts, looks if whole else ""
        return await self._rest.post(spot(ref), message, payload), looks

    async def _edit(self, ref: Ref, number: str, message: Rendered) -> None:
        await self._rest.edit(spot(ref), number, message)

    async def _delete(self, ref: Ref, number: str) -> None:
        await self._rest.delete(spot(ref), number)

    async def _there(self, ref: Ref) -> tuple[str, str] | None:
        if ref.draft is None:
            return None
        wanted = _told(ref)
        try:
            async for message in self._rest.history(spot(ref), ref.draft.at - SKEW, MOST_SEEN):
                metadata = message.get("metadata") or {}
                told = metadata.get("event_payload") or {}
                if metadata.get("event_type") == EVENT and {key: told.get(key) for key in wanted} == wanted:
                    return str(message["ts"]), str(told.get("looks"))
                if is_marked(message, mark(ref.id, ref.posted)):
                    await self._streams.end(spot(ref), str(message["ts"]))
                    return str(message["ts"]), ""
        except (NotAllowed, NoChannel):
            # A public channel takes messages of an app that isn't in it, but shows it none.
            log.warning("may not read channel %s: %s may come twice", ref.channel, ref.source)
        return None


def _told(ref: Ref) -> dict[str, Any]:
    """What the metadata of the next message says, the same at every attempt."""
    return {"source": ref.source, "part": ref.posted}
