"""How long `/help` takes over HTTP while the worker loads and works, beside a bare route.

    python -m tests.bench.chat_latency [--requests N] [--json]

Starts the whole of Recap (`recap run`) on a folder of its own and a bare Starlette echo route in the
same manner, then asks both in turn: first while the worker loads its model, then while it runs `/try`
after `/try`. Prints p50, p95, p99 and the worst, and the ratio of the medians. Both servers have a
process of their own, so that the bare route pays for the busy machine as the chat does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

BAR = 0.100
"""Seconds within which `/help` must answer."""
ECHO = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def echo(request):
    return JSONResponse(await request.json())

from bot.platforms.web.server import bind, url_of

listener = bind("127.0.0.1", 0)
print(url_of(listener), flush=True)
app = Starlette(routes=[Route("/echo", echo, methods=["POST"])])
uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run([listener])
"""


@contextmanager
def server(*arguments: str, **environment: str) -> Iterator[str]:
    """A process that prints its address."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    assert process.stdout is not None
    try:
        address = next(found[0] for line in process.stdout if (found := re.search(r"http://\S+\d", line)))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield address
    finally:
        process.terminate()
        process.wait(30)


class Chat:
    """A person at the page."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, headers={"origin": address}, timeout=120, trust_env=False)
        self.http.get("/").raise_for_status()

    def say(self, text: str) -> None:
        self.http.post("/api/turn", json={"id": str(uuid.uuid4()), "text": text}).raise_for_status()

    @property
    def ready(self) -> bool:
        return bool(self.http.get("/healthz").json()["status"] == "ready")


def measure(ask: Callable[[], object], echo: Callable[[], object], going: Callable[[int], bool]) -> Times:
    """Alternates both while `going(count)`; seconds each took."""
    asked: list[float] = []
    echoed: list[float] = []
    while going(len(asked)):
        for times, call in ((asked, ask), (echoed, echo)):
            started = time.perf_counter()
            call()
            times.append(time.perf_counter() - started)
    return asked, echoed


Times = tuple[list[float], list[float]]


def percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def row(times: list[float]) -> dict[str, float]:
    """Milliseconds."""
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {"n": len(times), **{name: round(percentile(times, at) * 1000, 2) for name, at in shares.items()}}


def run(requests: int) -> dict[str, dict[str, dict[str, float]]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"RECAP_DATA_PATH": folder, "RECAP_WEB__PORT": "0"}
        # The first start indexes the sample course; the measured one finds it.
        subprocess.run(
            [sys.executable, "-m", "bot.cli", "index"],
            env={**os.environ, **settings},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with server("-c", ECHO) as bare, server("-m", "bot.cli", "run", **settings) as address:
            chat, client = Chat(address), httpx.Client(base_url=bare, timeout=120, trust_env=False)

            def echo() -> object:
                return client.post("/echo", json={"text": "/help"})

            def ask() -> None:
                chat.say("/help")

            loading = measure(ask, echo, lambda count: count == 0 or not chat.ready)
            busy = threading.Event()
            busy.set()
            worker = threading.Thread(target=keep_busy, args=(Chat(address), busy))
            worker.start()
            working = measure(ask, echo, lambda count: count < requests)
            busy.clear()
            worker.join()
            idle = measure(ask, echo, lambda count: count < requests)
    phases = {"loading": loading, "working": working, "idle": idle}
    return {name: {"help": row(asked), "echo": row(echoed)} for name, (asked, echoed) in phases.items()}


def keep_busy(chat: Chat, busy: threading.Event) -> None:
    """Keeps a `/try` in the worker all the time."""
    text = "The tokenizer splits rare words into pieces. " * 60
    while busy.is_set():
        chat.say(f"/try embed {text}")
        time.sleep(0.2)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = run(arguments.requests)
    if arguments.json:
        print(json.dumps(found))
    else:
        print(f"{'':10}{'':8}{'n':>6}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}  milliseconds")
        for phase, rows in found.items():
            for name, times in rows.items():
                print(
                    f"{phase:10}{name:8}{times['n']:>6.0f}"
                    + "".join(f"{times[one]:>9.1f}" for one in ("p50", "p95", "p99", "max"))
                )
            print(f"{'':10}ratio of the medians: {rows['help']['p50'] / rows['echo']['p50']:.1f}")
    worst = max(rows["help"]["p99"] for rows in found.values())
    return 0 if worst <= BAR * 1000 else 1


if __name__ == "__main__":
    sys.exit(main())
