"""What the loopback Discord can be made to do wrong, and how it ends processes between two steps."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import Future

import discord
import httpx
import pytest

from tests.doubles.discord.world import Channel
from tests.doubles.discord_bot import Bot, Running
from tests.doubles.discord_server import DiscordServer

MESSAGES = r"^/channels/\d+/messages$"

POST = """
import sys, urllib.request
url, token = sys.argv[1:]
headers = {"Authorization": "Bot " + token, "Content-Type": "application/json"}
urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
for number in range(3):
    body = b'{"content": "m%d"}' % number
    urllib.request.urlopen(urllib.request.Request(url, body, headers, method="POST")).read()
"""


def send(bot: Running[Bot], place: Channel, text: str) -> None:
    async def write() -> None:
        channel = bot.client.get_partial_messageable(place.id)
        await channel.send(text, nonce=text)

    bot.do(write())


@pytest.mark.parametrize("scope", ["user", "global"])
def test_a_rate_limit_is_waited_for(
    discord_server: DiscordServer, bot: Running[Bot], place: Channel, scope: str
) -> None:
    fault = discord_server.faults.once("POST", MESSAGES, 429, times=2, retry_after=0.01, scope=scope)
    send(bot, place, "patience")
    assert fault.hits == 2
    assert [each.content for each in discord_server.by_bot(place)] == ["patience"]


def test_a_limit_on_a_route_is_kept_to_by_its_headers(
    discord_server: DiscordServer, bot: Running[Bot], place: Channel
) -> None:
    discord_server.rates.limit("POST", MESSAGES, 2, per=0.05)
    for number in range(5):
        send(bot, place, f"m{number}")
    assert [each.content for each in discord_server.by_bot(place)] == [f"m{n}" for n in range(5)]


def test_the_global_limit_holds_over_routes_but_not_for_interactions(
    discord_server: DiscordServer, rest: httpx.Client
) -> None:
    discord_server.rates.limit_all(2, per=30.0)
    assert [rest.get(path).status_code for path in ("/users/@me", "/gateway/bot")] == [200, 200]
    refused = rest.get("/applications/@me")
    assert refused.status_code == 429
    assert refused.json()["global"] is True
    assert refused.headers["X-RateLimit-Scope"] == "global"
    assert rest.post("/webhooks/1/abc", json={"content": "x"}).status_code == 404


def test_an_outage_that_hides_what_was_done_is_survived_by_the_nonce(
    discord_server: DiscordServer, bot: Running[Bot], place: Channel
) -> None:
    discord_server.faults.once("POST", MESSAGES, 502, served=True)
    send(bot, place, "once")
    assert len(discord_server.requested("POST", MESSAGES, count=2)) == 2
    assert [each.content for each in discord_server.by_bot(place)] == ["once"]


@pytest.mark.parametrize(("kind", "there"), [("reset", []), ("reset after", ["x"])])
def test_a_connection_breaks_before_or_after_the_work(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel, kind: str, there: list[str]
) -> None:
    discord_server.faults.once("POST", MESSAGES, kind)  # type: ignore[arg-type]
    with pytest.raises(httpx.TransportError):
        rest.post(f"/channels/{place.id}/messages", json={"content": "x"})
    assert [each.content for each in discord_server.by_bot(place)] == there


def test_a_request_hangs_until_the_fault_is_cleared(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    fault = discord_server.faults.always("POST", MESSAGES, "hang")
    ended = threading.Event()

    def post() -> None:
        with pytest.raises(httpx.TransportError):
            rest.post(f"/channels/{place.id}/messages", json={"content": "x"}, timeout=30)
        ended.set()

    thread = threading.Thread(target=post)
    thread.start()
    discord_server.wait(lambda: fault.hits)
    assert not ended.is_set()
    discord_server.faults.clear()
    thread.join(10)
    assert ended.is_set()
    assert discord_server.by_bot(place) == []


def test_a_refusal_is_made_up(discord_server: DiscordServer, bot: Running[Bot], place: Channel) -> None:
    discord_server.faults.once("*", MESSAGES, 403, code=50013, message="Missing Permissions")
    with pytest.raises(discord.Forbidden) as refused:
        send(bot, place, "x")
    assert refused.value.code == 50013


def test_who_asks_wrongly_too_often_is_shut_out(discord_server: DiscordServer) -> None:
    discord_server.rates.invalid_limit = 3
    with httpx.Client(base_url=discord_server.api_url, trust_env=False) as stranger:
        answers = [stranger.get("/users/@me") for _ in range(4)]
    assert [each.status_code for each in answers] == [401, 401, 401, 429]
    assert "Via" not in answers[-1].headers


@pytest.mark.parametrize(("moment", "there"), [("before", ["m0"]), ("after", ["m0", "m1"])])
def test_a_process_dies_before_or_after_a_step(
    discord_server: DiscordServer, place: Channel, moment: str, there: list[str]
) -> None:
    started: Future[int] = Future()
    step = discord_server.steps.before if moment == "before" else discord_server.steps.after
    step(discord_server.next_number + 1, kill=lambda: started.result(10))
    url = f"{discord_server.api_url}/channels/{place.id}/messages"
    with subprocess.Popen([sys.executable, "-c", POST, url, discord_server.token]) as process:
        started.set_result(process.pid)
        assert process.wait(20) == -signal.SIGKILL
    assert [each.content for each in discord_server.by_bot(place)] == there
    assert len(discord_server.requests) == 2
