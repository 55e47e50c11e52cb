"""Shows a reply's files in a conversation, each as a message of its own behind the words: once each.

A file is announced, noted, uploaded, and then completed, which shows it; before that nobody sees it. Who
finds a file noted but not known to be shown asks Slack whether it stands there before uploading it again.
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
        if known is not None and (known.shown or await self._rest.is_shared(spot(ref), known.id)):
            return ref if known.shown else await self._with(ref, replace(known, shown=True))
        if known is not None:
            ref = await self._without(ref, known)
        number, url = await self._rest.begin_file(ref.team, file)
        begun = Shared(number, look, shown=False)
        ref = await self._with(ref, begun)
        await self._rest.upload(ref.team, url, file.data)
        await self._rest.complete_file(spot(ref), number, file.name)
        return await self._with(ref, replace(begun, shown=True))

    async def _with(self, ref: Ref, file: Shared) -> Ref:
        others = tuple(one for one in ref.files if one.id != file.id)
        return await self._references.ask(self._references.shared, ref.id, (*others, file))

    async def _without(self, ref: Ref, file: Shared) -> Ref:
        others = tuple(one for one in ref.files if one.id != file.id)
        return await self._references.ask(self._references.shared, ref.id, others)
