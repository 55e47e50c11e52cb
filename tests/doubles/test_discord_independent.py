"""The loopback Discord as discord.js sees it, so that it isn't fitted to discord.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles.discord.world import Channel
from tests.doubles.discord_server import DiscordServer, File
from tests.doubles.node import Node, modules

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("discord_bot.js")
LIBRARY = "discord.js@14.28.1"


@pytest.fixture(scope="session")
def library(request: pytest.FixtureRequest) -> Path:
    return modules(request, "discord-js", LIBRARY)


@pytest.fixture
def node(library: Path, discord_server: DiscordServer) -> Iterator[Node]:
    node = Node(DRIVER, [str(library), f"{discord_server.base}/api", discord_server.token])
    try:
        node.heard("ready", "recap")
        yield node
    finally:
        node.stop()


@pytest.mark.usefixtures("node")
def test_commands_components_and_forms(discord_server: DiscordServer, place: Channel) -> None:
    owner = discord_server.app.owner
    asked = discord_server.command(owner, place, "ask", {"question": "what is a token"})
    answer = asked.answered()
    assert "WHAT IS A TOKEN" in answer.text
    assert asked.followed_up()[0].ephemeral
    assert discord_server.press(owner, answer, "card:hint").updated().content == "a hint"
    opened = discord_server.press(owner, answer, label="Answer")
    assert opened.form()["title"] == "Answer the question"
    assert discord_server.submit(opened, {"answer": "42"}).answered().content == "You said 42"
    assert discord_server.choose(owner, answer, "card:pick", "b").followed_up()[0].content == "picked b"
    offered = discord_server.autocomplete(owner, place, "learn", "topic", "py").choices()
    assert [each["value"] for each in offered] == ["py0", "py1", "py2"]
    assert discord_server.command(owner, place, "learn", {"topic": "py0"}).answered().content == "py0"


@pytest.mark.usefixtures("node")
def test_files_messages_and_threads(discord_server: DiscordServer, place: Channel) -> None:
    owner = discord_server.app.owner
    notes = discord_server.command(owner, place, "notes", {"file": File("a.md", b"# A")}).answered()
    assert [(each.data, each.description) for each in notes.attachments] == [(b"# A", "the notes")]
    said = discord_server.say(owner, place, "open a thread")
    told = discord_server.context_menu(owner, said, "Ask about this").answered()
    assert told.content == "about: open a thread"
    discord_server.wait(lambda: said.thread)
    assert said.thread is not None
    assert discord_server.said(said.thread)[0].content == "in the thread"
    question = discord_server.say(owner, place, "what was said")
    discord_server.wait(lambda: [each for each in discord_server.by_bot(place) if each.reply_to is question])
    reply = next(each for each in discord_server.by_bot(place) if each.reply_to is question)
    assert reply.content.endswith("open a thread")
    assert reply.pings == set()
    discord_server.say(owner, place, "write to me")
    discord_server.requested("POST", f"/channels/{discord_server.dm(owner).id}/messages", count=2)
    assert [each.content for each in discord_server.by_bot(discord_server.dm(owner))] == ["directly"]


def test_servers_come_and_go_and_connections_break(
    discord_server: DiscordServer, node: Node, place: Channel
) -> None:
    guild = discord_server.guild("Another")
    node.heard("joined", "Another")
    discord_server.remove_from_guild(guild)
    node.heard("left", "Another")
    for number, fault in enumerate([discord_server.ask_to_reconnect, discord_server.drop_gateway]):
        with discord_server.world.lock:
            fault()
            discord_server.say(discord_server.app.owner, place, f"meanwhile {number}")
        node.heard("message", f"meanwhile {number}")
        node.heard("resumed", count=number + 1)
    discord_server.invalidate_sessions()
    discord_server.wait(lambda: discord_server.hub.sessions, timeout=30)
    discord_server.connected(timeout=30)
    discord_server.say(discord_server.app.owner, place, "anew")
    node.heard("message", "anew")


def test_limits_are_waited_for(discord_server: DiscordServer, node: Node, place: Channel) -> None:
    discord_server.faults.once("POST", r"/callback$", 429, retry_after=0.05)
    asked = discord_server.command(discord_server.app.owner, place, "learn", {"topic": "patience"})
    assert asked.answered().content == "patience"
