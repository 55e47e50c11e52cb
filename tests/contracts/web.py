"""The web chat: its server on a real socket, a page without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.platforms.web import WebOptions
from tests.bot.platforms.web.client import Page
from tests.contracts.messenger import ZONE, Can, Messenger, Shown, Source
from tests.contracts.told import Text
from tests.doubles.web_server import WebServer


class WebMessenger(Messenger):
    """Sends with requests; sees what the event stream brings, which must be what a reload shows."""

    name = "web"
    can = frozenset[Can](["complete", "later", "long", "open", "pictures", "repeat", "stale"])

    _page: Page | None = None
    _port = 0

    def connect(self) -> None:
        app = self.world.app
        self._server = WebServer(
            self.world.core, app.database, app.outbox, app.clock, WebOptions(port=self._port, course="Test")
        )
        self._server.__enter__()
        if self._page is None:
            # Like a browser, the page outlives the server, which comes back at its address.
            self._port = urlsplit(self._server.url).port or 0
            self._page = Page(self._server.url, self.locale)
            self._page.http.headers["x-recap-zone"] = ZONE
            self._page.__enter__()
            self._change = 0
            self._messages: dict[int, dict[str, Any]] = {}
            self._refused: list[tuple[int, Shown]] = []

    def disconnect(self) -> None:
        self._server.stop()

    def close(self) -> None:
        super().close()
        self.page.http.close()

    @property
    def page(self) -> Page:
        assert self._page is not None
        return self._page

    def _say(self, text: str, shared: bool, twice: bool) -> None:
        client_id = self.page.new_id()
        for _ in range(2 if twice else 1):
            self._take(self.page.turn(text, client_id))

    def _press(self, shown: Shown, label: str, form: Mapping[str, str], twice: bool) -> None:
        message = shown.handle
        (action, *_) = (one for one in message["actions"] if one["label"] == label)
        fields = {one["name"]: form.get(one["label"], one["value"]) for one in action["fields"]}
        client_id = self.page.new_id()
        for _ in range(2 if twice else 1):
            self._take(self.page.press(message["id"], action["id"], client_id, **fields))

    def _take(self, response: httpx.Response) -> None:
        if response.is_error:
            # The page shows the sentence at the line that could not be sent.
            self._refused.append((len(self._own()), Shown(response.json()["error"])))

    def _shown(self) -> list[Shown]:
        history = self.page.messages()
        newest = max((message["change"] for message in history["messages"]), default=0)
        if newest > self._change:
            with self.page.events(after=self._change) as events:
                for number, message in events:
                    self._messages[message["id"]] = message
                    self._change = number
                    if number >= newest:
                        break
        known = [self._messages[number] for number in sorted(self._messages)]
        assert known[-len(history["messages"]) :] == history["messages"], "a reload shows something else"
        shown = self._own()
        for place, refusal in reversed(self._refused):
            shown.insert(place, refusal)
        return shown

    def _own(self) -> list[Shown]:
        ordered = (self._messages[number] for number in sorted(self._messages))
        return [self._read(message) for message in ordered if message["author"] == "recap"]

    def _read(self, message: dict[str, Any]) -> Shown:
        files = {one["name"]: self.page.http.get(one["address"]).content for one in message["files"]}
        return replace(_shown(message), files=files)

    def complete(self, line: str) -> list[str]:
        found = self.page.http.get("/api/complete", params={"line": line}).json()["suggestions"]
        return [suggestion["label"] for suggestion in found]

    def open(self, source: Source) -> list[str]:
        query: dict[str, str | int] = {"note": source.note, "start": source.start, "end": source.end}
        view = self.page.http.get("/api/passage", params=query).raise_for_status().json()
        first = view["start"] - view["first_line"]
        return list(view["lines"][first : first + view["end"] - view["start"] + 1])


def _shown(message: dict[str, Any]) -> Shown:
    table = message["table"]
    rows = [table["header"], *table["rows"]] if table else []
    image = message["image"]
    return Shown(
        text="\n".join((str(Text(message["html"])), *("\t".join(row) for row in rows))),
        sources=tuple(Source(one["note"], one["start"], one["end"]) for one in message["citations"]),
        buttons=tuple(one["label"] for one in message["actions"] if one["state"] == "ready"),
        offered=tuple(one["label"] for one in message["actions"]),
        picture=image["alt"] if image else None,
        handle=message,
    )
