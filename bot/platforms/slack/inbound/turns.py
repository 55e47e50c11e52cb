"""Things that people did -> turns of the core, each in the line of its place, answered through the replies.

The assistant pane takes its turns here too, so that a place has one line whoever puts things in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press, Turn
from bot.platforms.hosted.lanes import Lanes
from bot.platforms.hosted.recent import Recent
from bot.platforms.hosted.threads import Threads
from bot.platforms.slack.inbound.apology import apologise
from bot.platforms.slack.inbound.direct import Direct
from bot.platforms.slack.inbound.lull import Lull
from bot.platforms.slack.inbound.origins import Origin
from bot.platforms.slack.inbound.people import People
from bot.platforms.slack.inbound.watching import Watcher
from bot.platforms.slack.places import PLATFORM
from bot.platforms.slack.seam import Clients, SlackCore, SlackRef, SlackReplies, Source
from knowledge.clock import Clock

log = logging.getLogger(__name__)

Did = Line | Call | Press
Prepare = Callable[[Person], Awaitable[Did]]
"""What has to be looked up before it is known what was done; awaited when its turn has come."""
Meant = Callable[[], Awaitable[bool]]
After = Callable[[Reply], Awaitable[None]]
Opened = tuple[SlackRef | None, Origin]
"""A reply's place, None where it was taken before; and where it was done, now that this is known."""

OPENING = 4
"""Replies that are opened at the same time: a database that hangs must not take every thread there is."""


class Turns:
    """Lives on Slack's loop. Of what it is told, only the lines of turns in work are kept in memory."""

    def __init__(
        self,
        core: SlackCore,
        replies: SlackReplies,
        clients: Clients,
        clock: Clock,
        *,
        threads: Threads | None = None,
        people: People | None = None,
        direct: Direct | None = None,
    ) -> None:
        self.people = people or People(clients, clock)
        self.threads = threads or Threads(PLATFORM)
        self.direct = direct or Direct(clients, clock)
        self._core = core
        self._replies = replies
        self._clients = clients
        self._lanes = Lanes()
        self._recent = Recent()
        self._lull = Lull()
        self._watchers: list[Watcher] = []
        self._begun: set[asyncio.Task[Opened]] = set()
        self._opening = asyncio.Semaphore(OPENING)

    def is_new(self, key: str) -> bool:
        """Whether something is heard for the first time, as far as this process remembers."""
        return self._recent.is_new(key)

    def take(
        self,
        source: Source,
        person: Person | None,
        origin: Origin,
        did: Did | Prepare,
        private: bool,
        *,
        meant: Meant | None = None,
        after: After | None = None,
    ) -> asyncio.Task[None] | None:
        """Puts something in the line of its place at once; it is acknowledged by then. None: it was heard
        before.

        `person`: None for the one that `source.user` is. `private`: the reply concerns that person alone,
        which matters where others read along. `meant`: whether it is for us at all, if that has to be looked
        up. `after`: what is done once the reply is said. Whatever goes wrong is told to the person.
        """
        if not self.is_new(source.key):
            return None
        self._lull.heard()
        opening = None if meant else self._begin(source, origin, private)

        async def work() -> None:
            if meant is not None and not await meant():
                return
            opened = opening or self._open(source, origin, private)
            reply = await self._answer(source, person, opened, did, private)
            if reply is not None and after is not None:
                await after(reply)

        return self._lanes.put(str(origin.place), work, f"{source.key.partition(':')[0]} of Slack")

    def watch(self, watcher: Watcher) -> None:
        """Lets somebody look on at every turn from now on."""
        self._watchers.append(watcher)

    def beside(self, place: str, work: Callable[[], Awaitable[None]], name: str) -> asyncio.Task[None]:
        """Puts work in a line that is no turn."""
        return self._lanes.put(place, work, name)

    async def close(self, seconds: float = 5.0) -> None:
        """Gives what is in work that many seconds, then lets go of it."""
        await self._lanes.finish(seconds)
        for task in self._begun:
            task.cancel()
        for watcher in self._watchers:
            await watcher.close()
        self._lull.close()
        self.people.close()
        self.direct.close()
        self.threads.close()

    def _begin(self, source: Source, origin: Origin, private: bool) -> asyncio.Task[Opened]:
        """Before its turn has come, so that hardly a moment is left in which it is acknowledged and not
        remembered.
        """
        task = asyncio.create_task(self._open(source, origin, private), name="slack-open")
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return task

    async def _open(self, source: Source, origin: Origin, private: bool) -> Opened:
        source, origin = await self.direct.settled(source, origin)
        await self._lull.over()
        async with self._opening:
            return await self._replies.open(source, private=private and origin.shared), origin

    async def _answer(
        self,
        source: Source,
        person: Person | None,
        opening: Awaitable[Opened],
        did: Did | Prepare,
        private: bool,
    ) -> Reply | None:
        """Carries it out and shows the reply; None: it was taken before, or something failed."""
        try:
            ref, origin = await opening
            if ref is None:
                log.info("taken before: %s", source.key)
                return None
            await self._lull.over()
            person = person or await self.people.person(source.team, source.user)
            done = await did(person) if callable(did) else did
            origin = await self._begins(source, origin, person, done)
            turn = Turn(
                PLATFORM,
                person,
                str(origin.place),
                str(ref),
                done,
                origin.within,
                origin.shared,
                hidden=private and origin.shared,
            )
            reply = await self.threads.work(self._core.dispatch, turn)
            await self._tell("answers", source, reply)
            await self._replies.fill(ref, reply)
        except Exception as error:  # noqa: BLE001  the person hears of it, whatever it was
            locale = self.people.locale(source.team, source.user)
            await apologise(self._clients, source, locale, error)
            return None
        await self._tell("said", source, reply)
        return reply

    async def _begins(self, source: Source, origin: Origin, person: Person, did: Did) -> Origin:
        for watcher in self._watchers:
            try:
                origin = await watcher.begins(source, origin, person, did)
            except Exception:
                log.exception("a watcher of %s failed", source.key)
        return origin

    async def _tell(self, moment: Literal["answers", "said"], source: Source, reply: Reply) -> None:
        for watcher in self._watchers:
            try:
                await getattr(watcher, moment)(source, reply)
            except Exception:
                log.exception("a watcher of %s failed", source.key)
