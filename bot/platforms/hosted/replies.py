"""Replies to turns: durable references to messages that can be filled and edited, after any restart."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

from bot.core import catalogue
from bot.core.reply import Reply
from bot.platforms.hosted.failures import Failure, Later, MessageGone
from bot.platforms.hosted.references import References, Standing
from knowledge.clock import Clock

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Standing)
Whom = TypeVar("Whom")
"""What names a person who is mentioned."""

PAUSES = (2.0, 10.0, 30.0)
"""Seconds between attempts to bring the reply to a turn while the platform is away; then `resume` has to."""
LONGEST = timedelta(minutes=1)
"""A longer wait that the platform asks for is left to `resume` too: who asks on must not wait as long."""


class Replies(ABC, Generic[R, Whom]):
    """Where replies stand. Lives on the platform's loop; the database is asked in threads."""

    def __init__(self, references: References[R], clock: Clock, pauses: Sequence[float]) -> None:
        self._kept = references
        self._pauses = pauses
        self._started = clock.now()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._broken: set[int] = set()
        """References that failed in a way nobody expects; the next start tries them again."""

    @abstractmethod
    async def _show(self, ref: R, reply: Reply) -> R:
        """Says what the reference says from now on, by whichever way is open. Raises `Failure`s."""

    @abstractmethod
    async def _say(self, ref: R, reply: Reply, mentioned: Whom | None) -> R:
        """Says what came unasked in the reference's place. Raises `Failure`s."""

    async def fill(self, ref: R, reply: Reply) -> None:
        """Says what the turn is answered with, unless something later stands there already.

        It raises nothing: where one way is closed it takes the next; where the platform is away, `resume`
        brings it later.
        """
        if not await self._kept.ask(self._kept.begin, ref.id, reply):
            return
        await self._bring(ref, self._pauses)

    async def edit(self, reference: int, reply: Reply) -> R:
        """Replaces what a reply says. Raises `Failure`s: `MessageGone` for a reference that nobody knows."""
        async with self._lock(reference):
            ref = await self._kept.ask(self._kept.get, reference)
            if ref is None or ref.state == "dropped":
                raise MessageGone(f"there is no reply {reference}")
            # What was to be said first is void now, also where an outage still keeps it back.
            await self._kept.ask(self._kept.change, reference, state="told", pending=None)
            return await self._show(ref, reply)

    async def post(self, source: str, where: object, reply: Reply, mentioned: Whom | None = None) -> R:
        """Says something unasked, once however often it is called with that source. Raises `Failure`s.

        `where`: one of the platform's places.
        """
        ref = await self._kept.ask(self._kept.reserved, source, str(where))
        async with self._lock(ref.id):
            ref = await self._now(ref)
            if ref.state != "open":
                return ref
            await self._say(ref, reply, mentioned)
            return await self._kept.ask(self._kept.change, ref.id, state="told")

    async def resume(self) -> None:
        """Brings what a restart or an outage has cut off.

        A reply that was not delivered is; a turn that was in work when the process ended gets a sentence that
        says so. To be called whenever the platform can be spoken to, and now and then.
        """
        places: dict[str, list[tuple[R, dict[str, Any] | None]]] = {}
        for ref, pending in await self._kept.ask(self._kept.unfinished, self._started):
            if ref.id not in self._broken:
                places.setdefault(ref.place, []).append((ref, pending))
        # In order within a place; one that is held up holds up no other.
        await asyncio.gather(*(self._resume(held_up) for held_up in places.values()))

    def prune(self, before: datetime) -> int:
        """Forgets replies from before that moment; they can't be edited any more. Tells how many."""
        return self._kept.prune(before)

    def close(self) -> None:
        """Ends its threads, once the platform's loop has nothing more to say."""
        self._kept.close()

    async def _resume(self, held_up: Sequence[tuple[R, dict[str, Any] | None]]) -> None:
        pauses = self._pauses
        for ref, pending in held_up:
            try:
                if pending is None:
                    await self._apologise(ref)
                if not await self._bring(ref, pauses):
                    pauses = ()  # What holds up one mostly holds up all, and the next look waits for us.
            except Exception:
                # One that can't be shown must not keep the others back, now and at every further look.
                log.exception("the reply to %s could not be brought", ref.source)
                self._broken.add(ref.id)

    async def _apologise(self, ref: R) -> None:
        """Has it say that the turn was cut off, unless something later has been told."""
        language = await self._kept.ask(self._kept.language, ref)
        said = catalogue.say(language, "hosted.interrupted")
        await self._kept.ask(self._kept.begin, ref.id, Reply(said, tone="error", language=language))

    def _lock(self, reference: int) -> asyncio.Lock:
        return self._locks.setdefault(reference, asyncio.Lock())

    async def _now(self, ref: R) -> R:
        """The reference as it is by now. MessageGone where it was forgotten."""
        now = await self._kept.ask(self._kept.get, ref.id)
        if now is None:
            raise MessageGone(f"there is no reply {ref.id}")
        return now

    async def _bring(self, ref: R, pauses: Sequence[float]) -> bool:
        """Says what is pending; False where it is held up still."""
        for pause in (*pauses, None):
            try:
                # Whoever waits for the lock must find it done.
                async with self._lock(ref.id):
                    pending = await self._kept.ask(self._kept.pending, ref.id)
                    if pending is not None:
                        await self._settle(ref, Reply.from_json(pending))
                return True
            except Later as later:
                log.warning("the reply to %s waits: %s", ref.source, later)
                if pause is None or later.retry_in > LONGEST:
                    break
                await asyncio.sleep(max(pause, later.retry_in.total_seconds()))
        return False

    async def _settle(self, ref: R, reply: Reply) -> None:
        """Shows a reply that is pending, or gives it up where it is refused."""
        done: dict[str, Any] = {"pending": None}
        try:
            await self._show(await self._now(ref), reply)
        except Later:
            raise
        except Failure as failure:
            log.warning("the reply to %s can't be brought anywhere: %s", ref.source, failure)
            done["state"] = "dropped"
        await self._kept.ask(self._kept.change, ref.id, **done)
