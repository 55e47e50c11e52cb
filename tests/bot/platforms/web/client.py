"""A page without a browser: cookies, origin and an event stream, over a real socket."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

_ids = itertools.count(1)


class Page:
    """One browser's session with the server."""

    def __init__(self, url: str, language: str = "en", host: str | None = None) -> None:
        headers = {"origin": f"http://{host}" if host else url, "accept-language": language}
        if host:
            headers["host"] = host
        self.http = httpx.Client(base_url=url, headers=headers, timeout=20, trust_env=False)

    def __enter__(self) -> Page:
        self.http.get("/").raise_for_status()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def turn(self, text: str, client_id: str | None = None) -> httpx.Response:
        return self.http.post("/api/turn", json={"id": client_id or self.new_id(), "text": text})

    def say(self, text: str) -> dict[str, Any]:
        """Sends a line and gives the reply."""
        response = self.turn(text)
        response.raise_for_status()
        return dict(response.json()["reply"])

    def press(
        self, message: int | None, action: str, client_id: str | None = None, **fields: str
    ) -> httpx.Response:
        press = {"message": message, "action": action, "fields": fields}
        return self.http.post("/api/turn", json={"id": client_id or self.new_id(), "press": press})

    def messages(self, **query: int) -> dict[str, Any]:
        return dict(self.http.get("/api/messages", params=query).raise_for_status().json())

    @contextmanager
    def events(
        self, after: int = 0, last: int | None = None
    ) -> Iterator[Iterator[tuple[int, dict[str, Any]]]]:
        """The event stream: pairs of the event's id and its message."""
        headers = {} if last is None else {"last-event-id": str(last)}
        with self.http.stream("GET", "/api/events", params={"after": after}, headers=headers) as response:
            response.raise_for_status()
            yield _events(response)

    @staticmethod
    def new_id() -> str:
        return f"client-{next(_ids):08}"


def _events(response: httpx.Response) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    deadline = time.monotonic() + 20
    for line in response.iter_lines():
        assert time.monotonic() < deadline, "the event did not come"
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            yield number, json.loads(line[6:])
