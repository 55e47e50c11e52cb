"""Sends what waits in the outbox for one platform."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.reply import Reply

if TYPE_CHECKING:
    from jobs.outbox import Delivery, Outbox

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between looks for rows that another process queued or whose time has come."""


class SendLater(Exception):
    """The platform asks to come back later."""

    def __init__(self, retry_in: timedelta, reason: str = "asked to wait") -> None:
        self.retry_in = retry_in
        super().__init__(reason)


class SendRefused(Exception):
    """The platform will never take it: a closed conversation, a deleted message."""


class Unreachable(SendRefused):
    """That person can't be reached in that place: closed direct messages, a channel without permission."""


class Drain:
    """A thread that claims, presents, sends and marks the outbound rows of one platform.

    `send` gives the platform's reference of the message (None where it has none) and may raise
    SendLater or SendRefused; whatever else it raises is tried again, as long and as often as the outbox says.
    """

    def __init__(
        self,
        outbox: Outbox,
        platform: str,
        send: Callable[[Delivery, Reply], str | None],
        present: Callable[[Delivery], Reply],
        poll: float = POLL,
    ) -> None:
        self._outbox = outbox
        self._platform = platform
        self._send = send
        self._present = present
        self._poll = poll
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread; a second start does nothing."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._outbox.subscribe(self._platform, self._wake.set)
        self._thread = threading.Thread(target=self._run, name=f"drain-{self._platform}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the message in hand and waits for it. Idempotent."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping.set()
        self._wake.set()
        thread.join()
        self._outbox.unsubscribe(self._platform, self._wake.set)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                sent = self.drain_once()
            except Exception:
                log.exception("draining failed on %s", self._platform)
                sent = 0
            if not sent:
                self._wake.wait(self._poll)

    def drain_once(self) -> int:
        """Sends what is due now; the number of rows it took."""
        deliveries = self._outbox.claim(self._platform)
        for place, delivery in enumerate(deliveries):
            if self._stopping.is_set():
                self._outbox.release(one.id for one in deliveries[place:])
                break
            self._deliver(delivery)
        return len(deliveries)

    def _deliver(self, delivery: Delivery) -> None:
        try:
            reference = self._send(delivery, self._present(delivery))
        except SendLater as later:
            self._outbox.failed(delivery.id, str(later), later.retry_in)
        except SendRefused as refused:
            log.warning("%s refused %s: %s", self._platform, delivery.key, refused)
            self._outbox.failed(delivery.id, str(refused), None)
        except Exception as error:
            log.exception("sending %s on %s failed", delivery.key, self._platform)
            self._outbox.failed(delivery.id, str(error), timedelta(0))
        else:
            self._outbox.sent(delivery.id, reference)
