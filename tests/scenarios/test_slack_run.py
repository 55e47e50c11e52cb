"""`recap run` with Slack in Socket Mode, as it ships, on a loopback Slack."""

from __future__ import annotations

import json
import signal
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bot.cli.test_commands import recap
from tests.bot.cli.test_run import Running
from tests.doubles.slack_server import SlackServer

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
def server() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server
    server.violations.check()


Start = Callable[..., Running]


def slack_settings(server: SlackServer, **settings: str) -> dict[str, str]:
    return {
        "RECAP_SLACK__BOT_TOKEN": server.bot_token,
        "RECAP_SLACK__APP_TOKEN": server.app_token,
        "RECAP_SLACK__API_URL": server.api_url,
        **settings,
    }


@pytest.fixture
def start(data: Path, server: SlackServer) -> Iterator[Start]:
    """Starts `recap run` for the loopback Slack, in an environment whose proxies lead nowhere."""
    made: list[Running] = []

    def started(**settings: str) -> Running:
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"), NOWHERE)
        made.append(Running(data, **proxies, **slack_settings(server, **settings)))
        return made[-1]

    yield started
    for running in made:
        if running.process.poll() is None:
            running.end(signal.SIGKILL)


def serves(running: Running) -> bool:
    with urllib.request.urlopen(f"{running.url}/healthz", timeout=10) as page:  # noqa: S310
        return bool(page.status == 200)


def next_line(running: Running) -> str:
    assert running.process.stdout is not None
    return running.process.stdout.readline()


def test_a_member_is_answered_and_ctrl_c_ends_all(start: Start, server: SlackServer, data: Path) -> None:
    ada = server.person("Ада", locale="bg-BG")
    channel = server.channel("study", ada)
    running = start()
    assert next_line(running) == "Recap is on Slack as recap in Study.\n"
    server.connected()
    answer = server.command(ada, channel, "/ask", "Какво е токенизация?").answered(timeout=30)
    assert ".md" in json.dumps(answer.blocks, ensure_ascii=False) + answer.text
    assert serves(running)
    out, err = running.end(signal.SIGINT)
    assert (running.process.returncode, out, err) == (0, "", "")
    assert running.group() == []
    server.disconnected()
    log = (data / "recap.log").read_text("utf-8")
    assert server.bot_token[5:] not in log
    assert server.app_token[5:] not in log


def test_buttons_work_after_a_kill_and_a_restart(start: Start, server: SlackServer) -> None:
    ada = server.person("Ada")
    place = server.dm(ada)
    first = start()
    server.connected()
    asked = server.command(ada, place, "/quiz").answered(timeout=30)
    first.end(signal.SIGKILL)
    server.disconnected()
    start()
    server.connected()
    shown = server.press(ada, asked, asked.buttons()[0]["action_id"]).answered(timeout=30)
    assert shown.shown


def test_a_wrong_token_costs_slack_alone(start: Start, server: SlackServer) -> None:
    running = start(RECAP_SLACK__BOT_TOKEN="xoxb-no-such-token")  # noqa: S106
    server.requested("auth.test", timeout=30)
    assert serves(running)
    out, err = running.end(signal.SIGINT)
    assert (running.process.returncode, out) == (0, "")
    assert err.count("\n") == 1
    assert "slack.bot_token" in err
    assert "xoxb-no-such-token" not in err


def test_the_doctor_sees_the_running_one_and_the_manifest_is_printed(
    start: Start, server: SlackServer, data: Path
) -> None:
    running = start()
    assert next_line(running).startswith("Recap is on Slack")
    settings = {name.removeprefix("RECAP_"): value for name, value in slack_settings(server).items()}
    found = {
        one["check"]: (one["state"], one["detail"])
        for one in json.loads(recap("doctor", "--json", data=data, **settings).stdout)
    }
    assert {found[check][0] for check in ("slack", "slack_scopes", "slack_socket", "slack_running")} == {"ok"}
    assert "connected" in found["slack_running"][1]
    printed = recap("manifest", "slack", data=data, **settings, SLACK__PREFIX="tutor-").stdout
    assert "command: /tutor-ask" in printed
    assert "socket_mode_enabled: true" in printed
