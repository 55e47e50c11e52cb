"""The real thing: worker, web chat, schedule, signals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.encoder.static import StaticEncoder
from tests.bot.cli.test_commands import ROOT, recap

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, bundled_encoder: StaticEncoder) -> Path:
    """A data folder after `recap index` with the bundled encoder."""
    folder = tmp_path_factory.mktemp("data")
    done = recap("index", "--json", data=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["embedded"] > 0
    return folder


class Running:
    """A `recap run` of its own process group."""

    def __init__(self, data: Path, **settings: str) -> None:
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"],
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": str(ROOT),
                "HOME": str(data),
                "RECAP_DATA_PATH": str(data),
                "RECAP_WEB__PORT": "0",
                **settings,
            },
            cwd=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.ready_after = time.monotonic() - began

    @property
    def url(self) -> str:
        return self.line.split()[-1]

    def end(self, number: signal.Signals, times: int = 1) -> tuple[str, str]:
        for _ in range(times):
            os.killpg(self.process.pid, number)
        out, err = self.process.communicate(timeout=20)
        return out, err

    def group(self) -> list[int]:
        """Processes of the group that are still there."""
        found = subprocess.run(
            ["pgrep", "-g", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line) for line in found.stdout.split()]


@pytest.fixture
def running(data: Path) -> Iterator[Running]:
    running = Running(data)
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGKILL)


@pytest.mark.parametrize(("number", "times"), [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 1)])
def test_it_says_one_line_when_ready_and_ends_clean(
    running: Running, number: signal.Signals, times: int
) -> None:
    assert running.line.startswith("Recap is ready: http://127.0.0.1:")
    with urllib.request.urlopen(running.url, timeout=5) as page:  # noqa: S310
        assert page.status == 200
    out, err = running.end(number, times)
    assert (running.process.returncode, out, err) == (0, "", "")
    assert running.group() == []


def test_a_pipe_chats_with_the_real_models(data: Path) -> None:
    lines = "/try tokenize Transformers are everywhere\n/try similarity a cat | a kitten\n/quit\n"
    done = recap("chat", data=data, given=lines)
    assert done.returncode == 0, done.stderr
    assert "transformers" in done.stdout
    assert "0." in done.stdout


def test_try_gives_json(data: Path) -> None:
    done = recap("try", "tokenize", "Hello there", "--model", "minilm", "--json", data=data)
    assert json.loads(done.stdout)["output"]["tokens"][1:3] == ["hello", "there"]


def test_ask_makes_the_index_of_a_newly_set_encoder_and_waits_for_it_unless_told_to_be_fast(
    data: Path, tmp_path: Path
) -> None:
    shutil.copytree(data, tmp_path / "data")
    data, settings = tmp_path / "data", {"RETRIEVAL__ENCODER": "minilm"}
    for options, dense in (((), True), (("--fast",), False)):
        told = recap("ask", "--json", *options, "What is a tokenizer?", data=data, **settings)
        assert json.loads(told.stdout)["dense"] is dense, told.stderr


def test_the_doctor_finds_a_healthy_installation(data: Path) -> None:
    done = recap("doctor", "--json", data=data)
    found = {one["check"]: one["state"] for one in json.loads(done.stdout)}
    assert done.returncode == 0
    checked = ("worker", "index", "encoder", "partner", "database")
    assert {found[name] for name in checked} == {"ok"}


def test_the_doctor_finds_what_is_broken(tmp_path: Path) -> None:
    done = recap("doctor", data=tmp_path)
    assert done.returncode == 1
    assert "recap index" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
