"""Sends what waits in the outbox for one platform."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.reply import Reply

if TYPE_CHECKING:
    from jobs.outbox import Delivery, Outbox

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between looks for rows that another process queued or whose time has come."""
MARK = 0.25
"""Seconds after which what was sent is marked so, if its batch still goes on: a crash before that has the
platforms asked about each of them again."""
HOLD = 10.0
"""Seconds after which claimed rows that wait behind a slow one are given back; less than a lease."""


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

    `send` gives the platform's reference of the message (None where it has none) and may raise SendLater,
    SendRefused or Unreachable; whatever else it raises is tried again, as long and as often as the outbox
    says.

    With several `lanes` a place that is slow holds up no other: each lane serves one place at a time, and the
    messages of one place, edits among them, still go one after the other. `send` is then called from several
    threads.
    """

    def __init__(
        self,
        outbox: Outbox,
        platform: str,
        send: Callable[[Delivery, Reply], str | None],
        present: Callable[[Delivery], Reply],
        poll: float = POLL,
        lanes: int = 1,
    ) -> None:
        self._outbox = outbox
        self._platform = platform
        self._send = send
        self._present = present
        self._poll = poll
        self._lanes = lanes
        self._busy: set[str] = set()
        """Places that a lane serves."""
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Starts the thread; a second start does nothing."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._unsubscribe = self._outbox.subscribe(self._platform, self._wake.set)
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
        self._unsubscribe()

    def _run(self) -> None:
        name = f"drain-{self._platform}-lane"
        with ThreadPoolExecutor(self._lanes, thread_name_prefix=name) as pool:
            while not self._stopping.is_set():
                self._wake.clear()
                try:
                    taken = self._hand_out(pool) if self._lanes > 1 else self.drain_once()
                except Exception:
                    log.exception("draining failed on %s", self._platform)
                    taken = 0
                if not taken:
                    self._wake.wait(self._poll)

    def drain_once(self) -> int:
        """Sends what is due now, one after the other; the number of rows it took."""
        deliveries = self._outbox.claim(self._platform)
        self._send_all(deliveries, lambda: self._stopping.is_set())
        return len(deliveries)

    def _hand_out(self, pool: ThreadPoolExecutor) -> int:
        """Claims what is due in places that nobody serves and gives it to lanes; the number of rows."""
        with self._lock:
            busy = set(self._busy)
        free = self._lanes - len(busy)
        if not free:
            return 0  # a lane that is done wakes us
        # No more than is begun at once: a claim that a crash cuts off counts as an attempt.
        deliveries = self._outbox.claim(self._platform, free, without=busy)
        by_place: dict[str, list[Delivery]] = {}
        for delivery in deliveries:
            by_place.setdefault(delivery.place, []).append(delivery)
        with self._lock:
            self._busy.update(by_place)
        for place, there in by_place.items():
            pool.submit(self._serve, place, there, time.monotonic())
        return len(deliveries)

    def _serve(self, place: str, deliveries: Sequence[Delivery], claimed: float) -> None:
        try:
            self._send_all(deliveries, lambda: self._stopping.is_set() or time.monotonic() - claimed > HOLD)
        except Exception:
            log.exception("draining failed on %s", self._platform)
        finally:
            with self._lock:
                self._busy.discard(place)
            self._wake.set()

    def _send_all(self, deliveries: Sequence[Delivery], ends: Callable[[], bool]) -> None:
        """Sends claimed messages, one after the other; once it `ends`, gives back those not yet begun."""
        batch = _Batch()
        sent: dict[int, str | None] = {}
        marked = time.monotonic()
        try:
            for number, delivery in enumerate(deliveries):
                if ends():
                    self._outbox.release(one.id for one in deliveries[number:])
                    break
                self._deliver(delivery, batch, sent)
                if time.monotonic() - marked > MARK:
                    self._mark(sent)
                    marked = time.monotonic()
        finally:
            self._mark(sent)

    def _mark(self, sent: dict[int, str | None]) -> None:
        """Marks those as sent, together; each by itself if that fails. What isn't marked is sent again."""
        references = dict(sent)
        sent.clear()
        if not references:
            return
        try:
            self._outbox.sent_all(references)
        except Exception:
            if len(references) == 1:
                raise
            log.exception("messages sent on %s could not be marked together", self._platform)
            for number, reference in references.items():
                self._outbox.sent(number, reference)

    def _deliver(self, delivery: Delivery, batch: _Batch, sent: dict[int, str | None]) -> None:
        """`sent`: what is to be marked as sent."""
        whom = (delivery.place, delivery.learner_id)
        if delivery.edit_ref is None and whom in batch.closed:
            self._outbox.unreachable(delivery.id, "refused a moment ago")
            return
        if whom in batch.waiting and _is_review(delivery):
            self._outbox.release([delivery.id])
            return
        try:
            reference = self._send(delivery, self._present(delivery))
        except SendLater as later:
            self._outbox.failed(delivery.id, str(later), later.retry_in, patient=True)
            batch.wait(delivery)
        except Unreachable as refused:
            # Others for this learner in this batch would only be refused too.
            batch.closed.add(whom)
            self._outbox.unreachable(delivery.id, str(refused))
        except SendRefused as refused:
            log.warning("%s refused %s: %s", self._platform, delivery.key, refused)
            self._outbox.failed(delivery.id, str(refused), None)
        except Exception as error:
            log.exception("sending %s on %s failed", delivery.key, self._platform)
            self._outbox.failed(delivery.id, str(error), timedelta(0))
            batch.wait(delivery)
        else:
            sent[delivery.id] = reference


@dataclass(slots=True)
class _Batch:
    """What became of the messages that were claimed together: who (place, learner) can't be sent any more."""

    closed: set[tuple[str, int | None]] = field(default_factory=set)
    """They couldn't be reached there."""
    waiting: set[tuple[str, int | None]] = field(default_factory=set)
    """An earlier review of theirs is tried again later: the next ones must not overtake it."""

    def wait(self, delivery: Delivery) -> None:
        if _is_review(delivery):
            self.waiting.add((delivery.place, delivery.learner_id))


def _is_review(delivery: Delivery) -> bool:
    return delivery.kind == "review" and delivery.learner_id is not None and delivery.edit_ref is None
