"""One token: whose it is, where its requests go, and what comes of a limit."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.platforms.slack.clients import OneWorkspace
from bot.platforms.slack.failures import Later, NotInstalled
from bot.platforms.slack.options import SlackOptions

Answers = list[tuple[int, dict[str, str], dict[str, Any]]]
TOKEN = "xoxb-1"  # noqa: S105
ITSELF = {
    "ok": True,
    "team_id": "T1",
    "team": "Study group",
    "user_id": "UBOT",
    "user": "recap",
    "bot_id": "B1",
    "url": "https://study.slack.com/",
}


class Api:
    """Answers each call with what was put down for it, the last one again and again."""

    def __init__(self, **answers: Answers) -> None:
        self._answers = answers
        self.calls: list[str] = []
        self.waited: list[float] = []

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls.append(method)
        left = self._answers[method.replace(".", "_")]
        status, headers, body = left.pop(0) if len(left) > 1 else left[0]
        return web.Response(
            status=status, headers=headers, text=json.dumps(body), content_type="application/json"
        )

    def run(self, use: Callable[[OneWorkspace], Awaitable[None]]) -> None:
        async def live() -> None:
            app = web.Application()
            app.router.add_route("*", "/api/{method}", self._answer)
            runner = web.AppRunner(app)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = runner.addresses[0][1]
            options = SlackOptions(bot_token=TOKEN, api_url=f"http://127.0.0.1:{port}/api/")
            clients = OneWorkspace(options, self.pause)
            try:
                await use(clients)
            finally:
                await clients.close()
                await runner.cleanup()

        asyncio.run(live())


def test_the_workspace_of_the_token_is_asked_for_once() -> None:
    api = Api(auth_test=[(200, {}, ITSELF)])

    async def use(clients: OneWorkspace) -> None:
        users = await asyncio.gather(*(clients.bot_user("T1") for _ in range(5)))
        assert set(users) == {"UBOT"}
        assert await clients.of("T1") is await clients.of("T1")
        assert await clients.teams() == ["T1"]

    api.run(use)
    assert api.calls == ["auth.test"]


def test_another_workspace_has_no_client() -> None:
    async def use(clients: OneWorkspace) -> None:
        with pytest.raises(NotInstalled, match="T2"):
            await clients.of("T2")

    Api(auth_test=[(200, {}, ITSELF)]).run(use)


def test_a_revoked_token_is_not_installed_and_an_outage_comes_later() -> None:
    answers: Answers = [(503, {}, {"ok": False}), (200, {}, {"ok": False, "error": "token_revoked"})]

    async def use(clients: OneWorkspace) -> None:
        with pytest.raises(Later):
            await clients.of("T1")
        with pytest.raises(NotInstalled, match="token_revoked"):
            await clients.of("T1")

    Api(auth_test=answers).run(use)


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def use(clients: OneWorkspace) -> None:
        assert await clients.bot_user("T1") == "UBOT"

    Api(auth_test=[(200, {}, ITSELF)]).run(use)


def test_a_short_limit_is_waited_out() -> None:
    limited: Answers = [(429, {"Retry-After": "2"}, {"ok": False, "error": "ratelimited"})]
    api = Api(
        auth_test=[(200, {}, ITSELF)], chat_postMessage=[*limited, (200, {}, {"ok": True, "ts": "1.1"})]
    )

    async def use(clients: OneWorkspace) -> None:
        answer = await (await clients.of("T1")).chat_postMessage(channel="C1", text="x")
        assert answer["ts"] == "1.1"

    api.run(use)
    assert api.waited == [2.0]


@pytest.mark.parametrize("answers", [1, 2], ids=["long", "twice short"])
def test_a_long_limit_is_told_to_who_called(answers: int) -> None:
    seconds = "30" if answers == 1 else "1"
    limited: Answers = [(429, {"Retry-After": seconds}, {"ok": False, "error": "ratelimited"})]
    api = Api(auth_test=[(200, {}, ITSELF)], chat_postMessage=limited)

    async def use(clients: OneWorkspace) -> None:
        with pytest.raises(SlackApiError) as refused:
            await (await clients.of("T1")).chat_postMessage(channel="C1", text="x")
        assert refused.value.response.headers["Retry-After"] == seconds

    api.run(use)
    assert api.calls.count("chat.postMessage") == answers


def test_what_is_known_of_a_workspace_can_be_forgotten() -> None:
    api = Api(auth_test=[(200, {}, ITSELF), (200, {}, {"ok": False, "error": "account_inactive"})])

    async def use(clients: OneWorkspace) -> None:
        await clients.of("T1")
        await clients.forget("T1")
        with pytest.raises(NotInstalled):
            await clients.of("T1")

    api.run(use)
