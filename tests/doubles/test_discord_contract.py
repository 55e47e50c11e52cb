"""Discord's published descriptions as judges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.doubles.discord.contract import Contract
from tests.doubles.discord.world import Channel, Json
from tests.doubles.discord_bot import Bot, Running
from tests.doubles.discord_server import DiscordServer


def row(*inside: Json) -> Json:
    return {"type": 1, "components": list(inside)}


def button(number: int = 0, **more: Any) -> Json:
    return {"type": 2, "style": 2, "label": "x", "custom_id": f"c{number}", **more}


MISSPELT: dict[str, tuple[str, Json, str]] = {
    "a key": ("/channels/{}/messages", {"content": "x", "embed": {}}, "embed"),
    "a nested key": ("/channels/{}/messages", {"content": "x", "allowed_mentions": {"prase": []}}, "prase"),
    "a nonce in a follow-up": ("/webhooks/1/abc", {"content": "x", "nonce": "1"}, "nonce"),
    "a query": ("/channels/{}/messages?wait=true", {"content": "x"}, "wait"),
    "a type": ("/channels/{}/messages", {"content": 1}, "content"),
}


@pytest.mark.usefixtures("discord_contract")
@pytest.mark.parametrize("case", MISSPELT)
def test_what_discord_would_ignore_in_silence_is_found(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel, case: str
) -> None:
    path, body, name = MISSPELT[case]
    with discord_server.violations.expected(name):
        assert rest.post(path.format(place.id), json=body).status_code == 400


def test_of_a_union_the_branch_that_was_meant_is_reported(discord_contract: Contract) -> None:
    wrong = {"type": 4, "data": {"content": "x", "components": [row(button(style=9))]}}
    problems = discord_contract.of_request(
        "POST", "/interactions/1/t/callback", {}, "application/json", wrong
    )
    assert any("style" in problem for problem in problems), problems


def test_the_more_literal_path_wins(discord_contract: Contract) -> None:
    found = discord_contract.find("GET", "/webhooks/1/t/messages/@original")
    assert found is not None
    assert found[0].endswith("@original")
    assert discord_contract.find("GET", "/users/@me") is not None
    assert discord_contract.find("PUT", "/nothing") is None


def test_the_doubles_own_faults_are_found(discord_contract: Contract) -> None:
    assert discord_contract.of_answer("GET", "/users/@me", 200, {"id": "1"})
    assert discord_contract.of_event("READY", {"v": 10})
    assert discord_contract.of_hello({"op": 10, "d": {}, "s": None, "t": None})
    assert discord_contract.of_event("RESUMED", {}) == []


def test_a_violation_that_nobody_expected_fails_the_test(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel
) -> None:
    rest.post(f"/channels/{place.id}/messages", json={"content": "x" * 2001})
    with pytest.raises(AssertionError, match="rules were violated"):
        discord_server.violations.check()
    discord_server.violations.expect("content")
    discord_server.violations.check()
    discord_server.violations.expect("never seen")
    with pytest.raises(AssertionError, match="never seen"):
        discord_server.violations.check()
    discord_server.violations.forget("never seen")


def test_where_the_descriptions_are_absent_there_is_no_judge(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.doubles.discord.contract.FOLDER", tmp_path)
    assert Contract.load.__wrapped__() is None


def test_a_bot_works_without_the_descriptions(discord_server: DiscordServer) -> None:
    discord_server.desk.contract = discord_server.hub.contract = None
    ada = discord_server.person("Ada")
    discord_server.guild("Study", ada)
    with Running(discord_server, Bot()):
        discord_server.connected()
        discord_server.synced()
        answer = discord_server.command(ada, discord_server.dm(ada), "ask", {"question": "x"}).answered()
        assert discord_server.press(ada, answer, "card:hint").answered().content == "a hint"


PICTURE = {"url": "attachment://a.png"}
EVERYTHING: list[Json] = [
    {
        "content": "x",
        "embeds": [
            {
                "title": "t",
                "url": "https://example.com",
                "color": 1,
                "timestamp": "2026-03-02T09:00:00Z",
                "author": {"name": "a", "url": "https://example.com"},
                "footer": {"text": "f"},
                "image": PICTURE,
                "thumbnail": {"url": "https://example.com/a.png"},
                "fields": [{"name": "n", "value": "v", "inline": True}, {"name": "n", "value": "v"}],
            }
        ],
        "components": [
            row(
                button(1, emoji={"name": "🔥"}), {"type": 2, "style": 5, "label": "l", "url": "https://e.com"}
            ),
            row({"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a", "description": "d"}]}),
            *(row({"type": kind, "custom_id": f"k{kind}"}) for kind in (5, 6, 8)),
        ],
    },
    {
        "flags": 1 << 15,
        "components": [
            {"type": 17, "accent_color": 5, "components": [{"type": 10, "content": "x"}, {"type": 14}]},
            {
                "type": 9,
                "components": [{"type": 10, "content": "x"}],
                "accessory": {"type": 11, "media": PICTURE},
            },
            {"type": 12, "items": [{"media": PICTURE, "description": "d"}]},
            {"type": 13, "file": PICTURE},
            row(button(1)),
        ],
    },
]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("body", EVERYTHING, ids=["embeds", "components"])
def test_whatever_a_message_holds_is_given_back_as_described(
    discord_server: DiscordServer, rest: httpx.Client, place: Channel, body: Json
) -> None:
    files = {"files[0]": ("a.png", b"PNG", "image/png")}
    path = f"/channels/{place.id}/messages"
    rest.post(path, data={"payload_json": json.dumps(body)}, files=files).raise_for_status()
    discord_server.press(discord_server.app.owner, discord_server.last(place), "c1")
    assert len(rest.get(path).json()) == 1
