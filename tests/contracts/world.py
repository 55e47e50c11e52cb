"""Recap itself, whole but for the models: the core, its database and index, on a clock that is moved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot import config
from bot.core.core import Core
from bot.core.reply import Reply
from bot.core.turn import Line, Person, Press, Turn
from bot.wiring import App, wire
from jobs.tables import JobRow, OutboundRow
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.doubles.pool import given_back

if TYPE_CHECKING:
    from jobs.outbox import Delivery

PATIENCE = 15.0
"""Seconds within which everything that was begun must have ended."""


@dataclass(frozen=True)
class Said:
    """What the core said, and to which message it belongs."""

    reply: Reply
    reference: str | None
    """Of the message that shows it; None: a message of its own."""
    turn: Turn | None = None
    """None: it came unasked."""
    delivery: int | None = None
    """The outbound row that it came by."""


class HeardCore(Core):
    """Keeps what it says, to be held against what a platform shows; greetings of a server come any time."""

    heard: list[Said]

    def dispatch(self, turn: Turn) -> Reply:
        reply = super().dispatch(turn)
        self.heard.append(Said(reply, turn.reply_ref, turn))
        return reply

    def present(self, delivery: Delivery) -> Reply:
        reply = super().present(delivery)
        if delivery.kind != "greeting":
            self.heard.append(Said(reply, delivery.edit_ref, delivery=delivery.id))
        return reply


class World:
    """One installation. `open` wires it, `restart` does so again on the same folder."""

    def __init__(self, folder: Path, clock: FrozenClock) -> None:
        self.folder = folder
        self.clock = clock
        self.heard: list[Said] = []
        self._app: App | None = None

    @property
    def app(self) -> App:
        assert self._app is not None, "the world is closed"
        return self._app

    @property
    def core(self) -> Core:
        return self.app.core

    def open(self) -> None:
        environment = {
            "RECAP_DATA_PATH": str(self.folder),
            "RECAP_NOTES__PATH": str(self.folder / "notes"),
        }
        app = wire(config.load(environment, config.NOWHERE), self.clock, InProcessEngine(self.clock))
        core = HeardCore(app.services)
        core.heard = self.heard
        app.core = core
        app.prepare()
        app.queue.start()
        self._app = app

    def close(self) -> None:
        app, self._app = self.app, None
        app.queue.stop()
        assert given_back(app.database), "a connection was not given back"
        app.stop()

    def restart(self) -> None:
        self.close()
        self.open()

    def advance(self, by: timedelta) -> datetime:
        """Moves the clock and does what the schedule would do then."""
        now = self.clock.move(by)
        self.app.delivery.run()
        self.app.groups.watch.run()
        return now

    def elsewhere(self, line: str) -> Reply:
        """What the person gets who types a line on a platform that no test looks at."""
        person = Person("elsewhere", "Ada", "en-GB", inbox="elsewhere")
        return Core.dispatch(self.core, Turn("elsewhere", person, "elsewhere", "r", Line(line)))

    def said(self) -> list[Said]:
        """What the core said, what came unasked with the message that it became."""
        with self.app.database.session() as session:
            messages = {row.id: row.sent_ref for row in session.scalars(select(OutboundRow))}
        return [
            replace(one, reference=one.reference or messages.get(one.delivery or 0)) for one in self.heard
        ]

    def settle(self, platform: str) -> None:
        """Waits until no job runs and everything due for a platform has gone out."""
        until(lambda: self._under_way(platform) == 0, "jobs and messages")

    def _under_way(self, platform: str) -> int:
        with self.app.database.session() as session:
            jobs = session.scalar(
                select(func.count()).select_from(JobRow).where(JobRow.state.in_(("queued", "running")))
            )
            messages = session.scalar(
                select(func.count())
                .select_from(OutboundRow)
                .where(
                    OutboundRow.platform == platform,
                    OutboundRow.kind != "greeting",
                    OutboundRow.state.in_(("waiting", "sending")),
                    OutboundRow.due_at <= self.clock.now(),
                )
            )
        return (jobs or 0) + (messages or 0)

    def pressed(self) -> list[str]:
        """The actions that reached the core, each as often as it did."""
        return [
            said.turn.did.action
            for said in self.heard
            if said.turn is not None and isinstance(said.turn.did, Press)
        ]


def until(reached: Callable[[], bool], what: str) -> None:
    """Waits for something that other threads do."""
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        pause.wait(0.01)
