"""Discord as a platform: a thread with an event loop of its own, supervised, beside everything else."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.platforms.discord import library_log
from bot.platforms.discord.assembly import assemble
from bot.platforms.discord.client import Pause
from bot.platforms.discord.endpoints import point_at
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.discord.status import DiscordStatus
from bot.platforms.discord.supervision import Session, Supervision
from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from bot.core.core import Core
    from jobs.outbox import Outbox

log = logging.getLogger(__name__)

STOPPED_WITHIN = 10.0
"""Seconds that `stop` waits at most."""


class DiscordPlatform:
    """Recap on Discord. `start` returns at once; whatever goes wrong stands in `status` and in the log."""

    def __init__(
        self,
        core: Core,
        outbox: Outbox,
        database: Database,
        options: DiscordOptions,
        clock: Clock,
        *,
        pause: Pause = asyncio.sleep,
        tell: Callable[[DiscordStatus], None] = lambda status: None,
        session: Callable[[DiscordOptions], Session] | None = None,
    ) -> None:
        """`tell` is called with each new status, in the platform's own thread; `pause` waits for a number of
        seconds; `session` makes one session with Discord."""
        self._session = session or (lambda now: assemble(core, outbox, database, now, clock, pause))
        self._options = options
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._status = DiscordStatus("stopped", clock.now())
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop: Callable[[], object] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begins to connect. A second start does nothing, nor does one after `stop`."""
        with self._lock:
            if self._thread is not None or self._stopping:
                return
            library_log.tame()
            point_at(self._options.api_url, self._options.gateway_url)
            self._thread = threading.Thread(target=self._run, name="discord", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends what is in hand and disconnects; waits for it. Idempotent, from any other thread."""
        with self._lock:
            self._stopping = True
            thread = self._thread
            if self._stop is not None:
                self._stop()
        if thread is not None:
            thread.join(STOPPED_WITHIN)
            if thread.is_alive():
                log.warning("Discord did not end within %.0f s", STOPPED_WITHIN)

    def status(self) -> DiscordStatus:
        """How it is doing now."""
        return self._status

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except Exception:
            log.exception("Discord ended by a fault of Recap's own; the rest of Recap goes on")
            self._told(DiscordStatus("refused", self._clock.now(), problem="internal"))

    async def _live(self) -> None:
        supervision = Supervision(
            lambda message_content: self._session(replace(self._options, message_content=message_content)),
            self._options.message_content,
            self._clock,
            self._pause,
            self._told,
        )
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._stopping:
                return
            self._stop = lambda: loop.call_soon_threadsafe(supervision.stop)
        try:
            await supervision.run()
        finally:
            with self._lock:
                self._stop = None

    def _told(self, status: DiscordStatus) -> None:
        self._status = status
        self._tell(status)
