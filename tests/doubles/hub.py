"""A model hub on the loopback: serves folders as the real one does, or misbehaves in one way."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """Serves `models` (name -> folder) at `url`; `asked` keeps the paths of the requests."""

    def __init__(self, models: Mapping[str, Path], stall: bool = False) -> None:
        """`stall`: weights begin to come and never end."""
        self.asked: list[str] = []
        self._models = models
        self._stall = stall
        self._closing = threading.Event()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub._answer(self, body=True)

            def do_HEAD(self) -> None:
                hub._answer(self, body=False)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> FakeHub:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler, body: bool) -> None:
        path = request.path.partition("?")[0]
        self.asked.append(path)
        for name, folder in self._models.items():
            if path.startswith(f"/api/models/{name}"):
                commit = _commit(path.rpartition("/")[2])
                self._send(request, json.dumps(self._info(name, folder, commit)).encode(), commit, body)
                return
            commit, _, inner = path.removeprefix(f"/{name}/resolve/").partition("/")
            if path.startswith(f"/{name}/resolve/") and (file := folder / inner).is_file():
                stall = self._stall and file.suffix == ".safetensors"
                self._send(request, file.read_bytes(), commit, body, stall)
                return
        request.send_response(404)
        request.send_header("X-Error-Code", "RepoNotFound")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _info(self, name: str, folder: Path, commit: str) -> dict[str, object]:
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        siblings = [
            {"rfilename": file.relative_to(folder).as_posix(), "size": file.stat().st_size} for file in files
        ]
        return {"id": name, "sha": commit, "siblings": siblings}

    def _send(
        self, request: BaseHTTPRequestHandler, content: bytes, commit: str, body: bool, stall: bool = False
    ) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')  # noqa: S324
        request.send_header("X-Repo-Commit", commit)
        request.end_headers()
        if body and stall:
            request.wfile.write(content[:10])
            request.wfile.flush()
            self._closing.wait(30)
        elif body:
            request.wfile.write(content)


def _commit(revision: str) -> str:
    """A commit is itself; any other name is a branch, which points at `COMMIT`."""
    return revision if re.fullmatch("[0-9a-f]{40}", revision) else COMMIT


class BlackHole:
    """Accepts connections and never says a word."""

    def __enter__(self) -> BlackHole:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()


def refused_url() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"
