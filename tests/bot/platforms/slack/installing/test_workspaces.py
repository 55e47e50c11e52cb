"""Tokens of many workspaces: renewed in time, once, and stored before they are used."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.platforms.slack.failures import Later, NotInstalled
from bot.platforms.slack.installing.store import LEASE, Installation, Store
from bot.platforms.slack.installing.workspaces import AHEAD, FRESH, Workspaces
from knowledge.store import Database
from tests.bot.platforms.slack.api import Answer, Api, fine, refused
from tests.bot.platforms.slack.installing.installed import KEY, LASTS, installation, store, workspaces
from tests.doubles.clock import FrozenClock

NEXT = fine(access_token="xoxe.xoxb-2", refresh_token="xoxe-1-2", expires_in=43200, token_type="bot")  # noqa: S106


def run(api: Api, kept: Store, clock: FrozenClock, use: Callable[[Workspaces], Awaitable[None]]) -> None:
    async def live(url: str) -> None:
        clients = workspaces(url, kept, clock)
        try:
            await use(clients)
        finally:
            await clients.close()

    with api:
        asyncio.run(live(api.url))


async def others() -> None:
    """Waits for what goes on in the background."""
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))


def test_each_workspace_has_its_own_client_and_bot(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation(access="xoxb-1"))
    kept.save(installation(team="T2", access="xoxb-2"))

    async def use(clients: Workspaces) -> None:
        first, second = await clients.of("T1"), await clients.of("T2")
        assert (first.token, second.token) == ("xoxb-1", "xoxb-2")
        assert await clients.of("T1") is first
        assert await clients.bot_user("T2") == "UBOT"
        assert await clients.teams() == ["T1", "T2"]
        with pytest.raises(NotInstalled):
            await clients.of("T3")

    api = Api()
    run(api, kept, clock, use)
    assert api.calls == []


def test_a_removed_workspace_is_noticed_at_once_or_within_a_minute(
    database: Database, clock: FrozenClock
) -> None:
    kept = store(database, clock)
    kept.save(installation())

    async def use(clients: Workspaces) -> None:
        await clients.of("T1")
        kept.remove("T1")
        await clients.of("T1")
        await clients.forget("T1")
        with pytest.raises(NotInstalled):
            await clients.of("T1")
        kept.save(installation())
        await clients.of("T1")
        kept.remove("T1")
        clock.move(FRESH)
        with pytest.raises(NotInstalled):
            await clients.of("T1")

    run(Api(), kept, clock, use)


def test_a_token_is_renewed_before_it_expires(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    api = Api(oauth_v2_access=[NEXT])

    async def use(clients: Workspaces) -> None:
        client = await clients.of("T1")
        clock.move(LASTS - AHEAD - timedelta(minutes=2))
        await clients.of("T1")
        assert api.calls == []
        clock.move(timedelta(minutes=2))
        assert await clients.of("T1") is client
        assert client.token == "xoxe.xoxb-1"  # noqa: S105
        await others()
        assert client.token == "xoxe.xoxb-2"  # noqa: S105
        clock.move(FRESH)
        await clients.of("T1")

    run(api, kept, clock, use)
    ((_, asked, _),) = api.calls
    assert (asked["grant_type"], asked["refresh_token"]) == ("refresh_token", "xoxe-1-1")
    found = kept.find("T1")
    assert found is not None
    assert (found.tokens.refresh, found.tokens.expires_at) == ("xoxe-1-2", clock.now() - FRESH + LASTS)


def test_the_new_token_is_stored_before_it_is_used(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    clock.move(LASTS)
    stored: list[str] = []

    def posted(_: Mapping[str, str]) -> Answer:
        found = kept.find("T1")
        assert found is not None
        stored.append(found.tokens.refresh)
        return fine(ts="1.1")

    async def use(clients: Workspaces) -> None:
        await (await clients.of("T1")).chat_postMessage(channel="C1", text="x")

    api = Api(oauth_v2_access=[NEXT], chat_postMessage=posted)
    run(api, kept, clock, use)
    assert stored == ["xoxe-1-2"]
    assert api.calls[-1][2] == "xoxe.xoxb-2"


def test_who_the_bot_is_waits_for_no_token(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    clock.move(LASTS)

    async def use(clients: Workspaces) -> None:
        assert await clients.bot_user("T1") == "UBOT"

    api = Api()
    run(api, kept, clock, use)
    assert api.calls == []


def test_who_the_bot_is_waits_for_no_database_that_hangs(
    database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, find, goes_on = store(database, clock), Store.find, threading.Event()
    kept.save(installation())

    def slow(self: Store, team: str) -> Installation | None:
        assert goes_on.wait(20)
        return find(self, team)

    async def use(clients: Workspaces) -> None:
        assert await clients.bot_user("T1") == "UBOT"
        clock.move(FRESH)
        monkeypatch.setattr(Store, "find", slow)
        try:
            async with asyncio.timeout(5):
                assert [await clients.bot_user("T1") for _ in range(3)] == ["UBOT"] * 3
                kept.remove("T1")
        finally:
            goes_on.set()
        with pytest.raises(NotInstalled):
            await others()
        with pytest.raises(NotInstalled):
            await clients.bot_user("T1")

    run(Api(), kept, clock, use)


def test_who_the_bot_is_is_known_without_the_database_for_a_while(
    database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store(database, clock)
    kept.save(installation())

    def broken(self: Store, team: str) -> None:
        raise OperationalError("SELECT", None, OSError("gone"))

    async def use(clients: Workspaces) -> None:
        await clients.of("T1")
        clock.move(FRESH)
        monkeypatch.setattr(Store, "find", broken)
        assert await clients.bot_user("T1") == "UBOT"

    run(Api(), kept, clock, use)


def test_many_who_find_it_expired_renew_it_once(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    clock.move(LASTS)
    api = Api(oauth_v2_access=[NEXT])

    async def use(clients: Workspaces) -> None:
        found = await asyncio.gather(*(clients.of("T1") for _ in range(5)))
        assert {client.token for client in found} == {"xoxe.xoxb-2"}

    run(api, kept, clock, use)
    assert len(api.calls) == 1


def test_closing_waits_for_a_token_that_is_being_renewed(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    clock.move(LASTS - AHEAD)

    async def use(clients: Workspaces) -> None:
        await clients.of("T1")

    run(Api(oauth_v2_access=[NEXT]), kept, clock, use)
    found = kept.find("T1")
    assert found is not None
    assert found.tokens.refresh == "xoxe-1-2"


def test_while_slack_is_away_the_old_token_serves_as_long_as_it_works(
    database: Database, clock: FrozenClock
) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    clock.move(LASTS - timedelta(seconds=90))
    api = Api(oauth_v2_access=[(503, {}, {"ok": False}), (503, {}, {"ok": False}), NEXT])

    async def use(clients: Workspaces) -> None:
        for _ in range(3):
            assert (await clients.of("T1")).token == "xoxe.xoxb-1"  # noqa: S105
            await others()
        assert len(api.calls) == 1
        clock.move(timedelta(seconds=90))
        with pytest.raises(Later) as later:
            await clients.of("T1")
        clock.move(later.value.retry_in)
        assert (await clients.of("T1")).token == "xoxe.xoxb-2"  # noqa: S105

    run(api, kept, clock, use)


def test_a_refused_refresh_token_means_installing_anew(
    database: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    clock.move(LASTS)
    api = Api(oauth_v2_access=[refused("invalid_refresh_token")])

    async def use(clients: Workspaces) -> None:
        for _ in range(3):
            with pytest.raises(NotInstalled):
                await clients.of("T1")

    with caplog.at_level(logging.ERROR):
        run(api, kept, clock, use)
    assert len(api.calls) == 1
    (said,) = caplog.records
    assert "install Recap there anew" in said.getMessage()
    assert kept.states() == [("Study group", "refused")]


def test_a_process_that_died_while_renewing_holds_nobody_up_for_long(
    database: Database, clock: FrozenClock
) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    clock.move(LASTS)
    old = kept.find("T1")
    assert old is not None
    assert kept.lease(old)

    async def use(clients: Workspaces) -> None:
        with pytest.raises(Later) as later:
            await clients.of("T1")
        assert later.value.retry_in == LEASE
        clock.move(later.value.retry_in)
        assert (await clients.of("T1")).token == "xoxe.xoxb-2"  # noqa: S105

    run(Api(oauth_v2_access=[NEXT]), kept, clock, use)


PROCESS = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from bot.platforms.slack.installing.store import Store
from bot.platforms.slack.installing.vault import Vault
from bot.platforms.slack.installing.workspaces import Workspaces
from bot.platforms.slack.options import SlackOptions
from knowledge.clock import SystemClock
from knowledge.store import Database

database, key, url = sys.argv[1:]
kept = Store(Database(database), Vault([key]), SystemClock())

async def live():
    clients = Workspaces(SlackOptions(client_id="1.2", client_secret="shh", api_url=url), kept, SystemClock())
    print("ready", flush=True)
    sys.stdin.readline()
    print((await clients.of("T1")).token, flush=True)
    await clients.close()

asyncio.run(live())
"""


def test_processes_that_find_it_expired_at_once_renew_it_once(
    database: Database, database_url: str, clock: FrozenClock
) -> None:
    # Expired for long by any real clock.
    store(database, clock).save(installation(clock))
    used: list[str] = []

    def exchange(asked: Mapping[str, str]) -> Answer:
        used.append(asked["refresh_token"])
        return NEXT if len(used) == 1 else refused("invalid_refresh_token")

    with Api(oauth_v2_access=exchange) as api:
        arguments = [sys.executable, "-c", PROCESS, database_url, KEY, api.url]
        both = [
            subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in both:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        told = [process.communicate(timeout=60)[0].strip() for process in both]
    assert told == ["xoxe.xoxb-2"] * 2
    assert used == ["xoxe-1-1"]
