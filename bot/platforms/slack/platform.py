"""Slack as a platform."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, NamedTuple, Protocol

from slack_bolt.async_app import AsyncApp

from bot.platforms.hosted.platform import HostedPlatform
from bot.platforms.hosted.status import Status
from bot.platforms.hosted.supervision import Connecting, Pause, Session
from bot.platforms.slack import library_log
from bot.platforms.slack.assembly import assemble
from bot.platforms.slack.faults import fault
from bot.platforms.slack.options import SlackOptions
from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from bot.core.core import Core
    from jobs.outbox import Outbox


class Taking(NamedTuple):
    """Who takes what Slack sends by request."""

    app: AsyncApp
    loop: asyncio.AbstractEventLoop
    """Where `app.async_dispatch` runs."""


class BoltSession(Session, Protocol):
    """A session that can take what Slack sends."""

    def bolt(self) -> AsyncApp | None: ...


class SlackPlatform(HostedPlatform):
    """Recap on Slack."""

    def __init__(
        self,
        core: Core,
        outbox: Outbox,
        database: Database,
        options: SlackOptions,
        clock: Clock,
        *,
        pause: Pause = asyncio.sleep,
        tell: Callable[[Status], None] = lambda status: None,
        session: Callable[[], BoltSession] | None = None,
    ) -> None:
        """`tell` is called with each new status, in the platform's own thread; `pause` waits for a number of
        seconds; `session` makes one session with Slack."""
        self._make = session or (lambda: assemble(core, outbox, database, options, clock, pause))
        self._current: tuple[BoltSession, asyncio.AbstractEventLoop] | None = None
        super().__init__(Connecting("Slack", self._made, fault), clock, pause, tell)

    def bolt(self) -> Taking | None:
        """Who takes what Slack sends by request now; None while nobody does. From any thread."""
        current = self._current
        app = current[0].bolt() if current else None
        return Taking(app, current[1]) if current and app else None

    def _prepare(self) -> None:
        library_log.tame()

    def _made(self, _without: Collection[str]) -> Session:
        made = self._make()
        self._current = made, asyncio.get_running_loop()
        return made
