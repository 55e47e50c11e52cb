"""Sends requests as Slack signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from knowledge.clock import Clock

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}


def signed(body: str, timestamp: int, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(timestamp), "x-slack-signature": f"v0={digest}"}


def event(**event: Any) -> str:
    body = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": "Ev1", "event": event}
    return json.dumps({**body, "event_time": 1772442000})


def command(name: str, text: str) -> str:
    return urlencode({"command": name, "text": text, "team_id": "T1", "user_id": "U1", "trigger_id": "1.2"})


class Sender:
    def __init__(self, url: str, clock: Clock) -> None:
        self.url = url
        self._clock = clock

    @property
    def now(self) -> int:
        return int(self._clock.now().timestamp())

    def send(self, body: str, kind: Mapping[str, str] = JSON, **headers: str) -> httpx.Response:
        return self.post(body, {**kind, **signed(body, self.now), **headers})

    def post(self, body: str | bytes, headers: Mapping[str, str]) -> httpx.Response:
        encoded = {name.encode(): value.encode() for name, value in headers.items()}
        return httpx.post(self.url, content=body, headers=encoded, trust_env=False, timeout=20)
