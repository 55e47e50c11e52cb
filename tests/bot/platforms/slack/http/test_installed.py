"""From the link to the answer, all over HTTP: a workspace installs Recap, asks it, and takes it out again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot import config
from bot.cli.beside import Beside
from bot.config import NOWHERE
from bot.options import slack_options
from bot.platforms.slack.manifest import EVENTS_PATH, INSTALL_PATH, manifest
from bot.platforms.slack.workspaces import store_of
from bot.platforms.web.options import WebOptions
from bot.wiring import App, wire
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.doubles.slack.world import Team
from tests.doubles.slack_server import SlackServer
from tests.doubles.web_server import WebServer

PUBLIC = "https://recap.example"


def until(true: Callable[[], bool]) -> None:
    """Looks again and again, for ten seconds at most."""
    last = time.monotonic() + 10
    while not true():
        assert time.monotonic() < last
        threading.Event().wait(0.01)


class Installed:
    """Recap as `recap run` puts it together, and a browser."""

    def __init__(self, slack: SlackServer, app: App, address: str) -> None:
        self.slack = slack
        self.app = app
        self.address = address
        options = slack_options(app.settings)
        assert options is not None
        self.store = store_of(options, app.database, app.clock)

    def install(self, team: Team) -> httpx.Response:
        person = self.slack.person("Installer", locale="bg-BG", admin=True, team=team)
        begun = httpx.get(self.address + INSTALL_PATH, trust_env=False)
        location, cookie = begun.headers["location"], begun.headers["set-cookie"].partition(";")[0]
        assert location.startswith(self.slack.authorize_url)
        back = self.slack.authorize(location, person)
        assert back.startswith(PUBLIC)
        headers = {"cookie": cookie, "accept-language": "bg"}
        return httpx.get(self.address + back.removeprefix(PUBLIC), headers=headers, trust_env=False)


@pytest.fixture
def installed(slack_server: SlackServer, tmp_path: Path, clock: FrozenClock) -> Iterator[Installed]:
    environment = {
        "RECAP_DATA_PATH": str(tmp_path),
        "RECAP_SLACK__CLIENT_ID": slack_server.client_id,
        "RECAP_SLACK__CLIENT_SECRET": slack_server.client_secret,
        "RECAP_SLACK__SIGNING_SECRET": slack_server.signing_secret,
        "RECAP_SLACK__PUBLIC_URL": PUBLIC,
        "RECAP_SLACK__API_URL": slack_server.api_url,
    }
    app = wire(config.load(environment, NOWHERE), clock, InProcessEngine(clock))
    app.prepare()
    options = slack_options(app.settings)
    assert options is not None
    slack_server.app.configure(manifest(options))
    beside = Beside(app)
    web = WebServer(app.core, app.database, app.outbox, clock, WebOptions(port=0), beside.mounts())
    try:
        with web:
            slack_server.http_to(web.url + EVENTS_PATH)
            beside.start()
            until(lambda: slack_server.verify_url().status == 200)
            yield Installed(slack_server, app, web.url)
            slack_server.hang_up()
            beside.stop()
    finally:
        beside.stop()
        app.stop()


def test_a_workspace_installs_recap_and_is_answered(installed: Installed) -> None:
    slack = installed.slack
    team = slack.workspace("Reading group")
    page = installed.install(team)
    assert page.status_code == 200
    assert "Recap е инсталиран в Reading group." in page.text
    assert installed.store.teams() == [team.id]
    ada = slack.person("Ada", team=team)
    asked = slack.command(ada, slack.dm(ada), "/recap", "help").acknowledged()
    assert not asked.late
    assert "/ask" in asked.answered().shown


def test_the_installer_is_greeted_in_their_language(installed: Installed) -> None:
    slack = installed.slack
    team = slack.workspace("Reading group")
    installed.install(team)
    with installed.app.database.session() as session:
        places = session.scalars(text("SELECT place FROM outbound WHERE platform = 'slack'")).all()
    assert [place.split("/")[0] for place in places] == [f"dm:{team.id}"]


def test_tokens_are_renewed_while_the_workspace_goes_on(installed: Installed, clock: FrozenClock) -> None:
    slack = installed.slack
    team = slack.workspace("Reading group")
    installed.install(team)
    first = installed.store.find(team.id)
    assert first is not None
    assert first.tokens.refresh
    clock.move(timedelta(hours=13))
    ada = slack.person("Ada", team=team)
    assert slack.command(ada, slack.dm(ada), "/recap", "help").answered().shown
    second = installed.store.find(team.id)
    assert second is not None
    assert second.tokens.access != first.tokens.access
    refreshed = [one for one in slack.requests if one.args.get("grant_type") == "refresh_token"]
    assert len(refreshed) == 1


def test_a_workspace_that_takes_recap_out_is_forgotten(installed: Installed) -> None:
    slack = installed.slack
    team = slack.workspace("Reading group")
    installed.install(team)
    slack.uninstall(team)
    until(lambda: installed.store.teams() == [])
    until(lambda: not installed.app.services.spaces.present("slack"))
    installed.install(team)
    assert installed.store.teams() == [team.id]


def test_the_address_is_verified_and_forgeries_are_refused(installed: Installed) -> None:
    slack = installed.slack
    assert slack.verify_url().status == 200
    now = int(slack.clock.now().timestamp())
    assert slack.post("{}", secret="another").status == 401  # noqa: S106
    assert slack.post("{}", at=now - 301).status == 401
    team = slack.workspace("Reading group")
    installed.install(team)
    ada = slack.person("Ada", team=team)
    direct = slack.dm(ada)
    asked = slack.command(ada, direct, "/recap", "help")
    asked.answered()
    assert slack.replay(asked).status == 401
    slack.command(ada, direct, "/recap", "help").answered()
    assert len(slack.by_bot(direct)) == 2


def test_a_retry_is_answered_once(installed: Installed) -> None:
    slack = installed.slack
    team = slack.workspace("Reading group")
    installed.install(team)
    ada = slack.person("Ada", team=team)
    direct = slack.dm(ada)
    said = slack.say(ada, direct, "help")
    slack.said(direct, 1)
    slack.redeliver(said)
    slack.command(ada, direct, "/recap", "help").answered()
    assert len(slack.by_bot(direct)) == 2
