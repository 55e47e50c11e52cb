"""The outbox under crashes at any point: nothing is lost, nothing is shown twice, nothing goes backwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from jobs.outbox import LEASE, Delivery, Outbox, back_off
from jobs.tables import OutboundRow
from knowledge.store import Base, Database
from tests.doubles.clock import FrozenClock

ROOT = Path(__file__).parents[2]


class Platform:
    """A chat platform: knows a message's key (its nonce), shows the last edit."""

    def __init__(self) -> None:
        self.messages: dict[str, int] = {}
        """Posted messages by key, with how often each is shown."""
        self.edits: dict[str, list[tuple[str, int]]] = {}
        """What each edited message showed, one after the other: (key, number)."""

    def send(self, delivery: Delivery) -> None:
        if delivery.edit_ref is None:
            self.messages.setdefault(delivery.key, 1)
        else:
            shown = self.edits.setdefault(delivery.edit_ref, [])
            shown.append((delivery.key, delivery.payload["number"]))


class OutboxMachine(RuleBasedStateMachine):
    """Two processes share an outbox; each may crash wherever it stands."""

    jobs = Bundle("jobs")
    claims = Bundle("claims")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{self.folder.name}/outbox.db")
        Base.metadata.create_all(self.database.engine)
        self.clock = FrozenClock()
        self.processes = [Outbox(self.database, self.clock, name) for name in ("one", "two")]
        self.platform = Platform()
        self.queued: set[str] = set()
        self.finished: set[int] = set()
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.drain_everything()
            assert set(self.platform.messages) == {key for key in self.queued if key.startswith("m:")}
            for job in self.finished:
                assert self.platform.edits[f"r{job}"][-1][0] == f"job:{job}:result"
            self.database.dispose()
            self.folder.cleanup()

    def put(self, key: str, edit_ref: str | None = None, latest: bool = False) -> None:
        self.number += 1
        outbox = self.processes[0]
        with self.database.session() as session:
            (outbox.put_latest if latest else outbox.put)(
                session,
                key=key,
                platform="web",
                place="page",
                kind="job",
                payload={"number": self.number},
                edit_ref=edit_ref,
            )
        self.queued.add(key)

    @rule(name=st.integers(0, 9))
    def queue_a_message(self, name: int) -> None:
        self.put(f"m:{name}")

    @rule(target=jobs)
    def begin_a_job(self) -> int:
        self.number += 1
        return self.number

    @rule(job=jobs)
    def tell_progress(self, job: int) -> None:
        self.put(f"job:{job}:progress", f"r{job}", latest=True)

    @rule(job=jobs)
    def finish_a_job(self, job: int) -> None:
        self.put(f"job:{job}:result", f"r{job}")
        self.finished.add(job)

    @rule()
    def crash_before_the_commit(self) -> None:
        with pytest.raises(RuntimeError), self.database.session() as session:
            self.processes[0].put(session, key="m:lost", platform="web", place="p", kind="job", payload={})
            raise RuntimeError

    @rule(target=claims, process=st.integers(0, 1), limit=st.integers(1, 4))
    def claim(self, process: int, limit: int) -> tuple[int, list[Delivery]]:
        """What is never used of this is a process that crashed before sending."""
        return process, self.processes[process].claim("web", limit)

    @rule(claim=claims, confirm=st.booleans())
    def send(self, claim: tuple[int, list[Delivery]], confirm: bool) -> None:
        """Without the confirmation: a process that crashed after sending."""
        process, deliveries = claim
        while deliveries:
            delivery = deliveries.pop()
            if self.holds(delivery, process):
                self.platform.send(delivery)
                if confirm:
                    self.processes[process].sent(delivery.id, "ref")

    @rule(claim=claims)
    def fail(self, claim: tuple[int, list[Delivery]]) -> None:
        process, deliveries = claim
        while deliveries:
            self.processes[process].failed(deliveries.pop().id, "unreachable", timedelta(0))

    @rule(seconds=st.sampled_from([1, 5, 31, 120]))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(timedelta(seconds=seconds))

    @invariant()
    def no_message_is_shown_twice(self) -> None:
        if hasattr(self, "platform"):
            assert all(times == 1 for times in self.platform.messages.values())

    @invariant()
    def what_a_message_shows_never_goes_backwards(self) -> None:
        if hasattr(self, "platform"):
            for shown in self.platform.edits.values():
                keys = [key for key, _ in shown]
                if any(key.endswith("result") for key in keys):
                    first = next(n for n, key in enumerate(keys) if key.endswith("result"))
                    assert all(key.endswith("result") for key in keys[first:])
                numbers = [number for _, number in shown]
                assert numbers == sorted(numbers)

    def holds(self, delivery: Delivery, process: int) -> bool:
        """Whether the claim still stands: a process that sleeps past its lease is as good as dead."""
        with self.database.session() as session:
            row = session.get_one(OutboundRow, delivery.id)
            return (
                row.state == "sending"
                and row.attempts == delivery.attempts
                and row.owner == ("one", "two")[process]
                and row.claimed_until is not None
                and row.claimed_until > self.clock.now()
            )

    def drain_everything(self) -> None:
        for _ in range(200):
            deliveries = self.processes[1].claim("web", 20)
            for delivery in deliveries:
                self.platform.send(delivery)
                self.processes[1].sent(delivery.id, "ref")
            if not deliveries:
                if self.processes[1].next_due("web") is None:
                    return
                self.clock.move(LEASE + back_off(6))
        raise AssertionError("messages are left")


OutboxMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestOutboxMachine = OutboxMachine.TestCase

SENDER = """
import sys, time
from jobs.outbox import Outbox
from knowledge.clock import SystemClock
from knowledge.store import Database
from datetime import timedelta

url, owner, log, pause = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
outbox = Outbox(Database(url), SystemClock(), owner, lease=timedelta(seconds=1.0))
print("up", flush=True)
idle = 0
while idle < 25:
    deliveries = outbox.claim("web", limit=2)
    idle = 0 if deliveries else idle + 1
    for delivery in deliveries:
        with open(log, "a") as file:
            file.write(f"{delivery.key} {delivery.attempts}\\n")
        time.sleep(pause)
        outbox.sent(delivery.id, None)
    time.sleep(0.05)
"""


def _sender(url: str, owner: str, log: Path, pause: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, url, owner, str(log), str(pause)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "up"
    return process


def test_a_process_that_is_killed_loses_no_message(
    database: Database, database_url: str, clock: FrozenClock, tmp_path: Path
) -> None:
    outbox = Outbox(database, clock, "queue")
    wanted = {f"m:{number}" for number in range(20)}
    with database.session() as session:
        for key in sorted(wanted):
            outbox.put(session, key=key, platform="web", place="p", kind="job", payload={})
    log = tmp_path / "sent.txt"
    doomed = _sender(database_url, "doomed", log, 0.05)
    other = _sender(database_url, "other", log, 0.0)
    while not (log.exists() and log.read_text("utf-8").count("\n") >= 6):
        assert doomed.poll() is None
    os.kill(doomed.pid, signal.SIGKILL)
    doomed.communicate(timeout=30)
    other.communicate(timeout=60)
    sent = [line.split() for line in log.read_text("utf-8").splitlines()]
    keys = [key for key, _ in sent]
    assert set(keys) == wanted
    # What the killed process had sent but not confirmed is sent once more, under the same key.
    assert len(keys) - len(wanted) <= 1
    assert outbox.next_due("web") is None
