"""Interactions of the loopback Discord: what is answered when, and how long a token works. Over bare HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.doubles.clock import FrozenClock
from tests.doubles.discord.interactions import Interaction
from tests.doubles.discord.world import Channel, Guild, Json
from tests.doubles.discord_server import DiscordServer

ASK: Json = {
    "name": "ask",
    "description": "Ask the tutor",
    "options": [{"type": 3, "name": "question", "description": "What", "required": True}],
}


def general(guild: Guild) -> Channel:
    assert guild.system_channel is not None
    return guild.system_channel


def refusal(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def asked(discord_server: DiscordServer, rest: httpx.Client, place: Channel) -> Interaction:
    rest.put(f"/applications/{discord_server.bot.id}/commands", json=[ASK]).raise_for_status()
    return discord_server.command(discord_server.app.owner, place, "ask", {"question": "why"})


def respond(rest: httpx.Client, interaction: Interaction, kind: int, **data: Any) -> httpx.Response:
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    return rest.post(path, json={"type": kind, "data": data} if data else {"type": kind})


def hook(server: DiscordServer, interaction: Interaction) -> str:
    return f"/webhooks/{server.bot.id}/{interaction.token}"


def test_an_answer_within_three_seconds_is_taken_and_a_later_one_is_not(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel, asked: Interaction, clock: FrozenClock
) -> None:
    clock.move(timedelta(seconds=3))
    assert respond(rest, asked, 5).status_code == 204
    late = discord_server.command(discord_server.app.owner, place, "ask", {"question": "why"})
    clock.move(timedelta(seconds=3, milliseconds=1))
    assert refusal(respond(rest, late, 5)) == (404, 10062)
    assert late.late
    assert [each.code for each in discord_server.refusals] == [10062]


def test_a_token_works_for_a_quarter_of_an_hour(
    discord_server: DiscordServer, rest: httpx.Client, asked: Interaction, clock: FrozenClock
) -> None:
    respond(rest, asked, 5)
    clock.move(timedelta(minutes=15))
    original = f"{hook(discord_server, asked)}/messages/@original"
    assert rest.patch(original, json={"content": "in time"}).status_code == 200
    clock.move(timedelta(seconds=1))
    assert refusal(rest.patch(original, json={"content": "late"})) == (401, 50027)
    assert refusal(rest.post(hook(discord_server, asked), json={"content": "late"})) == (401, 50027)
    assert asked.answered().content == "in time"


def test_an_interaction_is_answered_once(
    discord_server: DiscordServer, rest: httpx.Client, asked: Interaction
) -> None:
    respond(rest, asked, 4, content="yes")
    with discord_server.violations.expected("40060"):
        assert refusal(respond(rest, asked, 4, content="no")) == (400, 40060)
    assert asked.answered().content == "yes"


def test_nothing_follows_before_the_first_answer(
    discord_server: DiscordServer, rest: httpx.Client, asked: Interaction
) -> None:
    with discord_server.violations.expected("10015"):
        assert refusal(rest.post(hook(discord_server, asked), json={"content": "x"})) == (404, 10015)
    assert refusal(rest.post(f"/webhooks/{discord_server.bot.id}/abc", json={"content": "x"})) == (404, 10015)


def test_an_answer_must_fit_its_interaction(
    discord_server: DiscordServer, rest: httpx.Client, asked: Interaction
) -> None:
    with discord_server.violations.expected("takes no answer"):
        assert refusal(respond(rest, asked, 6)) == (400, 50035)


def test_the_first_follow_up_takes_the_place_of_a_deferred_answer(
    discord_server: DiscordServer, rest: httpx.Client, asked: Interaction
) -> None:
    respond(rest, asked, 5, flags=64)
    rest.post(hook(discord_server, asked), json={"content": "one"})
    rest.post(hook(discord_server, asked), json={"content": "two"})
    one, two = asked.followed_up(2)
    assert one is asked.answered()
    assert (one.ephemeral, two.ephemeral) == (True, False)


def test_a_follow_up_can_be_changed_and_deleted(
    discord_server: DiscordServer, rest: httpx.Client, asked: Interaction
) -> None:
    respond(rest, asked, 4, content="yes")
    told = rest.post(hook(discord_server, asked), json={"content": "one"}).json()
    path = f"{hook(discord_server, asked)}/messages/{told['id']}"
    assert rest.patch(path, json={"content": "two"}).json()["edited_timestamp"] is not None
    assert rest.get(path).json()["content"] == "two"
    assert rest.delete(path).status_code == 204
    assert refusal(rest.patch(path, json={"content": "three"})) == (404, 10008)


def test_a_user_install_takes_five_follow_ups(
    discord_server: DiscordServer, rest: httpx.Client, asked: Interaction, place: Channel
) -> None:
    owner = discord_server.app.owner
    theirs = discord_server.command(owner, place, "ask", {"question": "x"}, user_install=True)
    respond(rest, theirs, 4, content="yes")
    answers = [rest.post(hook(discord_server, theirs), json={"content": "more"}) for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [400]
    assert answers[-1].json()["code"] == 40094
