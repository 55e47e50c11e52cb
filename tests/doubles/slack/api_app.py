"""apps.*, auth.revoke and oauth.v2.access: the app itself, and how a workspace takes it."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

from tests.doubles.slack import limits, news
from tests.doubles.slack.api_places import truthy
from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.errors import ApiError
from tests.doubles.slack.routing import method
from tests.doubles.slack.tokens import Token
from tests.doubles.slack.world import Json, Team, User


@dataclass(eq=False)
class Code:
    """What a browser brings back from Slack's page of consent; works once, for ten minutes."""

    value: str
    user: User
    scopes: set[str]
    redirect_uri: str
    at: datetime
    used: bool = False


@method("apps.connections.open", "connections:write", by="app")
def connections_open(desk: Desk, request: Request) -> Json:
    if not desk.app.socket_mode:
        raise ApiError("socket_mode_not_enabled")
    return {"url": desk.new_link()}


@method("auth.revoke")
def auth_revoke(desk: Desk, request: Request) -> Json:
    assert request.token is not None
    if not truthy(request.args.get("test")):
        team = request.team
        revoke(desk, team)
    return {"revoked": not truthy(request.args.get("test"))}


@method("apps.uninstall")
def apps_uninstall(desk: Desk, request: Request) -> Json:
    _is_the_app(desk, str(request.args.get("client_id")), str(request.args.get("client_secret")))
    uninstall(desk, request.team)
    return {}


@method("oauth.v2.access", by="none")
def access(desk: Desk, request: Request) -> Json:
    id_, secret = str(request.args.get("client_id") or ""), str(request.args.get("client_secret") or "")
    if request.authorization.startswith("Basic "):
        id_, _, secret = base64.b64decode(request.authorization[6:]).decode().partition(":")
    _is_the_app(desk, id_, secret)
    if request.args.get("grant_type") == "refresh_token":
        token = desk.tokens.refreshed(str(request.args.get("refresh_token") or ""))
        assert token.team is not None
        return _granted(desk, token, token.team.bot)
    code = desk.codes.get(str(request.args.get("code") or ""))
    if code is None:
        raise ApiError("invalid_code")
    if code.used:
        raise ApiError("code_already_used")
    if desk.world.clock.now() - code.at > limits.CODE_LIFE:
        raise ApiError("code_expired")
    if request.args.get("redirect_uri", code.redirect_uri) != code.redirect_uri:
        raise ApiError("bad_redirect_uri")
    code.used = True
    team = code.user.team
    team.installed = True
    token = desk.tokens.bot(team, set(code.scopes), rotating=desk.app.rotation)
    desk.world.changed()
    return _granted(desk, token, code.user)


def _is_the_app(desk: Desk, client_id: str, client_secret: str) -> None:
    if client_id != desk.app.client_id:
        raise ApiError("invalid_client_id")
    if client_secret != desk.app.client_secret:
        raise ApiError("bad_client_secret")


def _granted(desk: Desk, token: Token, user: User) -> Json:
    assert token.team is not None
    answer: Json = {
        "access_token": token.value,
        "token_type": "bot",
        "scope": ",".join(sorted(token.scopes)),
        "bot_user_id": token.team.bot.id,
        "app_id": desk.app.id,
        "team": {"id": token.team.id, "name": token.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": user.id},
    }
    if token.expires is not None:
        left = token.expires - desk.world.clock.now()
        answer |= {"expires_in": int(left.total_seconds()), "refresh_token": token.refresh}
    return answer


def new_code(desk: Desk, user: User, scopes: set[str], redirect_uri: str) -> Code:
    code = Code(secrets.token_hex(16), user, scopes, redirect_uri, desk.world.clock.now())
    desk.codes[code.value] = code
    return code


def revoke(desk: Desk, team: Team) -> None:
    """The tokens of a workspace are taken back; the app is told."""
    desk.tokens.end(team, "token_revoked")
    news.of_team(desk, team, _revoked(team))
    desk.world.changed()


def uninstall(desk: Desk, team: Team) -> None:
    """The app is taken out of a workspace; it is told, in any order."""
    desk.tokens.end(team, "account_inactive")
    news.of_team(desk, team, _revoked(team))
    news.of_team(desk, team, {"type": "app_uninstalled"})
    team.installed = False
    for channel in desk.world.channels.values():
        if channel.team is team and channel.kind != "im" and channel.has_bot:
            channel.members.remove(team.bot)
    desk.world.changed()


def _revoked(team: Team) -> Json:
    return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot.id]}}
