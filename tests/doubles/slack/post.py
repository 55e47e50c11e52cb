"""Brings to the app what it is to know: over its socket or as signed requests, again where it must be."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tests.doubles.slack import limits
from tests.doubles.slack.app import Application
from tests.doubles.slack.contract import Contract
from tests.doubles.slack.http import Answer, Caller
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.world import Json, World
from tests.doubles.violations import Violations

EVENTS, COMMANDS, INTERACTIVE = "events_api", "slash_commands", "interactive"
ANSWERABLE = ("command", "submit", "suggest")
"""Kinds of invocations whose acknowledgement may say something."""


class Wire(Protocol):
    """A connection that frames are put on; callable from any thread."""

    def put(self, frame: Json) -> None: ...


@dataclass(eq=False)
class Delivery:
    """One try to bring something to the app."""

    invocation: Invocation
    kind: str
    attempt: int
    reason: str
    at: datetime
    started: float = field(default_factory=time.perf_counter)
    envelope: str = field(default_factory=lambda: str(uuid.uuid4()))
    wire: Wire | None = None
    acked: bool = False
    over: bool = False
    """Nothing is waited for any more: acknowledged, or tried again."""
    answer: Answer | None = None

    @property
    def is_event(self) -> bool:
        return self.kind == EVENTS


class Post:
    """Used under the world's lock, but for what runs on the server's loop."""

    def __init__(
        self, world: World, violations: Violations, contract: Contract | None, app: Application
    ) -> None:
        self._world = world
        self._violations = violations
        self._app = app
        self.contract = contract
        self.loop: asyncio.AbstractEventLoop | None = None
        self.wires: list[Wire] = []
        self.caller: Caller | None = None
        """Where Slack calls the app; None: it comes by itself, over a socket."""
        self.deliveries: list[Delivery] = []
        self.take_ack: Callable[[Invocation], None] = lambda invocation: None
        self._waiting: list[Delivery] = []
        self.calling = 0
        """Requests that no answer came to yet."""
        self._calls: set[asyncio.Task[None]] = set()

    def send(self, invocation: Invocation, kind: str, attempt: int = 0, reason: str = "") -> None:
        """Sends it, or notes why it can't be sent. An event waits for a connection."""
        if attempt == 0:
            self._judge(invocation, kind)
        delivery = Delivery(invocation, kind, attempt, reason, self._world.clock.now())
        self.deliveries.append(delivery)
        if self.caller is None and not self.wires:
            if delivery.is_event:
                self._waiting.append(delivery)
            else:
                delivery.over = True
                invocation.failed = "no socket is connected: Slack shows dispatch_failed"
        else:
            self._dispatch(delivery)
        self._world.changed()

    def _dispatch(self, delivery: Delivery) -> None:
        delivery.invocation.deliveries += 1
        delivery.at, delivery.started = self._world.clock.now(), time.perf_counter()
        if self.caller is not None:
            assert self.loop is not None
            self.calling += 1
            self.loop.call_soon_threadsafe(self._call, self.caller, delivery)
            return
        delivery.wire = self.wires[-1]
        frame: Json = {
            "envelope_id": delivery.envelope,
            "payload": delivery.invocation.payload,
            "type": delivery.kind,
            "accepts_response_payload": delivery.invocation.kind in ANSWERABLE,
        }
        if delivery.is_event:
            frame |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        delivery.wire.put(frame)

    def _judge(self, invocation: Invocation, kind: str) -> None:
        if self.contract is not None:
            for problem in self.contract.of_payload(invocation.kind, kind, invocation.payload):
                self._violations.add(f"the double's own {invocation}: {problem}")

    # The socket

    def connected(self, wire: Wire) -> None:
        """Takes a new connection into use; what waited goes out on it."""
        self.wires.append(wire)
        waiting, self._waiting = self._waiting, []
        for delivery in waiting:
            if delivery.is_event:
                delivery.attempt = max(1, delivery.attempt)
                delivery.reason = delivery.reason or "timeout"
            elif self._world.clock.now() - delivery.invocation.at > limits.ACK:
                delivery.over = True
                delivery.invocation.failed = "the connection was lost before it was acknowledged"
                continue
            self._dispatch(delivery)
        self._world.changed()

    def unplug(self, wire: Wire) -> None:
        """Nothing new goes out on it."""
        if wire in self.wires:
            self.wires.remove(wire)

    def gone(self, wire: Wire) -> None:
        """It has ended: what was not acknowledged goes out on another; what a person did within 3 s only."""
        self.unplug(wire)
        for delivery in [each for each in self.deliveries if each.wire is wire and not each.over]:
            delivery.over = True
            if delivery.is_event:
                self.send(delivery.invocation, EVENTS, delivery.attempt + 1, "timeout")
            elif not delivery.invocation.acked:
                self._elsewhere(delivery)
        self._world.changed()

    def _elsewhere(self, delivery: Delivery) -> None:
        copy = Delivery(delivery.invocation, delivery.kind, 0, "", delivery.at)
        self.deliveries.append(copy)
        if self.wires:
            self._dispatch(copy)
        else:
            self._waiting.append(copy)

    def acknowledged(self, envelope: str, payload: Json | str | None) -> None:
        """An acknowledgement came over a socket."""
        delivery = next((each for each in self.deliveries if each.envelope == envelope), None)
        if delivery is None:
            self._violations.add(f"acknowledged what was never sent: {envelope}")
        elif delivery.acked:
            self._violations.add(f"acknowledged twice: {delivery.invocation}")
        else:
            if payload and delivery.invocation.kind not in ANSWERABLE:
                self._violations.add(f"the acknowledgement of a {delivery.invocation} says something")
            self._accept(delivery, payload)

    def _accept(self, delivery: Delivery, payload: Json | str | None) -> None:
        invocation = delivery.invocation
        since = delivery.at if delivery.is_event else invocation.at
        late = self._world.clock.now() - since > limits.ACK
        delivery.acked = True
        delivery.over = not late
        invocation.acks += 1
        if not invocation.acked:
            invocation.acked, invocation.late = True, late
            invocation.took = time.perf_counter() - delivery.started
            invocation.ack = payload
            if not late:
                self.take_ack(invocation)
        self._world.changed()

    # Requests

    def _call(self, caller: Caller, delivery: Delivery) -> None:
        task = asyncio.ensure_future(self._called(caller, delivery))
        self._calls.add(task)
        task.add_done_callback(self._call_ended)

    def _call_ended(self, task: asyncio.Task[None]) -> None:
        with self._world.lock:
            self._calls.discard(task)
            self.calling -= 1
            self._world.changed()

    async def _called(self, caller: Caller, delivery: Delivery) -> None:
        answer = await caller.send(
            delivery.kind, delivery.invocation.payload, delivery.attempt, delivery.reason
        )
        with self._world.lock:
            delivery.answer = answer
            delivery.invocation.status = answer.status
            if answer.status is not None and 200 <= answer.status < 300:
                self._accept(delivery, answer.said)
                return
            if not delivery.is_event:
                delivery.over = True
                delivery.invocation.failed = f"{answer.failure or answer.status}: Slack shows dispatch_failed"
            elif answer.headers.get("X-Slack-No-Retry") == "1":
                delivery.over = True
            else:
                delivery.reason = answer.failure or "http_error"
                if delivery.attempt == 0:
                    self._again(delivery, delivery.reason)
            self._world.changed()

    async def close(self) -> None:
        for task in list(self._calls):
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    # Again

    def again(self, invocation: Invocation) -> None:
        """The same thing once more: an event with the next retry number."""
        last = next(each for each in reversed(self.deliveries) if each.invocation is invocation)
        self._again(last, "timeout")

    def _again(self, delivery: Delivery, reason: str) -> None:
        delivery.over = True
        number = delivery.attempt + 1 if delivery.is_event else 0
        copy = delivery.invocation
        self.send(copy, delivery.kind, number or 1, reason)

    def tick(self) -> int:
        """Sends what is due again by the clock; how much."""
        now, sent = self._world.clock.now(), 0
        for delivery in list(self.deliveries):
            if delivery.over or not delivery.is_event or delivery in self._waiting:
                continue
            if delivery.attempt >= len(limits.RETRIES):
                delivery.over = True
                delivery.invocation.failed = "given up after three retries"
            elif now - delivery.at > max(limits.ACK, limits.RETRIES[delivery.attempt]):
                self._again(delivery, delivery.reason or "timeout")
                sent += 1
        return sent
