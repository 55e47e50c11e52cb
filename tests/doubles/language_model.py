"""An OpenAI-compatible endpoint on a real loopback socket, whose answers are scripted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

MODEL = "scripted"


@dataclass(frozen=True, slots=True)
class Said:
    """One HTTP answer."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    slowly: bool = False
    """Byte after byte, for as long as the server runs."""


def completion(text: str) -> Said:
    """A chat completion that says a text."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return Said(json.dumps({"id": "c", "object": "chat.completion", "choices": [choice]}).encode())


def questions(*asked: Mapping[str, Any]) -> Said:
    """A chat completion with questions as they are asked for."""
    return completion(json.dumps({"questions": list(asked)}, ensure_ascii=False))


Script = Callable[[dict[str, Any]], Said]


class LanguageModelServer:
    """Answers each request with `script(body)`; knows what it was asked.

    `sections`: the heading and text of what it was asked about, in order; `headers` of each request.
    """

    def __init__(self, script: Script) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(script))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="llm")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def sections(self) -> list[dict[str, str]]:
        return [json.loads(one["messages"][1]["content"]) for one in self.requests]

    def __enter__(self) -> LanguageModelServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.ended.set()
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def _handler(self, script: Script) -> type[BaseHTTPRequestHandler]:
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                double.headers.append(dict(self.headers))
                found = self.path == "/v1/models"
                listed = {"object": "list", "data": [{"id": MODEL, "object": "model"}]}
                self._give(Said(json.dumps(listed).encode()) if found else Said(status=404))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                double.headers.append(dict(self.headers))
                double.requests.append(body)
                self._give(script(body) if self.path == "/v1/chat/completions" else Said(status=404))

            def _give(self, said: Said) -> None:
                try:
                    self.send_response(said.status)
                    for name, value in said.headers.items():
                        self.send_header(name, value)
                    self.send_header("Connection", "close")
                    self.end_headers()
                    while said.slowly and not double.ended.is_set():
                        self.wfile.write(b" ")
                        self.wfile.flush()
                        time.sleep(0.01)
                    self.wfile.write(said.content)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *_: object) -> None:
                """Says nothing: a test looks at `requests`."""

        return Handler
