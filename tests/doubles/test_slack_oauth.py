"""Any workspace can take the app, and its tokens can end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import Team, User
from tests.doubles.slack_server import CannotDo, SlackServer
from tests.doubles.web_api import WebApi

BACK = "https://recap.example/slack/oauth_redirect"


@pytest.fixture
def team(slack_server: SlackServer) -> Team:
    return slack_server.workspace("Other")


@pytest.fixture
def eve(slack_server: SlackServer, team: Team) -> User:
    return slack_server.person("Eve", team=team, admin=True)


def link(server: SlackServer, **more: str) -> str:
    query = {
        "client_id": server.client_id,
        "scope": "chat:write,commands",
        "redirect_uri": BACK,
        "state": "s",
    }
    return f"{server.authorize_url}?{urlencode({**query, **more})}"


def exchanged(server: SlackServer, api: WebApi, **args: Any) -> dict[str, Any]:
    basic = {"client_id": server.client_id, "client_secret": server.client_secret}
    answer: dict[str, Any] = api.http.post(f"{server.api_url}oauth.v2.access", data={**basic, **args}).json()
    return answer


def code_of(server: SlackServer, user: User) -> str:
    came_back = parse_qs(urlsplit(server.authorize(link(server), user)).query)
    assert came_back["state"] == ["s"]
    return came_back["code"][0]


def test_a_code_is_exchanged_once(
    slack_server: SlackServer, api: WebApi, team: Team, eve: User, clock: FrozenClock
) -> None:
    code = code_of(slack_server, eve)
    assert not team.installed
    assert exchanged(slack_server, api, code=code, redirect_uri="https://x")["error"] == "bad_redirect_uri"
    granted = exchanged(slack_server, api, code=code, redirect_uri=BACK)
    assert (granted["team"]["id"], granted["authed_user"]["id"]) == (team.id, eve.id)
    assert api("auth.test", token=granted["access_token"])["team_id"] == team.id
    assert api.error("users.info", token=granted["access_token"], user=eve.id) == "missing_scope"
    assert "expires_in" not in granted
    assert exchanged(slack_server, api, code=code)["error"] == "code_already_used"
    assert exchanged(slack_server, api, code="x")["error"] == "invalid_code"
    late = code_of(slack_server, eve)
    clock.move(timedelta(minutes=11))
    assert exchanged(slack_server, api, code=late)["error"] == "code_expired"
    assert exchanged(slack_server, api, code=late, client_secret="x")["error"] == "bad_client_secret"  # noqa: S106
    assert exchanged(slack_server, api, code=late, client_id="x")["error"] == "invalid_client_id"


def test_tokens_rotate(slack_server: SlackServer, api: WebApi, eve: User, clock: FrozenClock) -> None:
    slack_server.app.rotation = True
    granted = exchanged(slack_server, api, code=code_of(slack_server, eve))
    assert granted["expires_in"] == 12 * 3600
    clock.move(timedelta(hours=12))
    assert api.error("auth.test", token=granted["access_token"]) == "token_expired"
    refresh = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    fresh = exchanged(slack_server, api, **refresh)
    assert api("auth.test", token=fresh["access_token"])["ok"]
    assert exchanged(slack_server, api, **refresh)["error"] == "invalid_refresh_token"


def test_consent(slack_server: SlackServer, api: WebApi, eve: User) -> None:
    refused = slack_server.authorize(link(slack_server), eve, approve=False)
    assert parse_qs(urlsplit(refused).query)["error"] == ["access_denied"]
    with pytest.raises(CannotDo, match="client_id"):
        slack_server.authorize(link(slack_server, client_id="x"), eve)
    with pytest.raises(CannotDo, match="invalid_scope"):
        slack_server.authorize(link(slack_server, scope="admin"), eve)
    slack_server.app.redirect_uris = ["https://elsewhere"]
    with pytest.raises(CannotDo, match="redirect_uri"):
        slack_server.authorize(link(slack_server), eve)
    slack_server.app.redirect_uris = [BACK]
    led = api.http.get(link(slack_server))
    assert led.status_code == 302
    assert led.headers["Location"].startswith(f"{BACK}?code=")
    assert api.http.get(link(slack_server, scope="admin")).status_code == 400


def test_the_app_can_leave_by_itself(slack_server: SlackServer, api: WebApi) -> None:
    secrets = {"client_id": slack_server.client_id, "client_secret": slack_server.client_secret}
    assert api("auth.revoke", None, test=True)["revoked"] is False
    assert api("apps.uninstall", None, **secrets)["ok"]
    assert api.error("auth.test") == "account_inactive"
    kinds = [each.payload["event"]["type"] for each in slack_server.invocations]
    assert kinds == ["tokens_revoked", "app_uninstalled"]
    slack_server.install(slack_server.team)
    second = slack_server.desk.tokens.of(slack_server.team)[-1].value
    assert api("auth.revoke", token=second)["revoked"] is True
    assert api.error("auth.test", token=second) == "token_revoked"
