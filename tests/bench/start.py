"""How long `recap run` takes until it can take a command, beside a bare web server.

    python -m tests.bench.start [--rounds N]

Both are started in turn as processes of their own, on a warm disk and an index that is there already.
A round's time runs from the start of the process until its first answer: `/help` of Recap, an echo of
bare Starlette.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import httpx

from tests.bench.chat_latency import ECHO, Chat, server


def once(arguments: tuple[str, ...], first: Callable[[str], object], **environment: str) -> float:
    """Seconds from the start of a process to its first answer."""
    started = time.perf_counter()
    with server(*arguments, **environment) as address:
        first(address)
        return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        settings = {"RECAP_DATA_PATH": folder, "RECAP_WEB__PORT": "0"}
        command = [sys.executable, "-m", "bot.cli", "index"]
        subprocess.run(command, env={**os.environ, **settings}, check=True, stdout=subprocess.DEVNULL)
        recap: list[float] = []
        bare: list[float] = []
        for _ in range(rounds):
            recap.append(once(("-m", "bot.cli", "run"), lambda at: Chat(at).say("/help"), **settings))
            bare.append(
                once(("-c", ECHO), lambda at: httpx.post(f"{at}/echo", json={}, trust_env=False, timeout=60))
            )
    for name, times in (("recap", recap), ("bare", bare)):
        median = statistics.median(times)
        print(f"{name:6} min {min(times):.2f} s, median {median:.2f} s, max {max(times):.2f} s")
    print(f"ratio of the medians: {statistics.median(recap) / statistics.median(bare):.1f}")


if __name__ == "__main__":
    main()
