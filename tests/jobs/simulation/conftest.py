"""A small simulation over the real review loop, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.core.drain import Drain
from bot.core.reply import Reply
from jobs.outbox import Outbox
from jobs.people import People
from jobs.review.delivery import Delivery
from jobs.review.ladder import Ladder
from jobs.review.pauses import Pauses
from jobs.review.service import Reviews
from jobs.review.sessions import Sessions
from jobs.simulation.clock import VirtualClock
from jobs.simulation.loop import Server, Simulation
from jobs.simulation.notes import write_notes
from jobs.simulation.outcome import Outcome, outcome
from jobs.simulation.plan import START, Downtime, Plan
from jobs.simulation.platform import PLATFORM, Loopback
from knowledge.library import Library
from knowledge.refresh import refresh
from knowledge.store import Base, Database

TOPICS = 4


class Run:
    """What a simulation is made of, so that a test can break a part before it runs."""

    def __init__(self, database: Database, index: Path, notes: tuple[str, ...], plan: Plan) -> None:
        self.database = database
        self.plan = plan
        self.clock = VirtualClock(START)
        self.outbox = Outbox(database, self.clock, "simulation")
        self.people = People(database, self.clock)
        self.reviews = Reviews(database, Library(index), self.outbox, self.clock, plan.ladder, "course")
        self.decks = {"course": self.reviews.deck}
        self.delivery = Delivery(database, self.decks, self.outbox, self.clock, plan.daily_cap)
        self.platform = Loopback(self.clock)
        self.drain = Drain(
            self.outbox,
            PLATFORM,
            lambda delivery, _: self.platform.send(delivery),
            lambda delivery: Reply(delivery.key),
        ).drain_once
        self.notes = notes

    def outcome(self) -> Outcome:
        server = Server(
            self.people,
            self.reviews,
            Sessions(self.database, self.decks, self.outbox, self.clock, self.plan.daily_cap),
            self.delivery,
            Pauses(self.database, self.outbox, self.clock),
            self.outbox,
            lambda: self.drain(),
            lambda: None,
            self.notes,
        )
        simulation = Simulation(self.plan, self.clock, server, self.platform)
        simulation.run(lambda share, stage: None)
        return outcome(self.plan, self.database, simulation, self.platform)


Simulate = Callable[..., Run]


@pytest.fixture
def database_url(prepared_sqlite_url: str) -> str:
    """What is simulated runs on both databases in its own tests; here the judge is tried, on one."""
    return prepared_sqlite_url


@pytest.fixture(scope="session")
def topics(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """An indexed course of simulated notes."""
    root = tmp_path_factory.mktemp("topics")
    notes = write_notes(root / "notes", TOPICS)
    refresh("course", root / "notes", root / "index", None, VirtualClock(START))
    return root / "index", notes


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def simulate(database: Database, topics: tuple[Path, tuple[str, ...]]) -> Simulate:
    def simulate(
        learners: int = 3,
        days: int = 21,
        cap: int = 20,
        downtimes: tuple[str, ...] = (),
        on: Database = database,
    ) -> Run:
        ladder = Ladder.parse("1d,3d,1w")
        off = tuple(Downtime.parse(text) for text in downtimes)
        return Run(on, *topics, Plan(learners, days, TOPICS, ladder, cap, 1, off))

    return simulate
