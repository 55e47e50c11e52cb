"""The loopback Discord as discord.js sees it, so that it isn't fitted to discord.py."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.discord.world import Channel
from tests.doubles.discord_server import DiscordServer, File

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("discord_bot.js")
LIBRARY = "discord.js@14.28.1"


@pytest.fixture(scope="session")
def modules(request: pytest.FixtureRequest) -> Path:
    """A folder with discord.js in it; filled once, kept in pytest's cache."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("node and npm are not here")
    cache = request.config.cache
    assert cache is not None
    folder = Path(cache.mkdir("discord-js"))
    if not (folder / "node_modules" / "discord.js").is_dir():
        (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
        install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", LIBRARY]
        try:
            subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            pytest.skip(f"discord.js could not be had from the registry: {error}")
    return folder


class Node:
    """The driver as a process; what it told is in `told`."""

    def __init__(self, modules: Path, server: DiscordServer) -> None:
        self.told: list[tuple[str, Any]] = []
        self._news = threading.Condition()
        self._process = subprocess.Popen(
            ["node", str(DRIVER), str(modules), f"{server.base}/api", server.token],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={key: value for key, value in os.environ.items() if "proxy" not in key.lower()},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            with self._news:
                self.told.append((told["event"], told.get("about")))
                self._news.notify_all()

    def heard(self, event: str, about: Any = None, count: int = 1, timeout: float = 30) -> None:
        def there() -> bool:
            return sum(each == event and about in (None, what) for each, what in self.told) >= count

        with self._news:
            assert self._news.wait_for(there, timeout), f"no {event} ({about}) among {self.told}"

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            assert self._process.wait(20) == 0
        finally:
            self._process.kill()
            self._reader.join(10)
            assert self._process.stdout is not None
            self._process.stdout.close()
        assert [what for event, what in self.told if event == "error"] == []


@pytest.fixture
def node(modules: Path, discord_server: DiscordServer) -> Iterator[Node]:
    node = Node(modules, discord_server)
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
