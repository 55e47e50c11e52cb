"""A driver on node as a process, and what it tells."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest


def modules(request: pytest.FixtureRequest, name: str, library: str) -> Path:
    """A folder with a library in it; filled once, kept in pytest's cache. Skips where that can't be done."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("node and npm are not here")
    cache = request.config.cache
    assert cache is not None
    folder = Path(cache.mkdir(name))
    if not (folder / "node_modules" / library.rpartition("@")[0]).is_dir():
        (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
        install = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", library]
        try:
            subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            pytest.skip(f"{library} could not be had from the registry: {error}")
    return folder


class Node:
    """What it told, a line of JSON each, is in `told`."""

    def __init__(self, driver: Path, arguments: Sequence[str]) -> None:
        self.told: list[tuple[str, Any]] = []
        self._news = threading.Condition()
        self._process = subprocess.Popen(
            ["node", str(driver), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={key: value for key, value in os.environ.items() if "proxy" not in key.lower()},
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            with self._news:
                self.told.append((told["event"], told.get("about")))
                self._news.notify_all()

    def heard(self, event: str, about: Any = None, count: int = 1, timeout: float = 30) -> Any:
        """Waits until it told of that so often, and gives what it said last."""

        def there() -> list[Any]:
            found = [what for each, what in self.told if each == event and about in (None, what)]
            return found if len(found) >= count else []

        with self._news:
            assert self._news.wait_for(there, timeout), f"no {event} ({about}) among {self.told}"
            return there()[-1]

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            assert self._process.wait(20) == 0
        finally:
            self._process.kill()
            self._reader.join(10)
            assert self._process.stdout is not None
            self._process.stdout.close()
        assert [what for event, what in self.told if event == "error"] == []
