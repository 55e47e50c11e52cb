"""Slack's requests to the app: signed, with three seconds for an answer."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from tests.doubles.slack.world import Json

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """`status` None: none came; `failure` is then Slack's word for it."""

    status: int | None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)
    """The headers of the request."""
    body: str = ""
    """The body of the request."""
    url: str = ""

    @property
    def said(self) -> Json | str | None:
        """What stands in it, if anything."""
        if not self.text:
            return None
        if "json" in self.headers.get("Content-Type", ""):
            said: Json = json.loads(self.text)
            return said
        return self.text


@dataclass
class Caller:
    """`now` gives the seconds that requests are signed with; `timeout` in real seconds."""

    events: str
    commands: str
    interactivity: str
    secret: str
    now: Callable[[], float]
    timeout: float = 3.0

    def sign(self, body: str, at: int | None = None, secret: str | None = None) -> dict[str, str]:
        moment = str(int(self.now()) if at is None else at)
        key = (self.secret if secret is None else secret).encode()
        digest = hmac.new(key, f"v0:{moment}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={digest}"}

    async def send(self, kind: str, payload: Json, attempt: int, reason: str) -> Answer:
        headers = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if kind == "events_api":
            url, body = self.events, json.dumps(payload)
            headers["Content-Type"] = "application/json"
        elif kind == "slash_commands":
            url, body = self.commands, urlencode(payload)
            headers["Content-Type"] = FORM
        else:
            url, body = self.interactivity, urlencode({"payload": json.dumps(payload)})
            headers["Content-Type"] = FORM
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason or "http_timeout"}
        return await self.post(url, body, {**headers, **self.sign(body)})

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> Answer:
        timeout = aiohttp.ClientTimeout(total=self.timeout)
        try:
            async with (
                aiohttp.ClientSession(trust_env=False, timeout=timeout) as session,
                session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as answer,
            ):
                text = await answer.text()
                return Answer(answer.status, text, dict(answer.headers), "", dict(headers), body, url)
        except TimeoutError:
            return Answer(None, failure="http_timeout", sent=dict(headers), body=body, url=url)
        except aiohttp.ClientError:
            return Answer(None, failure="connection_failed", sent=dict(headers), body=body, url=url)
