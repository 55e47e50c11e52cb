"""A Web API that answers what a test puts down, on a socket and a loop of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

Answer = tuple[int, dict[str, str], dict[str, Any]]
Answers = list[Answer] | Callable[[Mapping[str, str]], Answer]


def fine(**body: Any) -> Answer:
    return 200, {}, {"ok": True, **body}


def refused(error: str) -> Answer:
    return 200, {}, {"ok": False, "error": error}


class Api:
    """Each method has a list of answers, of which the last stays, or a function of its parameters."""

    def __init__(self, **answers: Answers) -> None:
        self.answers: dict[str, Answers] = answers
        self.calls: list[tuple[str, dict[str, str], str]] = []
        """Method, parameters, and the token that it was called with."""
        self.url = ""
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), name="api")

    def called(self, method: str) -> int:
        return sum(name == method for name, _, _ in self.calls)

    def __enter__(self) -> Api:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _live(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        parameters = dict(parse_qsl(await request.text()))
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        with self._lock:
            self.calls.append((method, parameters, bearer))
            answers = self.answers[method.replace(".", "_")]
            if callable(answers):
                status, headers, body = answers(parameters)
            else:
                status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        return web.Response(
            status=status, headers=headers, text=json.dumps(body), content_type="application/json"
        )
