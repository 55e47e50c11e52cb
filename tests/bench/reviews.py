"""How soon the review loop finds, claims and plans, at up to four million rungs, beside one job per rung.

    python -m tests.bench.reviews [--learners N,N] [--database sqlite,postgresql] [--rounds N] [--quick]

Learners have ten topics of four rungs each; what came due in the last hour waits. In a process of its own:

- *claim*: the longest overdue learner is found and locked, committed;
- *ask*: the same, and their reviews are asked: cards chosen, attempts and messages written, committed;
- *next*: when something will be due;
- *study*: from "studied" to four rungs committed;
- *again*: the same for a note that was studied before, whose old rungs are dropped.

Memory is what the process holds before the first and after the last of them. Beside it, up to `--peer` rungs:
one APScheduler job per rung in its SQLAlchemy store, with as many due. Milliseconds: the median, and the 10th
and 95th percentile; where other work shares the machine, the 10th is nearest to what it takes by itself.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from jobs.review import turns
from knowledge.library import Library
from knowledge.store import Database
from tests.bench import crowded, reviews_peer
from tests.bench.chat_latency import percentile

BAR = {"claim": 10.0, "study": 5.0}
"""Milliseconds, by the median."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--learners", default="10000,100000", help="comma-separated")
    parser.add_argument("--database", default="sqlite,postgresql", help="comma-separated")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--peer", type=int, default=400_000, help="rungs")
    parser.add_argument("--quick", action="store_true", help="1,000 and 10,000 learners")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("URL", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        url, folder = options.measure
        print(json.dumps(measured(url, Path(folder), options.rounds)))
        return
    sizes = "1000,10000" if options.quick else options.learners
    for kind in options.database.split(","):
        for learners in sizes.split(","):
            one = bench(kind, int(learners), options.rounds, options.peer)
            print(json.dumps(one) if options.json else shown(one), flush=True)


def bench(kind: str, learners: int, rounds: int, peer: int) -> dict[str, Any]:
    """Fills a database and measures on it, in a process that holds nothing else."""
    with tempfile.TemporaryDirectory() as name, crowded.opened(kind, Path(name)) as url:
        folder = Path(name)
        crowded.shelve(folder)
        database = Database(url)
        due = crowded.fill(database, learners)
        database.dispose()
        told: dict[str, Any] = {
            "database": kind,
            "rungs": learners * 40,
            "due": due,
        }
        command = [sys.executable, "-m", "tests.bench.reviews", "--rounds", str(rounds)]
        done = subprocess.run(
            [*command, "--measure", url, name], stdout=subprocess.PIPE, text=True, check=True
        )
        told |= json.loads(done.stdout)
    if told["rungs"] <= peer:
        with tempfile.TemporaryDirectory() as name, crowded.opened(kind, Path(name)) as url:
            told["peer"] = reviews_peer.measured(url, told["rungs"], due)
    return told


def measured(url: str, folder: Path, rounds: int) -> dict[str, Any]:
    """What each takes, in milliseconds, and the memory held before and after, in MB."""
    database = Database(url)
    reviews, delivery, _ = crowded.loop(database, Library(folder / "index"))
    after: turns.Turn | None = None

    def claim() -> None:
        nonlocal after
        with database.session() as session:
            after = turns.claim(session, [crowded.COURSE], crowded.NOW, after)
        assert after is not None, "fewer learners are due than rounds were asked for"

    learner = iter(range(1, 10**9))

    def study(note: str = crowded.FRESH) -> None:
        studied = reviews.study(next(learner), note)
        assert len(studied.due) == 4
        assert studied.restarted == (note == crowded.STUDIED)

    def again() -> None:
        study(crowded.STUDIED)

    def ask() -> None:
        assert delivery.run(1) > 0

    for warm in (claim, study, again, ask, delivery.next_due):
        warm()
    before = resident()
    few = max(rounds // 2, 1)
    times = {
        "claim": timed(claim, few),
        "ask": timed(ask, few),
        "next": timed(delivery.next_due, rounds),
        "study": timed(study, rounds),
        "again": timed(again, rounds),
    }
    database.dispose()
    return {**times, "memory_mb": [before, resident()]}


def timed(act: Callable[[], object], rounds: int) -> dict[str, float]:
    """Percentiles of so many calls, in milliseconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return {"p10": percentile(times, 0.1), "median": median(times), "p95": percentile(times, 0.95)}


def resident() -> float:
    """What this process holds in memory, in MB."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the system doesn't tell what a process holds")


def shown(one: dict[str, Any]) -> str:
    """One line."""
    parts = [f"{one['database']:<10} {one['rungs']:>9,} rungs, {one['due']:>6,} due:"]
    for name in ("claim", "ask", "next", "study", "again"):
        over = " OVER THE BAR" if one[name]["median"] > BAR.get(name, float("inf")) else ""
        parts.append(
            f"{name} {one[name]['median']:.2f} ({one[name]['p10']:.2f} to {one[name]['p95']:.2f}){over};"
        )
    before, after = one["memory_mb"]
    line = " ".join([*parts, f"memory {before:.0f} -> {after:.0f} MB"])
    if peer := one.get("peer"):
        line += (
            f"\n  one job per rung: first in hand {peer['first']:.1f} "
            f"({peer['first'] / one['claim']['median']:.0f} times as long), "
            f"each taken {peer['taken']:.2f} ({peer['taken'] / one['claim']['median']:.1f}), "
            f"study {peer['study']:.2f} ({peer['study'] / one['study']['median']:.1f})"
        )
    return line


if __name__ == "__main__":
    main()
