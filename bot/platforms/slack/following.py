"""Says a reply through the response URL of what it answers: five times at most, for half an hour.

What is said so is in no history that we may read, and carries no id: a use is counted before it is made, and
what may have been said already is said again; only one that met a limit was surely not made. Slack's people
have it both ways whether the URL of a command can replace what was said through it; that of a press replaces
the pressed message. So progress is said once at most, and what follows is asked to replace it where that does
no harm.
"""

from __future__ import annotations

from typing import Any

from bot.platforms.slack.failures import Limited, UrlUsedUp
from bot.platforms.slack.posting import spot
from bot.platforms.slack.references import USES, Ref, References
from bot.platforms.slack.render import Rendered
from bot.platforms.slack.rest import Rest


class Follower:
    """Lives on Slack's loop. Raises `Failure`s, `UrlUsedUp` above all."""

    def __init__(self, rest: Rest, references: References) -> None:
        self._rest = rest
        self._references = references

    def is_worth_it(self, ref: Ref) -> bool:
        """Whether progress may take a use of the URL, or be whispered where there is none."""
        return ref.uses == 0 and ref.posted == 0

    async def say(self, ref: Ref, message: Rendered, *, private: bool) -> Ref:
        """Says a message, in the place of the one before where that can be.

        `private`: to its person alone.
        """
        if ref.response_url is None or ref.uses >= USES:
            raise UrlUsedUp("the response URL takes no more")
        url, again = ref.response_url, ref.uses > 0 and ref.replaces
        ref = await self._references.ask(self._references.change, ref.id, uses=ref.uses + 1)
        more: dict[str, Any] = {
            "response_type": "ephemeral" if private else "in_channel",
            "replace_original": again,
        }
        if ref.thread:
            more["thread_ts"] = ref.thread
        try:
            await self._rest.respond(ref.team, url, message, more)
        except Limited:
            await self._references.ask(self._references.change, ref.id, uses=ref.uses - 1)
            raise
        except UrlUsedUp:
            await self._references.ask(self._references.change, ref.id, response_url=None)
            raise
        return ref

    async def whisper(self, ref: Ref, message: Rendered) -> Ref:
        """Shows a message to its person alone, without a URL: in channels that we are in."""
        await self._rest.whisper(spot(ref), ref.user_id or "", message)
        return await self._references.ask(self._references.change, ref.id, posted=ref.posted + 1)
