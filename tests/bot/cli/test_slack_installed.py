"""The shell's part of installing Recap by a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot import config
from bot.cli.beside import Beside
from bot.cli.doctor_slack_installed import installed
from bot.config import NOWHERE
from bot.core.catalogue import LANGUAGES
from bot.options import slack_options
from bot.platforms.slack.clients import Identity
from bot.platforms.slack.installing.store import Installation, Tokens
from bot.platforms.slack.workspaces import store_of
from bot.wiring import App, wire
from knowledge.notes import Language
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine

Wired = Callable[..., App]
OAUTH = {
    "RECAP_SLACK__CLIENT_ID": "1.2",
    "RECAP_SLACK__CLIENT_SECRET": "shh",
    "RECAP_SLACK__SIGNING_SECRET": "signs",
    "RECAP_SLACK__PUBLIC_URL": "https://recap.example",
}
PATHS = {"/slack/events", "/slack/install", "/slack/oauth_redirect"}


@pytest.fixture
def wired(tmp_path: Path, clock: FrozenClock) -> Iterator[Wired]:
    made: list[App] = []

    def wired(language: Language = "en", **changed: str) -> App:
        given = {f"RECAP_SLACK__{name}": value for name, value in changed.items()}
        environment = {"RECAP_DATA_PATH": str(tmp_path), "RECAP_LANGUAGE": language, **OAUTH, **given}
        app = wire(config.load(environment, NOWHERE), clock, InProcessEngine(clock))
        app.prepare()
        made.append(app)
        return app

    yield wired
    for app in made:
        app.stop()


def keep(app: App, team: str, title: str) -> Installation:
    options = slack_options(app.settings)
    assert options is not None
    kept = Installation(Identity(team, title, "UBOT"), Tokens("xoxb-1"))
    store_of(options, app.database, app.clock).save(kept)
    return kept


def found(app: App) -> list[tuple[str, str]]:
    options = slack_options(app.settings)
    assert options is not None
    return [(one.state, one.detail) for one in installed(app, options)]


def test_the_doctor_names_the_workspaces(wired: Wired) -> None:
    app = wired()
    ((state, told),) = found(app)
    assert state == "warn"
    assert "recap slack install" in told
    keep(app, "T1", "Study")
    refused = keep(app, "T2", "Reading")
    options = slack_options(app.settings)
    assert options is not None
    store_of(options, app.database, app.clock).refuse(refused, "token_revoked")
    assert [(state, "Study" in told, "Reading" in told) for state, told in found(app)] == [
        ("ok", True, False),
        ("warn", False, True),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_doctor_says_that_the_key_is_another_one(wired: Wired, language: Language) -> None:
    keep(wired(), "T1", "Study")
    other = wired(language, STORE_KEY=Fernet.generate_key().decode())
    ((state, told),) = found(other)
    assert state == "broken"
    assert "Study" in told


def test_the_doctor_says_what_is_wrong_with_a_key(wired: Wired) -> None:
    ((state, told),) = found(wired(STORE_KEY="short"))
    assert state == "broken"
    assert "Fernet" in told


def test_a_token_keeps_recap_in_its_one_workspace(wired: Wired) -> None:
    app = wired(BOT_TOKEN="xoxb-1")  # noqa: S106
    ((state, told),) = found(app)
    assert state == "warn"
    assert "RECAP_SLACK__BOT_TOKEN" in told
    assert set(Beside(app).mounts()) == {"/slack/events"}


def test_the_web_server_carries_what_the_settings_ask_for(wired: Wired) -> None:
    assert set(Beside(wired()).mounts()) == PATHS
    socket = wired(APP_TOKEN="xapp-1")  # noqa: S106
    assert set(Beside(socket).mounts()) == PATHS - {"/slack/events"}
    nothing = dict.fromkeys(("CLIENT_ID", "CLIENT_SECRET", "SIGNING_SECRET"), "")
    assert Beside(wired(**nothing)).mounts() == {}


def test_a_wrong_key_costs_the_installing_alone(wired: Wired, caplog: pytest.LogCaptureFixture) -> None:
    assert set(Beside(wired(STORE_KEY="short")).mounts()) == {"/slack/events"}
    (said,) = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert "workspaces can't install Recap" in said
    assert "Fernet" in said


def test_the_link_is_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.cli import slack
    from bot.platforms.slack.errors import SlackError

    environment = {"RECAP_DATA_PATH": str(tmp_path), **OAUTH}
    monkeypatch.setattr(slack, "settings", lambda: config.load(environment, NOWHERE))
    slack.install()
    assert capsys.readouterr().out == "https://recap.example/slack/install\n"
    monkeypatch.setattr(slack, "settings", lambda: config.load({}, NOWHERE))
    with pytest.raises(SlackError) as error:
        slack.install()
    assert "RECAP_SLACK__CLIENT_ID" in str(error.value.params["settings"])
