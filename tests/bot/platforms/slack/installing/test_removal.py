"""Recap is taken out of a workspace, as Bolt tells of it."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.platforms.slack.authorization import authorization
from bot.platforms.slack.failures import NotInstalled
from bot.platforms.slack.installing.removal import Removal
from bot.platforms.slack.installing.store import Store
from bot.platforms.slack.installing.workspaces import Workspaces
from knowledge.store import Database
from tests.bot.platforms.slack.installing.installed import installation, store, workspaces
from tests.doubles.clock import FrozenClock

UNINSTALLED: dict[str, Any] = {"type": "app_uninstalled"}
REVOKED: dict[str, Any] = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": ["UBOT"]}}
OTHERS: dict[str, Any] = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}


def told(clients: Workspaces, kept: Store | None, *events: tuple[dict[str, Any], datetime]) -> list[str]:
    """The workspaces that the core was told of."""
    left: list[str] = []

    async def live() -> None:
        authorize = authorization(clients)
        app = AsyncApp(request_verification_enabled=False, authorize=authorize)  # type: ignore[arg-type]
        Removal(lambda platform, space: left.append(f"{platform} {space}"), clients, kept).listen(app)
        for event, at in events:
            body = {"type": "event_callback", "team_id": "T1", "event": event}
            request = AsyncBoltRequest(
                body=json.dumps({**body, "event_time": int(at.timestamp())}),
                headers={"content-type": "application/json"},
            )
            assert (await app.async_dispatch(request)).status == 200
            await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
        await clients.close()

    asyncio.run(live())
    return left


def test_what_slack_tells_twice_is_done_once_and_for_good(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation())
    clients = workspaces("http://127.0.0.1:9/api/", kept, clock)
    now = clock.now()
    assert set(told(clients, kept, (REVOKED, now), (UNINSTALLED, now))) == {"slack team:T1"}
    assert kept.teams() == []
    with pytest.raises(NotInstalled):
        asyncio.run(workspaces("http://127.0.0.1:9/api/", kept, clock).of("T1"))


def test_a_persons_own_token_is_no_matter(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation())
    assert told(workspaces("http://127.0.0.1:9/api/", kept, clock), kept, (OTHERS, clock.now())) == []
    assert kept.teams() == ["T1"]


def test_late_news_leave_a_workspace_that_came_back(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    taken_out = clock.now()
    clock.move(timedelta(minutes=5))
    kept.save(installation())
    assert told(workspaces("http://127.0.0.1:9/api/", kept, clock), kept, (UNINSTALLED, taken_out)) == []
    assert kept.teams() == ["T1"]


def test_the_one_workspace_of_the_settings_is_left_too(database: Database, clock: FrozenClock) -> None:
    clients = workspaces("http://127.0.0.1:9/api/", store(database, clock), clock)
    assert told(clients, None, (UNINSTALLED, clock.now())) == ["slack team:T1"]
