"""Shows a reply's files in a conversation, each as a message of its own behind the words: once each.

A file is announced, noted, uploaded, noted again, and then completed, which shows it after a moment; before
that nobody sees it. Who finds it uploaded but not known to be shown asks Slack whether it is, and completes
it again where it isn't: Slack takes that once only.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.platforms.slack.failures import Refused
from bot.platforms.slack.posting import spot
from bot.platforms.slack.references import Ref, References, Shared
from bot.platforms.slack.render import Attached
from bot.platforms.slack.rest import Rest

log = logging.getLogger(__name__)


def looks(file: Attached) -> str:
    """The same for files of one name, content and description."""
    whole = b"\x00".join((file.name.encode(), file.description.encode(), file.data))
    return hashlib.sha256(whole).hexdigest()[:24]


class Sharer:
    """Lives on Slack's loop. Raises `Failure`s."""

    def __init__(self, rest: Rest, references: References) -> None:
        self._rest = rest
        self._references = references

    async def show(self, ref: Ref, files: Sequence[Attached]) -> Ref:
        """Brings the reply's files to what they shall be: what is the same stays, what is gone is deleted."""
        wanted = {looks(file): file for file in files}
        for old in [one for one in ref.files if one.looks not in wanted]:
            try:
                await self._rest.delete_file(ref.team, old.id)
            except Refused:
                log.info("file %s of %s could not be deleted", old.id, ref.source)
            ref = await self._without(ref, old)
        for look, file in wanted.items():
            ref = await self._one(ref, look, file)
        return ref

    async def _one(self, ref: Ref, look: str, file: Attached) -> Ref:
        known = next((one for one in ref.files if one.looks == look), None)
        if known is not None and known.state == "shown":
            return ref
        if known is not None and known.state == "sent" and await self._completed(ref, known, file):
            return await self._with(ref, replace(known, state="shown"))
        if known is not None:
            ref = await self._without(ref, known)
        number, url = await self._rest.begin_file(ref.team, file)
        begun = Shared(number, look, "begun")
        ref = await self._with(ref, begun)
        await self._rest.upload(ref.team, url, file.data)
        ref = await self._with(ref, replace(begun, state="sent"))
        try:
            await self._rest.complete_file(spot(ref), number, file.name)
        except Refused:
            await self._without(ref, begun)  # surely not shown; nobody need ask later
            raise
        return await self._with(ref, replace(begun, state="shown"))

    async def _completed(self, ref: Ref, known: Shared, file: Attached) -> bool:
        """Whether what an earlier attempt was about to show is shown, or is now."""
        channels = await self._rest.channels_of(ref.team, known.id)
        if channels is not None and ref.channel in channels:
            log.info("file %s of %s stood there already", known.id, ref.source)
            return True
        try:
            await self._rest.complete_file(spot(ref), known.id, file.name)
        except Refused:
            return channels is not None
        return True

    async def _with(self, ref: Ref, file: Shared) -> Ref:
        others = tuple(one for one in ref.files if one.id != file.id)
        return await self._references.ask(self._references.shared, ref.id, (*others, file))

    async def _without(self, ref: Ref, file: Shared) -> Ref:
        others = tuple(one for one in ref.files if one.id != file.id)
        return await self._references.ask(self._references.shared, ref.id, others)
