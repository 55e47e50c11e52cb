"""Slack's Web API for a test, without any library for it."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx

from tests.doubles.slack_server import SlackServer

Json = dict[str, Any]


class WebApi:
    """`api("chat.postMessage", channel=..., text=...)` gives the answer, `ok` or not."""

    def __init__(self, server: SlackServer) -> None:
        self.http = httpx.Client(trust_env=False)
        self._server = server

    def __enter__(self) -> WebApi:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.http.close()

    def send(self, method: str, token: str | None = None, **args: Any) -> httpx.Response:
        token = self._server.bot_token if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.http.post(f"{self._server.api_url}{method}", json=args, headers=headers)

    def __call__(self, method: str, token: str | None = None, **args: Any) -> Json:
        answer: Json = self.send(method, token, **args).json()
        return answer

    def error(self, method: str, token: str | None = None, **args: Any) -> str:
        """Slack's word of the refusal, "" for none."""
        return str(self(method, token, **args).get("error", ""))
