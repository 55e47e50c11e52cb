"""A platform's end of the outbox: called from threads, at work on the platform's loop."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from concurrent.futures import CancelledError, Future
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.core.drain import SendLater, SendRefused, Unreachable
from bot.core.reply import Reply
from bot.platforms.hosted.failures import Closed, Failure, Later, NoChannel, NotAllowed
from bot.platforms.hosted.references import UNASKED
from bot.platforms.hosted.replies import Replies

if TYPE_CHECKING:
    from jobs.outbox import Delivery

Spot = TypeVar("Spot")
"""A place on the platform."""
Whom = TypeVar("Whom")

PATIENCE = 20.0
"""Seconds that one message may take before its lane turns to others; less than the outbox's lease."""
NOT_CONNECTED = timedelta(seconds=5)


class Sender(ABC, Generic[Spot, Whom]):
    """Sends what the drain hands over."""

    NAME: str
    """What the platform is called."""
    UNREACHABLE: tuple[type[Failure], ...] = (Closed,)
    """What says that a person can't be written to."""

    def __init__(self, replies: Replies[Any, Whom], patience: float = PATIENCE) -> None:
        self._replies = replies
        self._patience = patience
        self._running: set[Future[str]] = set()
        self._lock = threading.Lock()

    @abstractmethod
    def _loop(self) -> asyncio.AbstractEventLoop | None:
        """The platform's loop; None while it is not connected."""

    @abstractmethod
    def _place(self, text: str) -> Spot:
        """The place that a text names. ValueError for none."""

    @abstractmethod
    async def _account(self, learner_id: int, where: Spot) -> Whom | None:
        """Whom to mention in a place where a learner is meant."""

    def send(self, delivery: Delivery, reply: Reply) -> str:
        """Posts an outbound message, or edits the one it replaces; gives the reference to edit it later.

        Sent again after a crash at any point it is there once. SendLater where the platform is away or a
        limit holds it up; Unreachable where a person takes no direct messages, or the place where they get
        reviews is closed to us; SendRefused for every other message that will never be taken.
        """
        task = self._start(delivery, reply)
        try:
            return task.result(self._patience)
        except TimeoutError:
            # It goes on: a request that sleeps must not be cancelled. The next attempt waits behind it.
            raise SendLater(timedelta(0), f"{self.NAME} takes its time") from None
        except CancelledError:
            raise SendLater(NOT_CONNECTED, "Recap is ending") from None
        except Later as later:
            raise SendLater(later.retry_in, str(later)) from later
        except self.UNREACHABLE as closed:
            raise Unreachable(str(closed)) from closed
        except (NotAllowed, NoChannel) as refused:
            kind = Unreachable if _is_review(delivery) else SendRefused
            raise kind(str(refused)) from refused
        except Failure as failure:
            raise SendRefused(str(failure)) from failure

    def stop(self) -> None:
        """Ends what is still being sent; the outbox sends it again."""
        with self._lock:
            running = list(self._running)
        for task in running:  # each ends in `_ended`, which takes the lock itself
            task.cancel()

    def _start(self, delivery: Delivery, reply: Reply) -> Future[str]:
        loop = self._loop()
        if loop is None:
            raise SendLater(NOT_CONNECTED, f"not connected to {self.NAME}")
        work = self._deliver(delivery, reply)
        try:
            task = asyncio.run_coroutine_threadsafe(work, loop)
        except RuntimeError:
            work.close()
            raise SendLater(NOT_CONNECTED, f"the connection to {self.NAME} has ended") from None
        with self._lock:
            self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: Future[str]) -> None:
        with self._lock:
            self._running.discard(task)

    async def _deliver(self, delivery: Delivery, reply: Reply) -> str:
        if delivery.edit_ref is not None:
            if not delivery.edit_ref.isdecimal():
                raise SendRefused(f"{delivery.edit_ref!r} is no reply on {self.NAME}")
            return str(await self._replies.edit(int(delivery.edit_ref), reply))
        try:
            where = self._place(delivery.place)
        except ValueError as error:
            raise SendRefused(str(error)) from error
        mentioned = None
        if _is_review(delivery) and not delivery.place.startswith("dm:") and delivery.learner_id is not None:
            mentioned = await self._account(delivery.learner_id, where)
        return str(await self._replies.post(f"{UNASKED}{delivery.key}", where, reply, mentioned))


def _is_review(delivery: Delivery) -> bool:
    """Whether it is one: in direct messages, or in the channel that its learner chose for want of them."""
    return delivery.kind == "review" and delivery.edit_ref is None
