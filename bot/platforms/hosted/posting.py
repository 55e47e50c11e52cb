"""Shows a reply's messages in a channel: once each, wherever a crash falls.

Every message is noted before it is posted and its id afterwards. Who finds a note without an id (the process
died between the two, or the server's answer was lost) looks for the message before posting again.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from bot.platforms.hosted.failures import MessageGone, Refused
from bot.platforms.hosted.references import References, Standing

log = logging.getLogger(__name__)


class Message(Protocol):
    """A message as a platform takes it."""

    def fingerprint(self) -> str:
        """The same for every message that shows the same."""


R = TypeVar("R", bound=Standing)
M = TypeVar("M", bound=Message)


class Poster(ABC, Generic[R, M]):
    """Lives on the platform's loop. Raises `Failure`s.

    A subclass speaks to the platform; where the messages stand, the reference tells it.
    """

    def __init__(self, references: References[R]) -> None:
        self._references = references

    @abstractmethod
    async def _send(self, ref: R, message: M, place: int) -> tuple[Any, str]:
        """Posts a message as the part of that number; its id, and the fingerprint of what it shows."""

    @abstractmethod
    async def _edit(self, ref: R, number: Any, message: M) -> None: ...

    @abstractmethod
    async def _delete(self, ref: R, number: Any) -> None: ...

    @abstractmethod
    async def _there(self, ref: R) -> tuple[Any, str] | None:
        """The message that an earlier attempt may have posted, as `_send` tells of it."""

    async def show(self, ref: R, messages: Sequence[M]) -> R:
        """Brings the reply's messages to what they shall be.

        Existing ones are edited, further ones posted, surplus ones deleted; from one on that was deleted they
        are posted anew.
        """
        for place, message in enumerate(messages):
            if place < len(ref.messages):
                try:
                    await self._edit(ref, ref.messages[place], message)
                    continue
                except MessageGone:
                    ref = await self.truncated(ref, place)
            ref = await self._post(ref, message, place)
        return await self.truncated(ref, len(messages))

    async def truncated(self, ref: R, count: int) -> R:
        """Deletes the messages from that number on."""
        surplus = ref.messages[count:]
        if not surplus:
            return ref
        for message in surplus:
            try:
                await self._delete(ref, message)
            except Refused:
                log.info("message %s of %s could not be deleted", message, ref.source)
        return await self._references.ask(
            self._references.change, ref.id, messages=list(ref.messages[:count])
        )

    async def _post(self, ref: R, message: M, place: int) -> R:
        found = await self._there(ref) if ref.draft is not None else None
        if found is not None:
            log.info("message %s of %s stood there already", found[0], ref.source)
        else:
            ref = await self._references.ask(self._references.draft, ref.id, message.fingerprint())
            try:
                found = await self._send(ref, message, place)
            except Refused:
                # Surely not there; an earlier attempt was looked for.
                await self._references.ask(self._references.change, ref.id, draft=None)
                raise
        ref = await self._references.ask(self._references.posted, ref.id, found[0], place)
        if found[1] != message.fingerprint():
            # An earlier attempt had said something else.
            await self._edit(ref, found[0], message)
        return ref
