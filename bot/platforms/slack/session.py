"""One session with Slack: what comes in, by socket or by request, and the outbox's end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from slack_bolt.async_app import AsyncApp

from bot.platforms.hosted.supervision import Pause, Watch
from bot.platforms.hosted.work import GRACE, ROUND, Beginning, Work
from bot.platforms.slack.faults import fault
from bot.platforms.slack.link import Link
from bot.platforms.slack.seam import Clients
from bot.platforms.slack.standing import Standing

log = logging.getLogger(__name__)


class Ending(Protocol):
    """What people have begun."""

    async def close(self, seconds: float) -> None:
        """Begins nothing more, and waits for what is in hand, at most for so long."""


class Beside(Protocol):
    """What is brought up to date beside that."""

    async def close(self) -> None: ...


class Closing(Protocol):
    def close(self) -> object: ...


class Listening:
    """All that Bolt hands things to, ended together."""

    def __init__(self, inbound: Ending, beside: Sequence[Beside] = ()) -> None:
        self._inbound = inbound
        self._beside = beside

    async def close(self, seconds: float) -> None:
        await self._inbound.close(seconds)
        for each in self._beside:
            await each.close()


class SlackSession:
    """Implements `hosted.supervision.Session`."""

    def __init__(
        self,
        app: AsyncApp,
        link: Link | None,
        listening: Ending,
        replies: Closing,
        work: Work,
        clients: Clients,
        ask: Callable[[], Awaitable[Standing]] | None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """`link` None: Slack calls us. `ask` asks who the bot is; None: that depends on the workspace."""
        self._app = app
        self._link = link
        self._listening = listening
        self._replies = replies
        self._work = work
        self._clients = clients
        self._ask = ask
        self._pause = pause
        self._is_listening = False

    def bolt(self) -> AsyncApp | None:
        """Takes what Slack sends by request; None where this session can take nothing now."""
        return self._app if self._is_listening else None

    async def run(self, watch: Watch) -> None:
        known = await self._introduced()
        following = Beginning(watch, self._work)
        self._is_listening = True

        def online() -> None:
            following.online(known.name if known else "", known.workspace if known else "")

        lasting = [asyncio.ensure_future(self._lasting(online, following.offline))]
        if self._ask is not None:
            lasting.append(asyncio.ensure_future(self._checking(self._ask)))
        try:
            done, _ = await asyncio.wait(lasting, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                await each
        finally:
            self._is_listening = False
            for each in lasting:
                each.cancel()
            await asyncio.gather(*lasting, return_exceptions=True)

    async def finish(self) -> None:
        self._is_listening = False
        if self._link is not None:
            self._link.stop_listening()
        try:
            await self._work.end(self._listening.close(GRACE))
        finally:
            if self._link is not None:
                await self._link.finish(GRACE)
            await self._clients.close()
            self._replies.close()

    async def _introduced(self) -> Standing | None:
        if self._ask is None:
            return None
        known = await self._ask()
        if known.missing:
            log.warning(
                "the app lacks scopes in %s: %s; update its manifest and install it again",
                known.workspace,
                ", ".join(known.missing),
            )
        return known

    async def _lasting(self, online: Callable[[], None], offline: Callable[[], None]) -> None:
        if self._link is None:
            online()
            await asyncio.Event().wait()
        else:
            await self._link.run(online, offline)

    async def _checking(self, ask: Callable[[], Awaitable[Standing]]) -> None:
        """Ends the session when the bot's token works no longer, of which no socket tells."""
        while True:
            await self._pause(ROUND)
            try:
                await ask()
            except Exception as error:
                found = fault(error)
                if not found.again:
                    raise
                log.info("%s", found.line)
