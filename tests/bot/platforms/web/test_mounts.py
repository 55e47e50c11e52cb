"""What else the web chat's server carries, and that the chat is as guarded beside it as alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import httpx
import pytest

from bot.platforms.web.options import WebOptions
from jobs.outbox import Outbox
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.scripted_core import ScriptedCore
from tests.doubles.web_server import WebServer

Message = MutableMapping[str, Any]
FOREIGN = {"host": "recap.example", "origin": "https://evil.test"}


class Told:
    """Answers with the method."""

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["method"].encode()})


@pytest.fixture(params=[None, "group-token-1"], ids=["on loopback", "exposed"])
def carrying(
    request: pytest.FixtureRequest, script: ScriptedCore, store: Database, outbox: Outbox, clock: FrozenClock
) -> Iterator[WebServer]:
    hosts = ("study.example",) if request.param else ()
    options = WebOptions(port=0, token=request.param, hosts=hosts)
    with WebServer(script, store, outbox, clock, options, {"/other/place": Told()}) as server:
        yield server


def test_what_is_mounted_takes_requests_of_other_servers(carrying: WebServer) -> None:
    for method in ("GET", "POST"):
        response = httpx.request(
            method, f"{carrying.url}/other/place?x=1", headers=FOREIGN, content=b"x" * 100, trust_env=False
        )
        assert (response.status_code, response.text) == (200, method)
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/", "/other", "/other/place/", "/other/place/more", "/other//place", "/OTHER/PLACE", "/api/turn"],
)
def test_nothing_else_is_opened_by_it(carrying: WebServer, script: ScriptedCore, path: str) -> None:
    response = httpx.post(carrying.url + path, headers=FOREIGN, json={}, trust_env=False)
    assert response.status_code == 421
    own = {"origin": "https://evil.test"}
    assert httpx.post(carrying.url + path, headers=own, json={}, trust_env=False).status_code == 403
    assert script.turns == []


def test_without_mounts_there_is_nothing(server: WebServer) -> None:
    assert httpx.get(f"{server.url}/other/place", trust_env=False).status_code == 404
    assert httpx.post(f"{server.url}/other/place", headers=FOREIGN, trust_env=False).status_code == 421
