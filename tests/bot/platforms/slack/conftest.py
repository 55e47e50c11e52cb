"""The loopback Slack for the tests of its platform, a bot on it, and a web server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.platforms.web.options import WebOptions
from bot.platforms.web.seam import Mounted
from jobs.outbox import Outbox
from knowledge.store import Database
from tests.bot.platforms.slack.echo import Echo
from tests.bot.platforms.slack.study import Study
from tests.doubles.clock import FrozenClock
from tests.doubles.scripted_core import ScriptedCore
from tests.doubles.slack.fixtures import slack_contract, slack_server
from tests.doubles.slack_server import SlackServer
from tests.doubles.web_server import WebServer
from tests.prepared import PreparedSqlite

__all__ = ["slack_contract", "slack_server"]

Serve = Callable[[Mapping[str, Mounted]], str]


@pytest.fixture
def echo(slack_server: SlackServer, database: Database, clock: FrozenClock) -> Iterator[Echo]:
    with Echo(slack_server, database, clock) as echo:
        yield echo


@pytest.fixture
def study(slack_server: SlackServer) -> Study:
    ada, bob = slack_server.person("Ada"), slack_server.person("Bob")
    channel = slack_server.channel("study", ada, bob, bot=True)
    closed = slack_server.channel("staff", ada, bob, private=True)
    return Study(channel, closed, ada, bob, slack_server.dm(ada))


@pytest.fixture
def serve(tmp_path: Path, prepared_sqlite: PreparedSqlite, clock: FrozenClock) -> Iterator[Serve]:
    """Mounts; gives the server's address."""
    database = Database(prepared_sqlite.copy(tmp_path / "web.db"))
    outbox = Outbox(database, clock, "test")
    script = ScriptedCore(database, outbox, clock)
    with ExitStack() as running:

        def serve(mounts: Mapping[str, Mounted]) -> str:
            server = WebServer(script, database, outbox, clock, WebOptions(port=0), mounts)
            return running.enter_context(server).url

        yield serve
    database.dispose()
