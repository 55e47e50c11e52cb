"""Shows a reply's messages under an interaction, as long as its token works."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.platforms.discord.failures import MessageGone, TokenExpired
from bot.platforms.discord.references import Ref, References
from bot.platforms.discord.render import Rendered
from bot.platforms.discord.rest import Rest

log = logging.getLogger(__name__)


class Follower:
    """Lives on the client's loop. Raises `Failure`s, `TokenExpired` above all."""

    def __init__(self, rest: Rest, references: References) -> None:
        self._rest = rest
        self._references = references

    def uncertain(self, ref: Ref) -> bool:
        """Whether a further message may stand there that nobody knows of: one died while it was posted.

        Under an interaction there is neither a nonce nor a history to find out.
        """
        return ref.draft is not None

    async def conceal(self, ref: Ref) -> Ref:
        """Takes a deferred answer that all could see away: what comes is for its person alone."""
        application, token = _hook(ref)
        try:
            await self._rest.retract(application, token, None)
        except MessageGone:
            log.info("the deferred answer of %s is gone already", ref.source)
        return await self._references.ask(self._references.change, ref.id, private=True)

    async def show(self, ref: Ref, messages: Sequence[Rendered], deferred: bool = True) -> Ref:
        """Edits the deferred answer and what followed it, adds further messages, deletes surplus ones.

        `deferred`: whether a command's deferred answer stands there; not so once it is concealed.
        """
        application, token = _hook(ref)
        for place, message in enumerate(messages):
            known = place < len(ref.messages)
            if known or (place == 0 and deferred and not ref.pressed):
                try:
                    number = ref.messages[place] if known else None
                    told = await self._rest.rewrite(application, token, number, message)
                    if not known:
                        ref = await self._references.ask(
                            self._references.posted, ref.id, int(told["id"]), place
                        )
                    continue
                except MessageGone:
                    log.info("a message of %s was deleted; it is posted anew", ref.source)
            await self._references.ask(self._references.draft, ref.id, message.fingerprint())
            told = await self._rest.follow(application, token, message, ref.private)
            ref = await self._references.ask(self._references.posted, ref.id, int(told["id"]), place)
        return await self._truncated(ref, len(messages))

    async def _truncated(self, ref: Ref, count: int) -> Ref:
        application, token = _hook(ref)
        if len(ref.messages) <= count:
            return ref
        for message in ref.messages[count:]:
            try:
                await self._rest.retract(application, token, message)
            except MessageGone:
                continue
        return await self._references.ask(
            self._references.change, ref.id, messages=list(ref.messages[:count])
        )


def _hook(ref: Ref) -> tuple[int, str]:
    if ref.token is None or ref.application_id is None:
        raise TokenExpired("the token of the interaction has run out")
    return ref.application_id, ref.token
