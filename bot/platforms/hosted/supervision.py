"""Keeps one connection to a platform alive, whatever happens to it; nothing of it ends the process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol

from bot.platforms.hosted.status import State, Status
from knowledge.clock import Clock

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds before the connection is tried again; doubled each time. Discord allows 1000 logins a day."""
STEADY = timedelta(minutes=2)
"""Online for so long, a connection counts as good, and the pauses begin anew."""
ONLINE_WITHIN = 90.0
"""Seconds that a new connection may take until the platform has taken us in."""
NOTICED_AFTER = 30.0
"""Seconds offline from which on it is worth a line in the log."""

Pause = Callable[[float], Awaitable[None]]
"""Waits for a number of seconds."""


class Fault(Protocol):
    """Why a connection ended."""

    @property
    def kind(self) -> str:
        """One word for it."""

    @property
    def detail(self) -> str:
        """What was said."""

    @property
    def again(self) -> bool:
        """Whether trying again may help, with nothing changed."""

    @property
    def line(self) -> str:
        """For the log."""


class Watch(Protocol):
    """Who follows the connection."""

    def online(self, name: str, home: str = "") -> None:
        """The platform has taken us in, or back."""

    def offline(self) -> None:
        """The platform has lost us; the session comes back by itself."""


class Session(Protocol):
    """One connection from login to close."""

    async def run(self, watch: Watch) -> None:
        """Logs in and stays connected. Returns once finished, raises what ended it."""

    async def finish(self) -> None:
        """Ends it in order, whatever state it is in."""


@dataclass(frozen=True, slots=True)
class Connecting:
    """How a platform is connected to."""

    platform: str
    """Its name, for the log."""
    session: Callable[[Collection[str]], Session]
    """Makes a session, told the kinds of faults that it has to do without the thing for."""
    fault: Callable[[BaseException], Fault]
    """What an exception out of a session means; a `ConnectionError` that the platform can't be reached."""
    dispensable: Mapping[str, str] = field(default_factory=dict)
    """Kinds of faults after which it goes on without the thing, with what is said about it."""


class Supervision:
    """Connects, waits, connects again. One `run`; everything on one loop."""

    def __init__(
        self, connecting: Connecting, clock: Clock, pause: Pause, tell: Callable[[Status], None]
    ) -> None:
        self._connecting = connecting
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._status = Status("stopped", clock.now())
        self._stopping = asyncio.Event()
        self._noticing: asyncio.Task[None] | None = None
        self._was_online = False
        """Whether the platform has taken this session in: from then on it comes back by itself."""

    def stop(self) -> None:
        """Ends `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped, or until the platform refuses in a way that only a person can mend."""
        failures = 0
        while not self._stopping.is_set():
            began = self._clock.now()
            self._was_online = False
            self._set("connecting")
            found = await self._one_session()
            if found is None:
                break
            if found.kind in self._connecting.dispensable and found.kind not in self._status.without:
                self._status = replace(self._status, without=(*self._status.without, found.kind))
                log.warning("%s: %s", found.line, self._connecting.dispensable[found.kind])
                continue
            if not found.again:
                log.error("%s; the rest of Recap goes on", found.line)
                self._set("refused", found)
                return
            failures = 1 if self._clock.now() - began >= STEADY else failures + 1
            await self._wait(found, min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE))
        self._set("stopped")

    def online(self, name: str, home: str = "") -> None:
        self._was_online = True
        if self._noticing is not None:
            self._noticing.cancel()
            self._noticing = None
        if self._status.state != "online":
            where = f"{self._connecting.platform} as {name}" if name else self._connecting.platform
            log.info("online on %s", f"{where} in {home}" if home else where)
            self._status = replace(self._status, name=name, home=home, problem="", detail="")
            self._set("online")

    def offline(self) -> None:
        self._set("connecting")
        if self._noticing is None:
            self._noticing = asyncio.create_task(self._notice(), name="offline")

    async def _notice(self) -> None:
        await self._pause(NOTICED_AFTER)
        lost = self._unreachable(f"offline for {NOTICED_AFTER:.0f} s")
        log.warning("%s: trying again", lost.line)
        self._set("waiting", lost)

    async def _one_session(self) -> Fault | None:
        """Why it ended; None: it was stopped."""
        try:
            session = self._connecting.session(self._status.without)
        except Exception as unmade:
            found = self._connecting.fault(unmade)
            if found.kind == "internal":
                raise
            return found
        running = asyncio.ensure_future(session.run(self))
        stopped = asyncio.ensure_future(self._stopping.wait())
        late = asyncio.ensure_future(self._pause(ONLINE_WITHIN))
        try:
            await asyncio.wait((running, stopped, late), return_when=asyncio.FIRST_COMPLETED)
            if not running.done() and not stopped.done() and not self._was_online:
                return self._unreachable(f"no answer in {ONLINE_WITHIN:.0f} s")
            await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                return None
            error = running.exception()
            if error is None:
                return self._unreachable("the connection was closed")
            found = self._connecting.fault(error)
            if found.kind == "internal":
                log.error("a session with %s failed", self._connecting.platform, exc_info=error)
            return found
        finally:
            if self._noticing is not None:
                self._noticing.cancel()
                self._noticing = None
            await self._end(session, running, stopped, late)

    def _unreachable(self, detail: str) -> Fault:
        return self._connecting.fault(ConnectionError(detail))

    async def _end(self, session: Session, *tasks: asyncio.Future[Any]) -> None:
        try:
            await session.finish()
        except Exception:
            log.exception("a session with %s could not be ended in order", self._connecting.platform)
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    async def _wait(self, found: Fault, seconds: float) -> None:
        level = logging.WARNING if found.kind != self._status.problem else logging.INFO
        log.log(level, "%s: trying again in %.0f s", found.line, seconds)
        self._set("waiting", found)
        waits = (asyncio.ensure_future(self._pause(seconds)), asyncio.ensure_future(self._stopping.wait()))
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    def _set(self, state: State, found: Fault | None = None) -> None:
        if found is not None:
            self._status = replace(self._status, problem=found.kind, detail=found.detail)
        self._status = replace(self._status, state=state, since=self._clock.now())
        self._tell(self._status)
