"""Keeps one connection to Discord alive, whatever happens to it; nothing of it ends the process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from bot.platforms.discord.client import Pause, Watch
from bot.platforms.discord.faults import Fault, fault
from bot.platforms.discord.status import DiscordStatus, State
from knowledge.clock import Clock

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds before the connection is tried again; doubled each time. Discord allows 1000 logins a day."""
STEADY = timedelta(minutes=2)
"""Online for so long, a connection counts as good, and the pauses begin anew."""
ONLINE_WITHIN = 90.0
"""Seconds that a new connection may take until the gateway has taken us in."""
NOTICED_AFTER = 30.0
"""Seconds offline from which on it is worth a line in the log."""


class Session(Protocol):
    """One client from login to close."""

    async def run(self, watch: Watch) -> None:
        """Logs in and stays connected. Returns once finished, raises what ended it."""

    async def finish(self) -> None:
        """Ends it in order, whatever state it is in."""


class Supervision:
    """Connects, waits, connects again. One `run`; everything on one loop."""

    def __init__(
        self,
        session: Callable[[bool], Session],
        message_content: bool,
        clock: Clock,
        pause: Pause,
        tell: Callable[[DiscordStatus], None],
    ) -> None:
        """`session` makes a session, told whether to ask for the content of every message."""
        self._session = session
        self._message_content = message_content
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._status = DiscordStatus("stopped", clock.now())
        self._stopping = asyncio.Event()
        self._noticing: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Ends `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped, or until Discord refuses in a way that only a person can mend."""
        failures = 0
        while not self._stopping.is_set():
            began = self._clock.now()
            self._set("connecting")
            found = await self._one_session()
            if found is None:
                break
            if found.kind == "intent" and self._message_content:
                self._message_content = False
                log.warning(
                    "%s: starting without it; mentions, replies and direct messages work all the same",
                    found.line,
                )
                continue
            if not found.again:
                log.error("%s; the rest of Recap goes on", found.line)
                self._set("refused", found)
                return
            failures = 1 if self._clock.now() - began >= STEADY else failures + 1
            await self._wait(found, min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE))
        self._set("stopped")

    def online(self, name: str) -> None:
        if self._noticing is not None:
            self._noticing.cancel()
            self._noticing = None
        if self._status.state != "online":
            log.info("online on Discord as %s", name)
            self._status = replace(self._status, name=name, problem="", detail="")
            self._set("online")

    def offline(self) -> None:
        self._set("connecting")
        if self._noticing is None:
            self._noticing = asyncio.create_task(self._notice(), name="discord-offline")

    async def _notice(self) -> None:
        await self._pause(NOTICED_AFTER)
        lost = Fault("unreachable", f"offline for {NOTICED_AFTER:.0f} s")
        log.warning("%s: trying again", lost.line)
        self._set("waiting", lost)

    async def _one_session(self) -> Fault | None:
        """Why it ended; None: it was stopped."""
        session = self._session(self._message_content)
        running = asyncio.ensure_future(session.run(self))
        stopped = asyncio.ensure_future(self._stopping.wait())
        late = asyncio.ensure_future(self._pause(ONLINE_WITHIN))
        try:
            await asyncio.wait((running, stopped, late), return_when=asyncio.FIRST_COMPLETED)
            if not running.done() and not stopped.done() and self._status.state == "connecting":
                return Fault("unreachable", f"no answer from the gateway in {ONLINE_WITHIN:.0f} s")
            await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                return None
            error = running.exception()
            if error is None:
                return Fault("unreachable", "the connection was closed")
            found = fault(error)
            if found.kind == "internal":
                log.error("a session with Discord failed", exc_info=error)
            return found
        finally:
            if self._noticing is not None:
                self._noticing.cancel()
                self._noticing = None
            await self._end(session, running, stopped, late)

    async def _end(self, session: Session, *tasks: asyncio.Future[Any]) -> None:
        try:
            await session.finish()
        except Exception:
            log.exception("a session with Discord could not be ended in order")
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
        problem = {"problem": found.kind, "detail": found.detail} if found else {}
        self._status = replace(
            self._status,
            state=state,
            since=self._clock.now(),
            message_content=self._message_content,
            **problem,
        )
        self._tell(self._status)
