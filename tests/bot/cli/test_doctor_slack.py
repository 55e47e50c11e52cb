"""The doctor's part about Slack, on a loopback Slack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import config
from bot.cli.doctor_slack import slack
from bot.config import NOWHERE
from bot.core.catalogue import LANGUAGES
from bot.platforms.hosted import status
from bot.platforms.hosted.status import Status
from bot.wiring import App, wire
from jobs.owner import process_owner
from knowledge.notes import Language
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.doubles.slack.fixtures import slack_server
from tests.doubles.slack_server import SlackServer

__all__ = ["slack_server"]

Wired = Callable[..., App]


@pytest.fixture
def wired(slack_server: SlackServer, tmp_path: Path, clock: FrozenClock) -> Iterator[Wired]:
    """An application with Slack's settings, and others where some are given."""
    made: list[App] = []

    def wired(**changed: str) -> App:
        environment = {
            "RECAP_DATA_PATH": str(tmp_path),
            "RECAP_SLACK__BOT_TOKEN": slack_server.bot_token,
            "RECAP_SLACK__APP_TOKEN": slack_server.app_token,
            "RECAP_SLACK__API_URL": slack_server.api_url,
            **{f"RECAP_{name}": value for name, value in changed.items()},
        }
        made.append(wire(config.load(environment, NOWHERE), clock, InProcessEngine(clock)))
        return made[-1]

    yield wired
    for app in made:
        app.stop()


def found(app: App) -> dict[str, tuple[str, str]]:
    return {one.check: (one.state, one.detail) for one in slack(app)}


def test_where_it_is_not_set_up_nothing_is_wrong(wired: Wired, slack_server: SlackServer) -> None:
    told = found(wired(SLACK__BOT_TOKEN="", SLACK__APP_TOKEN=""))
    assert {check: state for check, (state, _) in told.items()} == {"slack": "ok"}
    assert not slack_server.requests


def test_all_is_well_once_it_is_set_up(wired: Wired, slack_server: SlackServer) -> None:
    told = found(wired())
    assert {state for state, _ in told.values()} == {"ok"}
    assert "recap in Study" in told["slack"][1]
    assert slack_server.socket.connects == 0


def test_missing_scopes_are_named_with_what_to_do(wired: Wired, slack_server: SlackServer) -> None:
    slack_server.take_scopes("files:write", "usergroups:read")
    state, detail = found(wired())["slack_scopes"]
    assert state == "warn"
    assert "files:write, usergroups:read" in detail
    assert "recap manifest slack" in detail


def test_a_refused_token_is_broken_and_said_in_a_sentence(wired: Wired) -> None:
    told = found(wired(SLACK__BOT_TOKEN="xoxb-no-such-token"))  # noqa: S106
    assert told["slack"][0] == "broken"
    assert "OAuth & Permissions" in told["slack"][1]
    assert told["slack_socket"][0] == "ok"


def test_an_uninstalled_app_is_broken(wired: Wired, slack_server: SlackServer) -> None:
    slack_server.uninstall()
    state, detail = found(wired())["slack"]
    assert (state, "Install it again" in detail) == ("broken", True)


def test_socket_mode_switched_off_is_broken(wired: Wired, slack_server: SlackServer) -> None:
    slack_server.app.socket_mode = False
    state, detail = found(wired())["slack_socket"]
    assert (state, "Socket Mode" in detail) == ("broken", True)


def test_over_http_it_tells_the_address(wired: Wired, slack_server: SlackServer) -> None:
    told = found(
        wired(
            SLACK__APP_TOKEN="",
            SLACK__SIGNING_SECRET=slack_server.signing_secret,
            SLACK__PUBLIC_URL="https://recap.example",
        )
    )
    assert "https://recap.example/slack/events" in told["slack_socket"][1]


def test_the_commands_are_told_with_their_prefix(wired: Wired) -> None:
    detail = found(wired(SLACK__PREFIX="tutor-"))["slack_commands"][1]
    assert "/tutor-ask" in detail
    assert "RECAP_SLACK__PREFIX" in detail


@pytest.mark.parametrize("state", ["online", "connecting", "waiting", "refused"])
def test_how_the_running_recap_is_doing_is_told_too(wired: Wired, clock: FrozenClock, state: str) -> None:
    app = wired()
    told = Status(state, clock.now(), "recap", "Study", "unreachable", "HTTP 503")  # type: ignore[arg-type]
    status.write(app.settings.state_path("slack"), told, f"elsewhere/1/{process_owner()}"[:60])
    expected = {"online": "ok", "connecting": "ok", "waiting": "warn", "refused": "broken"}
    assert found(app)["slack_running"][0] == expected[state]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_sentences(
    wired: Wired, slack_server: SlackServer, language: Language
) -> None:
    slack_server.take_scopes("files:write")
    told = found(wired(LANGUAGE=language))
    assert all(detail and "`" not in detail for _, detail in told.values())
    assert "files:write" in told["slack_scopes"][1]
