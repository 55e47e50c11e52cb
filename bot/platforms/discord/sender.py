"""Discord's end of the outbox."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import discord

from bot.core.drain import SendLater, SendRefused, Unreachable
from bot.core.reply import Reply
from bot.platforms.discord.failures import Closed, Failure, Later, NoChannel, NotAllowed
from bot.platforms.discord.places import place
from bot.platforms.discord.references import UNASKED, Ref
from bot.platforms.discord.replies import Replies

if TYPE_CHECKING:
    from jobs.outbox import Delivery

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds that one message may take before its lane turns to others; less than the outbox's lease."""
NOT_CONNECTED = timedelta(seconds=5)


class Sender:
    """Sends what the drain hands over: called from threads, at work on the client's loop."""

    def __init__(self, client: discord.Client, replies: Replies, patience: float = PATIENCE) -> None:
        self._client = client
        self._replies = replies
        self._patience = patience
        self._running: set[Future[Ref]] = set()
        self._lock = threading.Lock()

    def send(self, delivery: Delivery, reply: Reply) -> str:
        """Posts an outbound message, or edits the one it replaces; gives the reference to edit it later.

        Sent again after a crash at any point it is there once. SendLater where Discord is away or a limit
        holds it up; Unreachable where a person takes no direct messages, or the channel that they chose for
        reviews is closed to us; SendRefused for every other message that will never be taken.
        """
        task = self._start(self._deliver(delivery, reply))
        try:
            return str(task.result(self._patience))
        except TimeoutError:
            # It goes on: a request that sleeps must not be cancelled. The next attempt waits behind it.
            raise SendLater(timedelta(0), "Discord takes its time") from None
        except CancelledError:
            raise SendLater(NOT_CONNECTED, "Recap is ending") from None
        except Later as later:
            raise SendLater(later.retry_in, str(later)) from later
        except Closed as closed:
            raise Unreachable(str(closed)) from closed
        except (NotAllowed, NoChannel) as refused:
            kind = Unreachable if _is_fallback(delivery) else SendRefused
            raise kind(str(refused)) from refused
        except Failure as failure:
            raise SendRefused(str(failure)) from failure

    def stop(self) -> None:
        """Ends what is still being sent; the outbox sends it again."""
        with self._lock:
            running = list(self._running)
        for task in running:  # each ends in `_ended`, which takes the lock itself
            task.cancel()

    def _start(self, work: Coroutine[Any, Any, Ref]) -> Future[Ref]:
        if self._client.user is None or self._client.is_closed():
            work.close()
            raise SendLater(NOT_CONNECTED, "not connected to Discord")
        try:
            task = asyncio.run_coroutine_threadsafe(work, self._client.loop)
        except RuntimeError:
            work.close()
            raise SendLater(NOT_CONNECTED, "the client has ended") from None
        with self._lock:
            self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: Future[Ref]) -> None:
        with self._lock:
            self._running.discard(task)

    async def _deliver(self, delivery: Delivery, reply: Reply) -> Ref:
        if delivery.edit_ref is not None:
            if not delivery.edit_ref.isdecimal():
                raise SendRefused(f"{delivery.edit_ref!r} is no reply on Discord")
            return await self._replies.edit(int(delivery.edit_ref), reply)
        try:
            where = place(delivery.place)
        except ValueError as error:
            raise SendRefused(str(error)) from error
        mentioned = None
        if _is_fallback(delivery) and delivery.learner_id is not None:
            references = self._replies.references
            mentioned = await references.ask(references.account, delivery.learner_id)
        return await self._replies.post(f"{UNASKED}{delivery.key}", where, reply, mentioned)


def _is_fallback(delivery: Delivery) -> bool:
    """Whether it is a review in the channel that its learner chose for want of direct messages."""
    return delivery.kind == "review" and delivery.edit_ref is None and _kind(delivery.place) == "channel"


def _kind(text: str) -> str:
    return text.partition(":")[0]
