"""Commands as the loopback Discord keeps them."""

from __future__ import annotations

from datetime import timedelta

import httpx

from tests.doubles.clock import FrozenClock
from tests.doubles.discord.world import Channel, Json
from tests.doubles.discord_server import DiscordServer

ASK: Json = {
    "name": "ask",
    "description": "Ask the tutor",
    "options": [{"type": 3, "name": "question", "description": "What", "required": True}],
}


def refusal(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def test_commands_keep_their_ids_and_give_translations_when_asked(
    discord_server: DiscordServer, rest: httpx.Client
) -> None:
    path = f"/applications/{discord_server.bot.id}/commands"
    ask = {**ASK, "description_localizations": {"bg": "Питай", "zh-CN": "提问"}}
    (first,) = rest.put(path, json=[ask]).json()
    (again,) = rest.put(path, json=[ask]).json()
    assert again == first
    assert "description_localizations" not in rest.get(path).json()[0]
    (full,) = rest.get(path, params={"with_localizations": "true"}).json()
    assert full["description_localizations"]["bg"] == "Питай"
    (changed,) = rest.put(path, json=[{**ask, "description": "Ask"}]).json()
    assert (changed["id"], changed["version"] != first["version"]) == (first["id"], True)


def test_two_hundred_commands_are_made_in_a_day(
    discord_server: DiscordServer, rest: httpx.Client, clock: FrozenClock
) -> None:
    path = f"/applications/{discord_server.bot.id}/commands"
    for round_ in range(2):
        names = [{"name": f"r{round_}c{number}", "description": "x"} for number in range(100)]
        assert rest.put(path, json=names).status_code == 200
    one_more = [{"name": "more", "description": "x"}]
    assert refusal(rest.put(path, json=one_more)) == (400, 30034)
    clock.move(timedelta(days=1))
    assert rest.put(path, json=one_more).status_code == 200


def test_commands_are_added_changed_and_removed_one_by_one(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    assert place.guild is not None
    for base in ("", f"/guilds/{place.guild.id}"):
        path = f"/applications/{discord_server.bot.id}{base}/commands"
        made = rest.post(path, json=ASK)
        assert (made.status_code, rest.post(path, json=ASK).status_code) == (201, 200)
        one = f"{path}/{made.json()['id']}"
        assert rest.patch(one, json={"description": "Now"}).json()["description"] == "Now"
        assert rest.get(one).json()["options"] == ASK["options"]
        assert rest.delete(one).status_code == 204
        assert refusal(rest.get(one)) == (404, 10063)
    discord_server.remove_from_guild(place.guild)
    assert refusal(rest.get(path)) == (403, 50001)
