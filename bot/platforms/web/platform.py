"""The web chat as a platform: its server, and its end of the outbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bot.core.drain import Drain, SendRefused
from bot.core.reply import Reply
from bot.platforms.web.conversation import PLATFORM, Conversation
from bot.platforms.web.history import History
from bot.platforms.web.options import WebOptions
from bot.platforms.web.routes import Routes
from bot.platforms.web.seam import ChatCore, Mounted
from bot.platforms.web.server import GRACE, bind, serve, url_of
from bot.platforms.web.streams import Streams
from bot.platforms.web.threads import Threads
from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from jobs.outbox import Delivery, Outbox


class WebPlatform:
    """Recap in the browser.

    `run` serves in the calling thread until `stop` (any thread) or a signal; before that it drains the
    outbox into the conversations. `ready` tells whether everything behind the chat has started. What is in
    `mounts` answers at its path in the chat's place, out of the chat's guard: it has one of its own.
    """

    def __init__(
        self,
        core: ChatCore,
        database: Database,
        outbox: Outbox,
        options: WebOptions,
        clock: Clock,
        ready: Callable[[], bool] = lambda: True,
        mounts: Mapping[str, Mounted] | None = None,
    ) -> None:
        options.check()
        self._options = options
        self._history = History(database, clock)
        self._streams = Streams()
        self._threads = Threads()
        self._conversation = Conversation(core, self._history, self._streams, self._threads)
        self._routes = Routes(
            core,
            self._history,
            self._conversation,
            self._streams,
            self._threads,
            options,
            ready,
            mounts or {},
        )
        self._drain = Drain(outbox, PLATFORM, self.send, core.present)
        self._stop = threading.Event()

    def run(self, on_listening: Callable[[str], None] | None = None) -> None:
        """Serves until stopped; `on_listening` is told the address once requests are taken.

        WebError if the address can't be had. Prints nothing.
        """
        listener = bind(self._options.host, self._options.port)

        def started() -> None:
            self._streams.open()
            self._drain.start()
            if on_listening is not None:
                on_listening(url_of(listener))

        try:
            self._history.close_interrupted()
            serve(self._routes.application(), listener, self._stop, started, self._close)
        finally:
            listener.close()
            self._drain.stop()
            self._threads.stop()

    def stop(self) -> None:
        """Ends `run` soon; callable from any thread, also before `run`."""
        self._stop.set()

    def send(self, delivery: Delivery, reply: Reply) -> str:
        """Puts an outbound message into its conversation, or edits the one it replaces. Idempotent."""
        if delivery.edit_ref is None:
            reference = str(self._history.add(delivery.place, delivery.key, reply))
        else:
            reference = delivery.edit_ref
            known = reference.isdecimal() and self._history.edit(delivery.place, int(reference), reply)
            if not known:
                raise SendRefused(f"there is no message {reference} in {delivery.place}")
        self._streams.wake(delivery.place)
        return reference

    async def _close(self) -> None:
        self._streams.close()
        await self._conversation.finish(GRACE)
