"""`recap run` with Discord, as it ships, on a loopback Discord."""

from __future__ import annotations

import json
import signal
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bot.cli.test_commands import recap
from tests.bot.cli.test_run import Running
from tests.doubles.discord_server import DiscordServer

pytestmark = pytest.mark.slow

NOWHERE = "http://127.0.0.1:9"
"""A proxy that nothing listens on: what is sent there is lost."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample course indexed."""
    folder = tmp_path_factory.mktemp("data")
    done = recap("index", data=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def server() -> Iterator[DiscordServer]:
    with DiscordServer() as server:
        yield server
    server.violations.check()


Start = Callable[..., Running]


def discord_settings(server: DiscordServer, **settings: str) -> dict[str, str]:
    return {
        "RECAP_DISCORD__TOKEN": server.token,
        "RECAP_DISCORD__API_URL": server.api_url,
        "RECAP_DISCORD__GATEWAY_URL": server.gateway_url,
        **settings,
    }


@pytest.fixture
def start(data: Path, server: DiscordServer) -> Iterator[Start]:
    """Starts `recap run` for the loopback Discord, in an environment whose proxies lead nowhere."""
    made: list[Running] = []

    def started(**settings: str) -> Running:
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE)
        made.append(Running(data, **proxies, **discord_settings(server, **settings)))
        return made[-1]

    yield started
    for running in made:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


def serves(running: Running) -> bool:
    with urllib.request.urlopen(f"{running.url}/healthz", timeout=10) as page:  # noqa: S310
        return bool(page.status == 200)


def test_a_member_is_answered_and_ctrl_c_ends_all(start: Start, server: DiscordServer) -> None:
    ada = server.person("Ада", locale="bg")
    channel = server.guild("Study", ada).system_channel
    assert channel is not None
    running = start()
    assert running.process.stdout is not None
    assert running.process.stdout.readline() == "Recap is on Discord as recap.\n"
    assert "ask" in server.synced()
    server.connected()
    answer = server.command(ada, channel, "ask", {"question": "Какво е токенизация?"}).answered(timeout=30)
    assert ".md" in json.dumps(answer.embeds, ensure_ascii=False) + answer.text
    assert serves(running)
    out, err = running.end(signal.SIGINT)
    assert (running.process.returncode, out, err) == (0, "", "")
    assert running.group() == []
    server.disconnected()


def test_buttons_work_after_a_kill_and_a_restart(start: Start, server: DiscordServer) -> None:
    ada = server.person("Ada")
    channel = server.guild("Study", ada).system_channel
    assert channel is not None
    first = start()
    server.synced()
    server.connected()
    asked = server.command(ada, channel, "quiz").answered(timeout=30)
    first.end(signal.SIGKILL)
    server.disconnected()
    start()
    server.connected()
    shown = server.press(ada, asked, label="Show answer").answered(timeout=30)
    assert shown.text
    registered = [one for one in server.requests if one.method == "PUT" and one.path.endswith("/commands")]
    assert len(registered) == 1, "the second start registered the same commands again"


def test_a_wrong_token_costs_discord_alone(start: Start, server: DiscordServer) -> None:
    running = start(RECAP_DISCORD__TOKEN="no.such.token")  # noqa: S106
    server.requested("GET", "/users/@me")
    assert serves(running)
    out, err = running.end(signal.SIGINT)
    assert (running.process.returncode, out) == (0, "")
    assert err.count("\n") == 1
    assert "discord.token" in err
    assert "no.such.token" not in err


def test_the_doctor_sees_the_running_one_and_the_commands_are_in_order(
    start: Start, server: DiscordServer, data: Path
) -> None:
    server.guild("Study", server.person("Ada"))
    running = start()
    server.synced()
    assert running.process.stdout is not None
    running.process.stdout.readline()
    settings = {name.removeprefix("RECAP_"): value for name, value in discord_settings(server).items()}
    found = {
        one["check"]: (one["state"], one["detail"])
        for one in json.loads(recap("doctor", "--json", data=data, **settings).stdout)
    }
    assert found["discord_running"][0] == "ok"
    assert "connected" in found["discord_running"][1]
    assert found["discord_commands"][0] == "ok"
    same = recap("discord", "sync", "--json", data=data, **settings)
    assert json.loads(same.stdout) == {"added": [], "changed": [], "removed": []}
    link = recap("discord", "invite", data=data, **settings).stdout
    assert link.startswith("https://discord.com/oauth2/authorize?")
    assert str(server.bot.id) in link
