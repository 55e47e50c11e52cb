"""The web chat over a scripted core."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobs.outbox import Outbox
from knowledge.store import Database
from tests.bot.platforms.web.client import Page
from tests.doubles.clock import FrozenClock
from tests.doubles.scripted_core import ScriptedCore
from tests.doubles.web_server import WebServer


@pytest.fixture
def store(prepared_sqlite_url: str) -> Iterator[Database]:
    database = Database(prepared_sqlite_url)
    yield database
    database.dispose()


@pytest.fixture
def outbox(store: Database, clock: FrozenClock) -> Outbox:
    return Outbox(store, clock, "test")


@pytest.fixture
def script(store: Database, outbox: Outbox, clock: FrozenClock) -> ScriptedCore:
    return ScriptedCore(store, outbox, clock)


@pytest.fixture
def server(script: ScriptedCore, store: Database, outbox: Outbox, clock: FrozenClock) -> Iterator[WebServer]:
    with WebServer(script, store, outbox, clock) as server:
        yield server


@pytest.fixture
def page(server: WebServer) -> Iterator[Page]:
    with Page(server.url) as page:
        yield page
