"""Installing Recap by a link: to Slack with a state, back with a code, and the code for tokens."""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from bot.platforms.slack.clients import identified, web_client
from bot.platforms.slack.failures import Failure
from bot.platforms.slack.http.asgi import Request, Response
from bot.platforms.slack.installing.exchange import TROUBLE, exchange
from bot.platforms.slack.installing.pages import done, failed, language_of
from bot.platforms.slack.installing.states import LASTS, States
from bot.platforms.slack.installing.store import Installation, Store
from bot.platforms.slack.manifest import INSTALL_PATH, INSTALLED_PATH
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.places import PLATFORM, Place
from knowledge.clock import Clock
from knowledge.notes import Language

log = logging.getLogger(__name__)

COOKIE = "recap_slack_install"

Joined = Callable[[str, str, str, str | None, str], None]
"""`core.joined`."""

_REASON = re.compile(r"[a-z_]{1,60}")
_TEAM = re.compile(r"T[A-Z0-9]{1,30}")


class _Refused(Exception):
    """The installation ends here; `reason` is a key below `slack.install`."""

    def __init__(self, reason: str, status: int, detail: str = "") -> None:
        self.reason = reason
        self.status = status
        self.detail = detail
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class OAuth:
    """Lives on the web server's loop: an installation needs nothing of what runs on Slack's."""

    options: SlackOptions
    store: Store
    states: States
    clock: Clock
    scopes: Iterable[str]
    joined: Joined

    async def install(self, request: Request) -> Response:
        """Sends the browser to Slack."""
        if request.method not in {"GET", "HEAD"}:
            return Response(405, headers=(("allow", "GET"),))
        try:
            state = await asyncio.to_thread(self.states.issue)
        except SQLAlchemyError:
            log.exception("an installation on Slack could not begin")
            return self._failed(request, _Refused("internal", 500))
        if state is None:
            return self._failed(request, _Refused("busy", 503))
        asked = {
            "client_id": self.options.client_id,
            "scope": ",".join(sorted(self.scopes)),
            "state": state,
            "redirect_uri": self._redirect_uri,
        }
        if _TEAM.fullmatch(team := request.query.get("team", "")):
            asked["team"] = team
        url = f"{self.options.api_url.removesuffix('api/')}oauth/v2/authorize?{urlencode(asked)}"
        cookie = self._cookie(state, int(LASTS.total_seconds()))
        return Response(
            302, headers=(("location", url), ("set-cookie", cookie), ("cache-control", "no-store"))
        )

    async def redirected(self, request: Request) -> Response:
        """Takes the browser that comes back from Slack."""
        if request.method != "GET":
            return Response(405, headers=(("allow", "GET"),))
        language = language_of(request.headers)
        try:
            installation = await self._installed(await self._code(request))
            await self._greeted(installation, language)
        except _Refused as refused:
            log.info("Recap was not installed on Slack: %s %s", refused.reason, refused.detail)
            response = self._failed(request, refused)
        except SQLAlchemyError:
            log.exception("an installation on Slack could not be kept")
            response = self._failed(request, _Refused("internal", 500))
        else:
            log.info("Recap was installed in workspace %s", installation.team)
            identity = installation.identity
            response = done(language, identity.team, identity.title, installation.app)
        return replace(response, headers=(*response.headers, ("set-cookie", self._cookie("", 0))))

    async def _code(self, request: Request) -> str:
        """The code, where the browser is the one that began."""
        if error := request.query.get("error"):
            if error == "access_denied":
                raise _Refused("cancelled", 200)
            raise _Refused("refused", 400, error if _REASON.fullmatch(error) else "error")
        state, known = request.query.get("state", ""), _state(request)
        same = hmac.compare_digest(state.encode("utf-8", "replace"), known.encode("utf-8", "replace"))
        if not (state and same and await asyncio.to_thread(self.states.consume, state)):
            raise _Refused("stale", 400)
        if not (code := request.query.get("code")):
            raise _Refused("stale", 400)
        return code

    async def _installed(self, code: str) -> Installation:
        given = {"code": code, "redirect_uri": self._redirect_uri}
        try:
            answer, tokens = await exchange(web_client(self.options), self.options, self.clock, **given)
        except SlackApiError as error:
            reason = str(error.response.get("error") or error.response.status_code)
            later = error.response.status_code == 429 or error.response.status_code >= 500
            raise _Refused("unreachable" if later else "refused", 503 if later else 400, reason) from None
        except TROUBLE as error:
            raise _Refused("unreachable", 503, type(error).__name__) from None
        client = web_client(self.options, tokens.access)
        team = answer.get("team") or {}
        if answer.get("is_enterprise_install") or not team.get("id"):
            # An organization's token would stand for workspaces that never asked for Recap.
            try:
                await client.auth_revoke()
            except TROUBLE as error:
                log.warning("the token of an organization could not be given back: %s", error)
            raise _Refused("organization", 400)
        try:
            identity = await identified(client)
        except Failure as failure:
            raise _Refused("unreachable", 503, str(failure)) from None
        installation = Installation(
            replace(identity, title=team.get("name") or identity.title),
            tokens,
            answer.get("app_id") or "",
            answer.get("scope") or "",
            (answer.get("authed_user") or {}).get("id") or "",
        )
        await asyncio.to_thread(self.store.save, installation)
        return installation

    async def _greeted(self, installation: Installation, language: Language) -> None:
        team, title, installer = installation.team, installation.identity.title, installation.installer
        place = str(Place("dm", team, installer)) if installer else None
        try:
            await asyncio.to_thread(self.joined, PLATFORM, str(Place("team", team)), title, place, language)
        except Exception:
            log.exception("workspace %s could not be greeted", team)

    def _failed(self, request: Request, refused: _Refused) -> Response:
        again = f"{self.options.public_url}{INSTALL_PATH}"
        language = language_of(request.headers)
        return failed(language, refused.status, refused.reason, again, **self._detail(refused))

    @staticmethod
    def _detail(refused: _Refused) -> dict[str, str]:
        return {"reason": refused.detail} if refused.reason == "refused" else {}

    @property
    def _redirect_uri(self) -> str:
        return f"{self.options.public_url}{INSTALLED_PATH}"

    def _cookie(self, state: str, seconds: int) -> str:
        secure = "; Secure" if self.options.public_url.startswith("https:") else ""
        return f"{COOKIE}={state}; Path=/slack; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _state(request: Request) -> str:
    # Not with the standard library's cookies: one that they can't read, of whoever else is on that host,
    # hides all that come with it.
    for one in request.headers.get("cookie", "").split(";"):
        name, _, value = one.strip().partition("=")
        if name == COOKIE:
            return value
    return ""
