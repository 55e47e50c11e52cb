"""Installing by a link, with a browser of its own and a Slack that is scripted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.platforms.slack.http.asgi import Served
from bot.platforms.slack.installing.oauth import COOKIE, OAuth
from bot.platforms.slack.installing.states import LASTS, States
from bot.platforms.slack.installing.store import Store
from bot.platforms.slack.manifest import INSTALL_PATH, INSTALLED_PATH
from bot.platforms.slack.options import SlackOptions
from knowledge.store import Database
from tests.bot.platforms.slack.api import Answer, Api, fine, refused
from tests.bot.platforms.slack.conftest import Serve
from tests.bot.platforms.slack.installing.installed import store
from tests.doubles.clock import FrozenClock

PUBLIC = "https://recap.example"
SCOPES = ("commands", "chat:write")
GIVEN: dict[str, Any] = {
    "access_token": "xoxe.xoxb-1",
    "refresh_token": "xoxe-1-1",
    "expires_in": 43200,
    "token_type": "bot",
    "scope": "chat:write,commands",
    "bot_user_id": "UBOT",
    "app_id": "A1",
    "team": {"id": "T1", "name": "Study <group>"},
    "enterprise": None,
    "is_enterprise_install": False,
    "authed_user": {"id": "U1"},
}
ITSELF = fine(team_id="T1", team="Study <group>", user_id="UBOT", user="recap", bot_id="B1")


@dataclass
class Installer:
    """A browser that goes to Slack and comes back."""

    url: str
    api: Api
    kept: Store
    clock: FrozenClock
    joined: list[tuple[object, ...]] = field(default_factory=list)
    fails: bool = False
    """Whether the core does when it is told."""
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        # A client keeps Secure cookies from plain HTTP, so it carries them by hand.
        self.http = httpx.Client(base_url=self.url, trust_env=False)
        self.cookie = ""

    def tell(self, *told: object) -> None:
        if self.fails:
            raise RuntimeError("no greeting")
        self.joined.append(told)

    def begin(self, **query: str) -> dict[str, str]:
        """What Slack is asked for."""
        response = self.http.get(INSTALL_PATH, params=query)
        assert response.status_code == 302
        self.set_cookie = response.headers["set-cookie"]
        self.cookie = self.set_cookie.partition(";")[0]
        self.location = urlsplit(response.headers["location"])
        return {name: values[0] for name, values in parse_qs(self.location.query).items()}

    def back(self, language: str = "en", cookie: str | None = None, **query: str) -> httpx.Response:
        headers = {"accept-language": language, "cookie": self.cookie if cookie is None else cookie}
        return self.http.get(INSTALLED_PATH, params=query, headers=headers)

    def install(self, language: str = "en") -> httpx.Response:
        return self.back(language, state=self.begin()["state"], code="c-1")


@pytest.fixture
def api() -> Iterator[Api]:
    with Api(oauth_v2_access=[fine(**GIVEN)], auth_test=[ITSELF], auth_revoke=[fine(revoked=True)]) as api:
        yield api


@pytest.fixture
def installer(serve: Serve, api: Api, database: Database, clock: FrozenClock) -> Iterator[Installer]:
    kept = store(database, clock)
    options = SlackOptions(client_id="1.2", client_secret="shh", api_url=api.url, public_url=PUBLIC)  # noqa: S106
    states = States(database, clock)
    oauth = OAuth(options, kept, states, clock, SCOPES, lambda *told: browser.tell(*told))
    url = serve({INSTALL_PATH: Served(oauth.install), INSTALLED_PATH: Served(oauth.redirected)})
    browser = Installer(url, api, kept, clock)
    with browser.http:
        yield browser


def test_the_browser_is_sent_to_slack_with_what_the_app_needs(installer: Installer) -> None:
    asked = installer.begin()
    assert installer.location.path == "/oauth/v2/authorize"
    assert asked.pop("state")
    assert asked == {
        "client_id": "1.2",
        "scope": "chat:write,commands",
        "redirect_uri": "https://recap.example/slack/oauth_redirect",
    }
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/slack", "Max-Age=600"):
        assert part in installer.set_cookie
    assert installer.begin(team="T123")["team"] == "T123"
    assert "team" not in installer.begin(team="T1&scope=admin")


def test_a_workspace_is_installed(installer: Installer) -> None:
    response = installer.install()
    assert response.status_code == 200
    assert "Recap is installed in Study &lt;group&gt;." in response.text
    assert "app=A1&amp;team=T1" in response.text
    assert f"{COOKIE}=;" in response.headers["set-cookie"]
    found = installer.kept.find("T1")
    assert found is not None
    assert (found.tokens.access, found.tokens.refresh) == ("xoxe.xoxb-1", "xoxe-1-1")
    assert found.tokens.expires_at == installer.clock.now() + timedelta(hours=12)
    assert (found.identity.bot_user, found.identity.bot, found.installer) == ("UBOT", "B1", "U1")
    exchanged = installer.api.calls[0][1]
    assert exchanged == {
        "client_id": "1.2",
        "client_secret": "shh",
        "code": "c-1",
        "redirect_uri": f"{PUBLIC}/slack/oauth_redirect",
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [("bg-BG,bg;q=0.9,en;q=0.5", "инсталиран"), ("zh-CN", "已安装"), ("de", "is installed")],
)
def test_the_installer_is_greeted_and_told_in_their_language(
    installer: Installer, language: str, said: str
) -> None:
    response = installer.install(language)
    assert said in response.text
    spoken = language[:2] if language[:2] in ("bg", "zh") else "en"
    assert f'<html lang="{spoken}">' in response.text
    assert installer.joined == [("slack", "team:T1", "Study <group>", "dm:T1/U1", spoken)]


def test_the_page_shows_no_token_and_runs_nothing(installer: Installer) -> None:
    response = installer.install()
    assert "xox" not in response.text
    assert "<script" not in response.text
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_state_works_once(installer: Installer) -> None:
    state = installer.begin()["state"]
    assert installer.back(state=state, code="c-1").status_code == 200
    again = installer.back(state=state, code="c-2")
    assert again.status_code == 400
    assert "Start again" in again.text
    assert installer.api.called("oauth.v2.access") == 1


def test_a_state_works_for_ten_minutes(installer: Installer) -> None:
    state = installer.begin()["state"]
    installer.clock.move(LASTS)
    assert installer.back(state=state, code="c-1").status_code == 400
    assert installer.api.calls == []


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=another", f"{COOKIE}=", "broken;;==", "recap_id=x"])
def test_only_the_browser_that_began_can_finish(installer: Installer, cookie: str) -> None:
    state = installer.begin()["state"]
    assert installer.back(cookie=cookie, state=state, code="c-1").status_code == 400
    assert installer.api.calls == []
    assert installer.back(state=state, code="c-1").status_code == 200


@pytest.mark.parametrize("other", ['seen={"tour": 1}', "broken;;==", "a b=c"])
def test_cookies_of_others_on_that_host_are_in_nobodys_way(installer: Installer, other: str) -> None:
    state = installer.begin()["state"]
    assert installer.back(cookie=f"{other}; {installer.cookie}", state=state, code="c-1").status_code == 200


@pytest.mark.parametrize("query", [{}, {"code": "c-1"}, {"state": "", "code": "c-1"}])
def test_coming_from_nowhere_installs_nothing(installer: Installer, query: dict[str, str]) -> None:
    assert installer.back(**query).status_code == 400
    assert installer.back(cookie=f"{COOKIE}=", **query).status_code == 400
    assert installer.api.calls == []


def test_who_stops_it_in_slack_is_told_so(installer: Installer) -> None:
    response = installer.back(error="access_denied", state=installer.begin()["state"])
    assert response.status_code == 200
    assert "was stopped in Slack" in response.text
    response = installer.back(error="<script>alert(1)</script>")
    assert response.status_code == 400
    assert "<script" not in response.text
    assert installer.joined == []


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (refused("invalid_code"), 400, "invalid_code"),
        (refused("bad_client_secret"), 400, "bad_client_secret"),
        ((503, {}, {"ok": False}), 503, "be reached"),
        ((429, {"Retry-After": "30"}, {"ok": False, "error": "ratelimited"}), 503, "be reached"),
    ],
)
def test_what_slack_refuses_is_told(installer: Installer, answer: Answer, status: int, said: str) -> None:
    installer.api.answers["oauth_v2_access"] = [answer]
    response = installer.install()
    assert response.status_code == status
    assert said in response.text
    assert installer.kept.teams() == []
    assert installer.joined == []


def test_an_organization_is_refused_and_its_token_given_back(installer: Installer) -> None:
    whole = {**GIVEN, "team": None, "enterprise": {"id": "E1", "name": "Uni"}, "is_enterprise_install": True}
    installer.api.answers["oauth_v2_access"] = [fine(**whole)]
    response = installer.install()
    assert response.status_code == 400
    assert "choose a workspace" in response.text
    assert installer.api.calls[-1] == ("auth.revoke", {}, "xoxe.xoxb-1")
    assert installer.kept.teams() == []


def test_a_workspace_of_an_organization_can_be_installed(installer: Installer) -> None:
    installer.api.answers["oauth_v2_access"] = [fine(**{**GIVEN, "enterprise": {"id": "E1"}})]
    assert installer.install().status_code == 200
    assert installer.kept.teams() == ["T1"]


def test_installing_again_keeps_the_new_token(installer: Installer) -> None:
    installer.install()
    installer.api.answers["oauth_v2_access"] = [fine(**{**GIVEN, "access_token": "xoxe.xoxb-2"})]
    assert installer.install().status_code == 200
    found = installer.kept.find("T1")
    assert found is not None
    assert found.tokens.access == "xoxe.xoxb-2"


def test_a_greeting_that_fails_leaves_it_installed(installer: Installer) -> None:
    installer.fails = True
    assert installer.install().status_code == 200
    assert installer.kept.teams() == ["T1"]


def test_a_database_that_is_away_is_told_without_a_trace(
    installer: Installer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    state = installer.begin()["state"]

    def away(_: object) -> None:
        raise OperationalError("INSERT secret", {}, Exception("away"))

    monkeypatch.setattr(installer.kept, "save", away)
    response = installer.back(state=state, code="c-1")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_nothing_is_posted_to_these_addresses(installer: Installer) -> None:
    assert installer.http.post(INSTALL_PATH).status_code == 405
    assert installer.http.post(INSTALLED_PATH).status_code == 405
