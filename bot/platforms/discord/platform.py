"""Discord as a platform."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.platforms.discord import library_log
from bot.platforms.discord.assembly import assemble
from bot.platforms.discord.endpoints import point_at
from bot.platforms.discord.faults import fault
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.hosted.platform import HostedPlatform
from bot.platforms.hosted.status import Status
from bot.platforms.hosted.supervision import Connecting, Pause, Session
from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from bot.core.core import Core
    from jobs.outbox import Outbox

WITHOUT_INTENT = "starting without it; mentions, replies and direct messages work all the same"


class DiscordPlatform(HostedPlatform):
    """Recap on Discord."""

    def __init__(
        self,
        core: Core,
        outbox: Outbox,
        database: Database,
        options: DiscordOptions,
        clock: Clock,
        *,
        pause: Pause = asyncio.sleep,
        tell: Callable[[Status], None] = lambda status: None,
        session: Callable[[DiscordOptions], Session] | None = None,
    ) -> None:
        """`tell` is called with each new status, in the platform's own thread; `pause` waits for a number of
        seconds; `session` makes one session with Discord."""
        made = session or (lambda now: assemble(core, outbox, database, now, clock, pause))

        def without(kinds: Collection[str]) -> Session:
            content = options.message_content and "intent" not in kinds
            return made(replace(options, message_content=content))

        dispensable = {"intent": WITHOUT_INTENT} if options.message_content else {}
        super().__init__(Connecting("Discord", without, fault, dispensable), clock, pause, tell)
        self._options = options

    def _prepare(self) -> None:
        library_log.tame()
        point_at(self._options.api_url, self._options.gateway_url)
