"""Bolt on a loop of its own, as Slack's platform has it."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult


class Bolt:
    """`taking` gives the app and its loop once the block is entered, and nothing while `down`."""

    def __init__(self) -> None:
        self.app = AsyncApp(request_verification_enabled=False, authorize=_authorize)
        self.down = False
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="bolt")

    def taking(self) -> tuple[AsyncApp, asyncio.AbstractEventLoop] | None:
        return None if self.down or self._loop is None else (self.app, self._loop)

    def stop(self) -> None:
        """The loop is closed, and `taking` has not heard of it yet."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    def _run(self) -> None:
        loop = self._loop = asyncio.new_event_loop()
        loop.call_soon(self._ready.set)
        loop.run_forever()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    def __enter__(self) -> Bolt:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()


async def _authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-1")  # noqa: S106
