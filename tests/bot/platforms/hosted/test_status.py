"""What the running Recap leaves for the doctor."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bot.platforms.hosted import status
from bot.platforms.hosted.status import Status
from jobs.owner import process_owner
from tests.doubles.clock import FrozenClock


def test_another_process_reads_what_was_written(tmp_path: Path, clock: FrozenClock) -> None:
    told = Status("waiting", clock.now(), "Recap#1", "Study", "unreachable", "HTTP 503", ("intent",))
    owner = process_owner()
    status.write(tmp_path / "elsewhere.json", told, owner)
    assert status.read(tmp_path / "elsewhere.json", owner) == told


def test_a_process_that_is_gone_or_ended_in_order_says_nothing(tmp_path: Path, clock: FrozenClock) -> None:
    file = tmp_path / "elsewhere.json"
    code = "from jobs.owner import process_owner; print(process_owner())"
    gone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status.write(file, Status("online", clock.now()), gone.stdout.strip())
    assert status.read(file, process_owner()) is None
    status.write(file, Status("stopped", clock.now()), process_owner())
    assert status.read(file, process_owner()) is None


def test_what_can_not_be_read_or_written_is_no_harm(tmp_path: Path, clock: FrozenClock) -> None:
    file = tmp_path / "elsewhere.json"
    assert status.read(file, process_owner()) is None
    for content in ("", "{}", "[]", "null", json.dumps({"owner": "x", "since": "never", "state": "online"})):
        file.write_text(content)
        assert status.read(file, process_owner()) is None
    status.write(tmp_path / "nowhere" / "elsewhere.json", Status("online", clock.now()), "me")
