"""A web server that carries what Slack mounts in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.platforms.web.options import WebOptions
from bot.platforms.web.seam import Mounted
from jobs.outbox import Outbox
from knowledge.store import Base, Database
from tests.doubles.clock import FrozenClock
from tests.doubles.scripted_core import ScriptedCore
from tests.doubles.web_server import WebServer

Serve = Callable[[Mapping[str, Mounted]], str]


@pytest.fixture
def serve(tmp_path: Path, clock: FrozenClock) -> Iterator[Serve]:
    """Mounts; gives the server's address."""
    database = Database(f"sqlite:///{tmp_path / 'web.db'}")
    Base.metadata.create_all(database.engine)
    outbox = Outbox(database, clock, "test")
    script = ScriptedCore(database, outbox, clock)
    with ExitStack() as running:

        def serve(mounts: Mapping[str, Mounted]) -> str:
            server = WebServer(script, database, outbox, clock, WebOptions(port=0), mounts)
            return running.enter_context(server).url

        yield serve
    database.dispose()
