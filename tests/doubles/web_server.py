"""The web chat on a real socket of its own."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType

from bot.platforms.web import WebOptions, WebPlatform
from bot.platforms.web.seam import ChatCore, Mounted
from jobs.outbox import Outbox
from knowledge.clock import Clock
from knowledge.store import Database


class WebServer:
    """Runs a `WebPlatform` in a thread; `url` is known once the block is entered."""

    def __init__(
        self,
        core: ChatCore,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        options: WebOptions | None = None,
        mounts: Mapping[str, Mounted] | None = None,
    ) -> None:
        self.platform = WebPlatform(
            core, database, outbox, options or WebOptions(port=0, course="Test"), clock, mounts=mounts
        )
        self.url = ""
        self._listening = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="web-server")

    def _run(self) -> None:
        def listening(url: str) -> None:
            self.url = url
            self._listening.set()

        try:
            self.platform.run(listening)
        except BaseException as failure:  # noqa: BLE001  raised again where the server is waited for
            self._failure = failure
        finally:
            self._listening.set()

    def __enter__(self) -> WebServer:
        self._thread.start()
        assert self._listening.wait(10), "the server did not start"
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def stop(self) -> None:
        self.platform.stop()
        self._thread.join(10)
        assert not self._thread.is_alive(), "the server did not stop"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()
        if self._failure is not None and error is None:
            raise self._failure
