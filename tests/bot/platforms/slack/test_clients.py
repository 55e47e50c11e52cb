"""One token: whose it is, where its requests go, and what comes of a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from slack_sdk.errors import SlackApiError

from bot.platforms.slack.authorization import authorization
from bot.platforms.slack.clients import OneWorkspace
from bot.platforms.slack.failures import Later, NotInstalled
from bot.platforms.slack.options import SlackOptions
from tests.bot.platforms.slack.api import Answer, Api, fine, refused

TOKEN = "xoxb-1"  # noqa: S105
ITSELF = fine(team_id="T1", team="Study group", user_id="UBOT", user="recap", bot_id="B1")


def limited(seconds: str) -> Answer:
    return 429, {"Retry-After": seconds}, {"ok": False, "error": "ratelimited"}


def run(api: Api, use: Callable[[OneWorkspace], Awaitable[None]]) -> list[float]:
    """The waits that the client made."""
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    async def live(url: str) -> None:
        clients = OneWorkspace(SlackOptions(bot_token=TOKEN, api_url=url), pause)
        try:
            await use(clients)
        finally:
            await clients.close()

    with api:
        asyncio.run(live(api.url))
    return waited


def test_the_workspace_of_the_token_is_asked_for_once() -> None:
    api = Api(auth_test=[ITSELF])

    async def use(clients: OneWorkspace) -> None:
        users = await asyncio.gather(*(clients.bot_user("T1") for _ in range(5)))
        assert set(users) == {"UBOT"}
        assert await clients.of("T1") is await clients.of("T1")
        assert await clients.teams() == ["T1"]

    run(api, use)
    assert api.calls == [("auth.test", {}, TOKEN)]


def test_another_workspace_has_no_client() -> None:
    async def use(clients: OneWorkspace) -> None:
        with pytest.raises(NotInstalled, match="T2"):
            await clients.of("T2")

    run(Api(auth_test=[ITSELF]), use)


def test_a_revoked_token_is_not_installed_and_an_outage_comes_later() -> None:
    async def use(clients: OneWorkspace) -> None:
        with pytest.raises(Later):
            await clients.of("T1")
        with pytest.raises(NotInstalled, match="token_revoked"):
            await clients.of("T1")

    run(Api(auth_test=[(503, {}, {"ok": False}), refused("token_revoked")]), use)


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def use(clients: OneWorkspace) -> None:
        assert await clients.bot_user("T1") == "UBOT"

    run(Api(auth_test=[ITSELF]), use)


def test_a_short_limit_is_waited_out() -> None:
    async def use(clients: OneWorkspace) -> None:
        answer = await (await clients.of("T1")).chat_postMessage(channel="C1", text="x")
        assert answer["ts"] == "1.1"

    waited = run(Api(auth_test=[ITSELF], chat_postMessage=[limited("2"), fine(ts="1.1")]), use)
    assert waited == [2.0]


@pytest.mark.parametrize(("seconds", "calls"), [("30", 1), ("1", 2)], ids=["long", "short, again and again"])
def test_a_long_limit_is_told_to_who_called(seconds: str, calls: int) -> None:
    api = Api(auth_test=[ITSELF], chat_postMessage=[limited(seconds)])

    async def use(clients: OneWorkspace) -> None:
        with pytest.raises(SlackApiError) as error:
            await (await clients.of("T1")).chat_postMessage(channel="C1", text="x")
        assert error.value.response.headers["Retry-After"] == seconds

    run(api, use)
    assert api.called("chat.postMessage") == calls


def test_what_is_known_of_a_workspace_can_be_forgotten() -> None:
    async def use(clients: OneWorkspace) -> None:
        await clients.of("T1")
        await clients.forget("T1")
        with pytest.raises(NotInstalled):
            await clients.of("T1")

    run(Api(auth_test=[ITSELF, refused("account_inactive")]), use)


def test_bolt_is_told_who_the_bot_is() -> None:
    async def use(clients: OneWorkspace) -> None:
        authorize = authorization(clients)
        told = await authorize(team_id="T1", enterprise_id=None, user_id="U1")
        assert told is not None
        assert (told.team_id, told.bot_user_id, told.bot_id) == ("T1", "UBOT", "B1")
        assert await authorize(team_id="T2", enterprise_id=None, user_id="U1") is None
        assert await authorize(team_id=None, enterprise_id="E1", user_id="U1") is None

    run(Api(auth_test=[ITSELF]), use)
