"""What Discord refuses: limits, times, rights, doublets. Asked over bare HTTP, without any library for it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.doubles.clock import FrozenClock
from tests.doubles.discord import rights
from tests.doubles.discord.options import File
from tests.doubles.discord.world import Channel, Guild, Json
from tests.doubles.discord_server import CannotDo, DiscordServer


def general(guild: Guild) -> Channel:
    assert guild.system_channel is not None
    return guild.system_channel


def refusal(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


# Doublets


def test_a_nonce_holds_for_a_few_minutes_and_no_longer(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel, clock: FrozenClock
) -> None:
    body = {"content": "due", "nonce": "r1", "enforce_nonce": True}
    path = f"/channels/{place.id}/messages"
    first = rest.post(path, json=body).json()
    clock.move(timedelta(minutes=2))
    assert rest.post(path, json={**body, "content": "due again"}).json()["id"] == first["id"]
    assert len(discord_server.by_bot(place)) == 1
    clock.move(timedelta(minutes=2))
    assert rest.post(path, json=body).json()["id"] != first["id"]
    assert len(discord_server.by_bot(place)) == 2


def test_a_nonce_alone_prevents_nothing(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    for _ in range(2):
        rest.post(f"/channels/{place.id}/messages", json={"content": "due", "nonce": "r1"})
    assert len(discord_server.by_bot(place)) == 2


# Rights


def test_rights_are_asked_for_where_they_are_needed(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    path = f"/channels/{place.id}/messages"
    discord_server.deny(place, discord_server.bot, rights.EMBED_LINKS)
    assert rest.post(path, json={"content": "plain"}).status_code == 200
    assert refusal(rest.post(path, json={"embeds": [{"title": "x"}]})) == (403, 50013)
    discord_server.deny(place, discord_server.bot, rights.SEND_MESSAGES)
    assert refusal(rest.post(path, json={"content": "x"})) == (403, 50013)
    discord_server.deny(place, discord_server.bot, rights.READ_MESSAGE_HISTORY)
    assert rest.get(path).json() == []
    discord_server.deny(place, discord_server.bot, rights.VIEW_CHANNEL)
    assert refusal(rest.get(path)) == (403, 50001)
    discord_server.allow(place, discord_server.bot, rights.ALL)
    assert rest.post(path, json={"content": "x"}).status_code == 200


def test_a_role_gives_rights_and_commands_can_ask_for_them(
    discord_server: DiscordServer, rest: httpx.Client
) -> None:
    ada, eve = discord_server.person("Ada"), discord_server.person("Eve")
    guild = discord_server.guild("Study", ada, eve)
    discord_server.role(guild, "Teachers", rights.MANAGE_GUILD, ada)
    notes = {"name": "notes", "description": "Notes", "default_member_permissions": "32", "contexts": [0]}
    rest.put(f"/applications/{discord_server.bot.id}/commands", json=[notes]).raise_for_status()
    told = discord_server.command(ada, general(guild), "notes")
    assert int(told.payload["member"]["permissions"]) & rights.MANAGE_GUILD
    for person, where in [(eve, general(guild)), (ada, discord_server.dm(ada))]:
        with pytest.raises(CannotDo):
            discord_server.command(person, where, "notes")


def test_closed_direct_messages_refuse_the_message_only(
    discord_server: DiscordServer, rest: httpx.Client
) -> None:
    ada, stranger = discord_server.person("Ada", dms_open=False), discord_server.person("Zoe")
    discord_server.guild("Study", ada)

    def write(recipient: int) -> httpx.Response:
        opened = rest.post("/users/@me/channels", json={"recipient_id": str(recipient)})
        return rest.post(f"/channels/{opened.json()['id']}/messages", json={"content": "due"})

    assert refusal(write(ada.id)) == (403, 50007)
    discord_server.open_dms(ada)
    assert write(ada.id).status_code == 200
    assert refusal(write(stranger.id)) == (403, 50278)


def test_what_is_gone_is_unknown(discord_server: DiscordServer, rest: httpx.Client, place: Channel) -> None:
    path = f"/channels/{place.id}/messages"
    sent = rest.post(path, json={"content": "x"}).json()
    discord_server.delete_message(discord_server.last(place))
    assert refusal(rest.patch(f"{path}/{sent['id']}", json={"content": "y"})) == (404, 10008)
    reply: Json = {"content": "re", "message_reference": {"message_id": sent["id"]}}
    assert refusal(rest.post(path, json=reply)) == (400, 50035)
    reply["message_reference"]["fail_if_not_exists"] = False
    assert "message_reference" not in rest.post(path, json=reply).json()
    discord_server.delete_channel(place)
    assert refusal(rest.post(path, json={"content": "x"})) == (404, 10003)
    assert refusal(rest.get("/users/123")) == (404, 10013)


def test_a_bot_that_was_thrown_out_has_no_access(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    assert place.guild is not None
    discord_server.remove_from_guild(place.guild)
    assert refusal(rest.post(f"/channels/{place.id}/messages", json={"content": "x"})) == (403, 50001)
    assert refusal(rest.get(f"/guilds/{place.guild.id}")) == (403, 50001)
    assert rest.get("/users/@me/guilds").json() == []


def test_others_messages_are_not_edited(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    said = discord_server.say(discord_server.app.owner, place, "mine")
    path = f"/channels/{place.id}/messages/{said.id}"
    assert refusal(rest.patch(path, json={"content": "yours"})) == (403, 50005)
    assert refusal(rest.delete(path)) == (403, 50013)


def test_a_wrong_token_is_unauthorised(discord_server: DiscordServer) -> None:
    headers = {"Authorization": "Bot wrong"}
    with httpx.Client(base_url=discord_server.api_url, headers=headers, trust_env=False) as stranger:
        assert refusal(stranger.get("/users/@me")) == (401, 0)


# Who is called


@pytest.mark.parametrize(
    ("allowed", "pings"),
    [
        ({}, {"@everyone", "person", "role"}),
        ({"allowed_mentions": {"parse": []}}, set()),
        ({"allowed_mentions": {"parse": ["roles"]}}, {"role"}),
        ({"allowed_mentions": {"parse": [], "users": ["person"]}}, {"person"}),
    ],
)
def test_a_message_calls_whom_its_mentions_allow(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel, allowed: Json, pings: set[str]
) -> None:
    assert place.guild is not None
    owner = discord_server.app.owner
    role = discord_server.role(place.guild, "Learners")
    mentions = json.loads(json.dumps(allowed).replace("person", str(owner.id)))
    content = f"@everyone {owner.mention} <@&{role.id}>"
    rest.post(f"/channels/{place.id}/messages", json={"content": content, **mentions}).raise_for_status()
    names = {owner.mention: "person", f"<@&{role.id}>": "role"}
    assert {names.get(each, each) for each in discord_server.last(place).pings} == pings


# Files


def test_files_are_kept_by_an_edit_that_lists_them(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    path = f"/channels/{place.id}/messages"
    picture = {"title": "Progress", "image": {"url": "attachment://chart.png"}}
    listed = {"id": 0, "filename": "chart.png", "description": "a rising line"}
    body = {"payload_json": json.dumps({"embeds": [picture], "attachments": [listed]})}
    files = {"files[0]": ("chart.png", b"PNG", "image/png"), "files[1]": ("a.md", b"# A", "text/markdown")}
    sent = rest.post(path, data=body, files=files).json()
    assert [each["filename"] for each in sent["attachments"]] == ["a.md"]
    assert httpx.get(sent["embeds"][0]["image"]["url"], trust_env=False).content == b"PNG"
    message = discord_server.last(place)
    assert [each.description for each in message.attachments] == ["a rising line", None]
    kept = [{"id": sent["attachments"][0]["id"]}]
    rest.patch(f"{path}/{sent['id']}", json={"attachments": kept, "embeds": []}).raise_for_status()
    assert [each.filename for each in message.attachments] == ["a.md"]
    with discord_server.violations.expected("no file of the message"):
        rest.post(path, json={"embeds": [{"image": {"url": "attachment://none.png"}}]})


def test_a_persons_file_can_be_fetched(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    said = discord_server.say(discord_server.app.owner, place, "look", files=[File("a.md", b"# A")])
    read = rest.get(f"/channels/{place.id}/messages/{said.id}").json()
    assert httpx.get(read["attachments"][0]["url"], trust_env=False).content == b"# A"


# History


def test_history_is_read_by_pages(discord_server: DiscordServer, rest: httpx.Client, place: Channel) -> None:
    said = [discord_server.say(discord_server.app.owner, place, f"m{number}") for number in range(5)]
    path = f"/channels/{place.id}/messages"

    def page(**query: Any) -> list[str]:
        return [each["content"] for each in rest.get(path, params=query).json()]

    assert page(limit=2) == ["m4", "m3"]
    assert page(limit=2, before=said[3].id) == ["m2", "m1"]
    assert page(limit=2, after=said[0].id) == ["m2", "m1"]
    assert page(limit=3, around=said[2].id) == ["m3", "m2", "m1"]


def test_without_the_grant_history_holds_no_texts_of_others(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    discord_server.app.message_content = False
    discord_server.say(discord_server.app.owner, place, "among ourselves")
    discord_server.say(discord_server.app.owner, place, "tell us", mentions=[discord_server.bot])
    contents = [each["content"] for each in rest.get(f"/channels/{place.id}/messages").json()]
    assert contents == [f"{discord_server.bot.mention} tell us", ""]


# Threads


def test_a_thread_is_closed_and_opened_by_what_is_written(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    thread = rest.post(f"/channels/{place.id}/threads", json={"name": "T", "type": 11}).json()
    path = f"/channels/{thread['id']}"
    assert rest.patch(path, json={"archived": True}).json()["thread_metadata"]["archived"] is True
    assert rest.post(f"{path}/messages", json={"content": "x"}).status_code == 200
    assert rest.get(path).json()["thread_metadata"]["archived"] is False
    assert rest.put(f"{path}/thread-members/@me").status_code == 204
    theirs = discord_server.create_thread(discord_server.app.owner, place, "Mine")
    assert refusal(rest.patch(f"/channels/{theirs.id}", json={"name": "Yours"})) == (403, 50013)
    assert place.guild is not None
    there = rest.get(f"/guilds/{place.guild.id}/threads/active").json()
    assert ([each["name"] for each in there["threads"]], len(there["members"])) == (["T", "Mine"], 1)


# Requests


@pytest.mark.parametrize(
    ("kind", "body", "code"), [("text/plain", b"{}", 50035), ("application/json", b"{", 50109)]
)
def test_a_body_must_be_json_and_say_so(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel, kind: str, body: bytes, code: int
) -> None:
    path = f"/channels/{place.id}/messages"
    with discord_server.violations.expected(str(code)):
        assert refusal(rest.post(path, content=body, headers={"Content-Type": kind})) == (400, code)
