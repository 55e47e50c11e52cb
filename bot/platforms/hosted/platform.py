"""A platform whose servers are not ours: a thread with an event loop of its own, supervised, beside
everything else.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

from bot.platforms.hosted.status import Status
from bot.platforms.hosted.supervision import Connecting, Pause, Supervision
from knowledge.clock import Clock

log = logging.getLogger(__name__)

STOPPED_WITHIN = 10.0
"""Seconds that `stop` waits at most."""


class HostedPlatform:
    """`start` returns at once; whatever goes wrong stands in `status` and in the log."""

    def __init__(
        self, connecting: Connecting, clock: Clock, pause: Pause, tell: Callable[[Status], None]
    ) -> None:
        """`tell` is called with each new status, in the platform's own thread."""
        self._connecting = connecting
        self._clock = clock
        self._pause = pause
        self._tell = tell
        self._status = Status("stopped", clock.now())
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop: Callable[[], object] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begins to connect. A second start does nothing, nor does one after `stop`."""
        with self._lock:
            if self._thread is not None or self._stopping:
                return
            self._prepare()
            name = self._connecting.platform.lower()
            self._thread = threading.Thread(target=self._run, name=name, daemon=True)
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
                log.warning("%s did not end within %.0f s", self._connecting.platform, STOPPED_WITHIN)

    def status(self) -> Status:
        """How it is doing now."""
        return self._status

    def _prepare(self) -> None:
        """What is set up once, before the thread begins."""

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except Exception:
            log.exception(
                "%s ended by a fault of Recap's own; the rest of Recap goes on", self._connecting.platform
            )
            self._told(Status("refused", self._clock.now(), problem="internal"))

    async def _live(self) -> None:
        supervision = Supervision(self._connecting, self._clock, self._pause, self._told)
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

    def _told(self, status: Status) -> None:
        self._status = status
        self._tell(status)
