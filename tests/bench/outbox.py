"""How many messages a second go through the outbox, with the platform's limit off and on.

    python -m tests.bench.outbox [--messages N] [--database sqlite,postgresql] [--quick] [--json]

For 1,000 learners, each in a place of their own; claimed, sent and marked by the drain itself:

- *loopback*: a messenger in this process that keeps a record of what it was sent; nothing else takes time;
- *web*: the web chat's conversations, written to the same database (a tenth of the messages);
- *limited*: the messenger allows so many a second, as Discord does in all, and there are as many lanes;
- *discord*: the unmodified client against the loopback Discord in the same process (a twentieth of the
  messages); beside it *bare*, the client alone, which keeps no record. With the limit off, and on.

The records are checked: everything came once, and in each place in order.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from bot.core.drain import Drain
from bot.core.reply import Reply
from bot.platforms.discord.assembly import LANES
from bot.platforms.web.history import History
from jobs.outbox import Delivery, Outbox
from jobs.tables import OutboundRow
from knowledge.clock import SystemClock
from knowledge.store import Database
from tests.bench import crowded, outbox_discord
from tests.doubles.discord.limits import GLOBAL_PER_SECOND

PLACES = 1000
BAR = 500
"""Messages a second, on the loopback messenger with its limit off."""
USED = 0.95
"""The share of what a platform allows that must be used."""


@dataclass
class Loopback:
    """A messenger whose record is the judge; with a rate it makes each caller wait for its turn."""

    rate: float | None = None
    record: list[tuple[str, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _next: float = 0.0

    def send(self, delivery: Delivery, reply: Reply) -> str:
        with self._lock:
            now = time.monotonic()
            if self.rate is not None:
                turn = max(self._next, now)
                self._next = turn + 1 / self.rate
                time.sleep(max(turn - now, 0.0))
            self.record.append((delivery.place, reply.text))
            return str(len(self.record))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--database", default="sqlite,postgresql", help="comma-separated")
    parser.add_argument("--quick", action="store_true", help="1,000 messages")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    count = 1000 if options.quick else options.messages
    for kind in options.database.split(","):
        for one in bench(kind, count):
            print(json.dumps(one) if options.json else shown(one), flush=True)


def bench(kind: str, count: int) -> Iterator[dict[str, Any]]:
    """Each way of sending, on an empty database each."""
    yield through(kind, "loopback", count)
    yield through(kind, "web", count // 10)
    yield through(kind, "limited", count // 10, GLOBAL_PER_SECOND)
    for limited in (False, True):
        with tempfile.TemporaryDirectory() as folder, crowded.opened(kind, Path(folder)) as url:
            ours, bare = outbox_discord.rates(url, count // 20, limited)
        yield {
            "database": kind,
            "way": "discord",
            "messages": count // 20,
            "per_second": ours,
            "bare_per_second": bare,
            "allowed": GLOBAL_PER_SECOND if limited else None,
        }


def through(kind: str, way: str, count: int, rate: int | None = None) -> dict[str, Any]:
    """Messages through the outbox to something in this process."""
    loopback = Loopback(rate)
    with tempfile.TemporaryDirectory() as folder, crowded.opened(kind, Path(folder)) as url:
        database = Database(url)
        queue(database, count)
        send = web(database) if way == "web" else loopback.send
        began, cpu = time.perf_counter(), time.process_time()
        drained(database, send, lanes=LANES if rate else 1)
        seconds, spent = time.perf_counter() - began, time.process_time() - cpu
        database.dispose()
    check(loopback.record)
    assert len(loopback.record) == (0 if way == "web" else count)
    return {
        "database": kind,
        "way": way,
        "messages": count,
        "per_second": count / seconds,
        "cpu_ms": spent / count * 1000,
        "allowed": rate,
    }


def web(database: Database) -> Callable[[Delivery, Reply], str]:
    """What the web chat does with a message, but for waking whoever reads it."""
    history = History(database, SystemClock())
    return lambda delivery, reply: str(history.add(delivery.place, delivery.key, reply))


def queue(database: Database, count: int) -> None:
    """Messages in bulk, by turns for each place."""
    now = SystemClock().now()
    common = {"platform": "loopback", "kind": "job", "state": "waiting", "attempts": 0, "renewed": False}
    rows = [
        {
            "key": f"bench:{number}",
            "place": f"page{number % PLACES}",
            "payload": {"number": number},
            "due_at": now,
            "created_at": now,
            **common,
        }
        for number in range(count)
    ]
    with database.session() as session:
        session.execute(insert(OutboundRow), rows)


def drained(database: Database, send: Callable[[Delivery, Reply], str], lanes: int) -> None:
    """Runs the drain until everything is marked as sent."""
    outbox = Outbox(database, SystemClock(), "bench")
    present = lambda delivery: Reply(f"{delivery.payload['number']:06}")  # noqa: E731
    drain = Drain(outbox, "loopback", send, present, lanes=lanes)
    left = select(func.count()).where(OutboundRow.state != "sent")
    drain.start()
    try:
        while outbox.next_due("loopback") is not None:
            time.sleep(0.05)
    finally:
        drain.stop()
    with database.session() as session:
        assert session.scalar(left) == 0, "not everything went out"


def check(record: list[tuple[str, str]]) -> None:
    """Everything came once, and in each place in the order in which it was queued."""
    assert len(set(record)) == len(record), "something came twice"
    last: dict[str, str] = {}
    for place, text in record:
        assert last.get(place, "") < text, f"{text} came too late in {place}"
        last[place] = text


def shown(one: dict[str, Any]) -> str:
    """One line."""
    line = f"{one['database']:<10} {one['way']:<8} {one['messages']:>6,} messages: {one['per_second']:.1f}/s"
    if "cpu_ms" in one:
        line += f", {one['cpu_ms']:.2f} ms of processor time each"
    if one.get("bare_per_second"):
        line += f", bare client {one['bare_per_second']:.1f}/s"
    if one["allowed"]:
        used = one["per_second"] / one["allowed"]
        line += f", {used:.1%} of what is allowed{'' if used >= USED else ' UNDER THE BAR'}"
    elif one["way"] == "loopback" and one["per_second"] < BAR:
        line += " UNDER THE BAR"
    return line


if __name__ == "__main__":
    main()
