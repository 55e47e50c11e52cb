"""Jobs: durable, claimed once, retried once, ended with exactly one message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.engine.protocol import Progress
from jobs.errors import EngineTimeout, WorkerDied
from jobs.outbox import Outbox
from jobs.queue import NOBODY, Address, JobQueue
from jobs.tables import JobRow, OutboundRow
from knowledge.errors import ModelUnavailable, NotesError
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.runner import ScriptedRunner

HERE = Address("web", "page", "message-1", None, "en")
Script = Callable[[dict[str, Any], Progress], dict[str, Any]]


class Bench:
    """A queue over a real database, and a look at what it left there."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        self.database = database
        self.clock = clock
        self.outbox = Outbox(database, clock, "me")
        self.queues: list[JobQueue] = []
        self._before = set(threading.enumerate())

    def running(self) -> list[str]:
        """The names of the queues' threads that haven't ended."""
        begun = set(threading.enumerate()) - self._before
        return [thread.name for thread in begun if thread.name.startswith("job-")]

    def queue(
        self,
        runner: ScriptedRunner,
        owner: str = "me",
        threads: int = 2,
        kinds: tuple[str, ...] = ("try",),
    ) -> JobQueue:
        runners = dict.fromkeys(kinds, runner)
        queue = JobQueue(self.database, self.outbox, self.clock, runners, owner, threads=threads, poll=0.05)
        self.queues.append(queue)
        return queue

    def job(self, number: int) -> JobRow:
        with self.database.session() as session:
            return session.get_one(JobRow, number)

    def messages(self, number: int) -> list[OutboundRow]:
        with self.database.session() as session:
            rows = session.scalars(select(OutboundRow).where(OutboundRow.key.startswith(f"job:{number}:")))
            return list(rows)

    def left_behind(self, owner: str, attempts: int = 1) -> int:
        """A job that its owner was running when it died."""
        now = self.clock.now()
        with self.database.session() as session:
            row = JobRow(
                kind="try",
                state="running",
                request={"text": "left"},
                language="en",
                platform="web",
                place="page",
                reply_ref="message-9",
                attempts=attempts,
                owner=owner,
                lease_until=now + timedelta(seconds=15),
                created_at=now,
            )
            session.add(row)
            session.flush()
            return row.id

    def ended(self, number: int, within: float = 10.0) -> JobRow:
        until(lambda: self.job(number).finished_at, within)
        return self.job(number)


def until(look: Callable[[], Any], within: float = 10.0) -> Any:
    """What `look` gives, as soon as it gives something."""
    waiting = threading.Event()
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := look():
            return found
        waiting.wait(0.01)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def bench(database: Database, clock: FrozenClock) -> Iterator[Bench]:
    bench = Bench(database, clock)
    yield bench
    for queue in bench.queues:
        queue.stop()
    assert bench.running() == []


def echo(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    return {"said": request["text"]}


def test_a_job_that_could_not_be_given_back_is_taken_up_when_its_lease_has_run_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
) -> None:
    def dies_once(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        if not failed.is_set():
            raise WorkerDied
        return {}

    def away(*_: object) -> None:
        monkeypatch.undo()
        failed.set()
        raise OSError("the database is away")

    failed = threading.Event()
    queue = bench.queue(ScriptedRunner(dies_once))
    monkeypatch.setattr(queue._leases, "_own", away)
    number = queue.put("try", {"text": "x"}, HERE)
    queue.start()
    assert failed.wait(5)
    until(lambda: not queue._leases.held())
    clock.move(timedelta(seconds=16))
    assert bench.ended(number).state == "done"


def test_a_job_is_run_and_answered_with_exactly_one_message(bench: Bench) -> None:
    runner = ScriptedRunner(echo)
    queue = bench.queue(runner)
    queue.start()
    number = queue.put("try", {"text": "你好"}, HERE)
    row = bench.ended(number)
    assert (row.state, row.result, row.error) == ("done", {"said": "你好"}, None)
    assert runner.stored == [number]
    [message] = bench.messages(number)
    assert message.key == f"job:{number}:result"
    assert message.payload == {"job": number}
    assert (message.kind, message.edit_ref, message.place) == ("job", "message-1", "page")
    assert queue.waiting() == 0


def test_a_job_put_before_the_start_waits_and_is_run(bench: Bench) -> None:
    runner = ScriptedRunner(echo)
    queue = bench.queue(runner)
    number = queue.put("try", {"text": "a"}, HERE)
    assert queue.waiting() == 1
    queue.start()
    assert bench.ended(number).state == "done"


def test_jobs_are_taken_in_the_order_in_which_they_were_put(bench: Bench) -> None:
    runner = ScriptedRunner(echo)
    queue = bench.queue(runner, threads=1)
    numbers = [queue.put("try", {"text": str(index)}, HERE) for index in range(5)]
    queue.start()
    bench.ended(numbers[-1])
    assert [request["text"] for request in runner.runs] == ["0", "1", "2", "3", "4"]


def test_an_expected_failure_is_stored_with_its_key_and_told(bench: Bench) -> None:
    def fail(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        raise ModelUnavailable(model="m", command="recap models pull m")

    queue = bench.queue(ScriptedRunner(fail))
    queue.start()
    number = queue.put("try", {}, HERE)
    row = bench.ended(number)
    assert row.state == "failed"
    assert row.error == {
        "key": "error.model_unavailable",
        "params": {"model": "m", "command": "recap models pull m"},
    }
    assert [message.key for message in bench.messages(number)] == [f"job:{number}:result"]


def test_an_unexpected_failure_is_logged_and_told_without_its_text(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        raise RuntimeError("secret")

    queue = bench.queue(ScriptedRunner(fail))
    queue.start()
    row = bench.ended(queue.put("try", {}, HERE))
    assert row.error == {"key": "error.internal", "params": {}}
    assert "secret" in caplog.text


def test_a_result_that_cannot_be_stored_fails_the_job_clearly(bench: Bench) -> None:
    class Refusing(ScriptedRunner):
        def done(self, session: Session, job: JobRow, result: dict[str, Any]) -> None:
            raise NotesError("error.notes_missing", path="x")

    queue = bench.queue(Refusing(echo))
    queue.start()
    number = queue.put("try", {"text": "a"}, HERE)
    row = bench.ended(number)
    assert (row.state, row.result) == ("failed", None)
    assert row.error == {"key": "error.notes_missing", "params": {"path": "x"}}
    assert len(bench.messages(number)) == 1


def test_when_the_worker_dies_the_job_is_run_once_more(bench: Bench) -> None:
    def die_once(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        if len(runner.runs) == 1:
            raise WorkerDied
        return {"said": "second time"}

    runner = ScriptedRunner(die_once)
    queue = bench.queue(runner)
    queue.start()
    number = queue.put("try", {}, HERE)
    row = bench.ended(number)
    assert (row.state, row.result, row.attempts) == ("done", {"said": "second time"}, 2)
    assert len(bench.messages(number)) == 1


def test_when_the_worker_dies_twice_the_job_fails_with_that(bench: Bench) -> None:
    def die(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        raise WorkerDied

    runner = ScriptedRunner(die)
    queue = bench.queue(runner)
    queue.start()
    row = bench.ended(queue.put("try", {}, HERE))
    assert row.error == {"key": "error.worker_died", "params": {}}
    assert len(runner.runs) == 2


def test_a_timeout_is_not_tried_again(bench: Bench) -> None:
    def late(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        raise EngineTimeout(seconds=5)

    runner = ScriptedRunner(late)
    queue = bench.queue(runner)
    queue.start()
    row = bench.ended(queue.put("try", {}, HERE))
    assert row.error == {"key": "error.engine_timeout", "params": {"seconds": 5}}
    assert len(runner.runs) == 1


def test_progress_is_told_at_most_twice_a_second_but_every_stage(bench: Bench) -> None:
    told: list[dict[str, Any]] = []

    def report(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        def tell(share: float, stage: str) -> None:
            progress(share, stage)
            with bench.database.session() as session:
                told.append(session.scalars(select(OutboundRow.payload)).one())

        tell(0.0, "loading")
        tell(0.1, "loading")  # too soon
        bench.clock.move(timedelta(seconds=0.6))
        tell(0.2, "loading")
        tell(0.3, "running")  # a new stage
        return {}

    queue = bench.queue(ScriptedRunner(report))
    queue.start()
    number = queue.put("try", {}, HERE)
    bench.ended(number)
    assert [(payload["share"], payload["stage"]) for payload in told] == [
        (0.0, "loading"),
        (0.0, "loading"),
        (0.2, "loading"),
        (0.3, "running"),
    ]
    assert {message.key for message in bench.messages(number)} == {
        f"job:{number}:progress",
        f"job:{number}:result",
    }


def test_progress_never_comes_after_the_result(bench: Bench) -> None:
    kept: list[Progress] = []

    def keep(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        kept.append(progress)
        return {}

    queue = bench.queue(ScriptedRunner(keep))
    queue.start()
    number = queue.put("try", {}, HERE)
    bench.ended(number)
    kept[0](0.5, "running")
    assert [message.key for message in bench.messages(number)] == [f"job:{number}:result"]


def test_a_job_whose_owner_died_is_taken_up_after_its_lease(bench: Bench) -> None:
    number = bench.left_behind("another machine")
    runner = ScriptedRunner(echo)
    queue = bench.queue(runner)
    queue.start()
    probe = queue.put("try", {"text": "probe"}, HERE)
    bench.ended(probe)
    assert bench.job(number).state == "running", "its lease had not run out"
    bench.clock.move(timedelta(seconds=16))
    row = bench.ended(number)
    assert (row.state, row.attempts, row.result) == ("done", 2, {"said": "left"})
    assert len(bench.messages(number)) == 1


def test_a_job_that_took_its_process_down_twice_fails_clearly(bench: Bench) -> None:
    number = bench.left_behind("another machine", attempts=2)
    bench.clock.move(timedelta(seconds=16))
    runner = ScriptedRunner(echo)
    queue = bench.queue(runner)
    queue.start()
    row = bench.ended(number)
    assert row.error == {"key": "error.job_interrupted", "params": {}}
    assert runner.runs == []
    assert len(bench.messages(number)) == 1


def test_the_lease_of_a_long_job_is_renewed(bench: Bench) -> None:
    finish = threading.Event()

    def wait(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        assert finish.wait(10)
        return {}

    runner = ScriptedRunner(wait)
    queue = bench.queue(runner)
    queue.start()
    number = queue.put("try", {}, HERE)
    first = until(lambda: bench.job(number).lease_until)
    bench.clock.move(timedelta(seconds=10))
    until(lambda: bench.job(number).lease_until == first + timedelta(seconds=10))
    finish.set()
    assert bench.ended(number).attempts == 1


def test_an_outcome_is_dropped_when_the_job_was_taken_over_meanwhile(bench: Bench) -> None:
    started, finish = threading.Event(), threading.Event()

    def wait(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        started.set()
        assert finish.wait(10)
        return {"said": "too late"}

    runner = ScriptedRunner(wait)
    queue = bench.queue(runner)
    queue.start()
    number = queue.put("try", {}, HERE)
    assert started.wait(10)
    with bench.database.session() as session:
        row = session.get_one(JobRow, number)
        row.owner, row.attempts = "another", 2
    finish.set()
    queue.stop()
    row = bench.job(number)
    assert (row.state, row.owner, row.result) == ("running", "another", None)
    assert runner.stored == []
    assert bench.messages(number) == []


def test_stopping_gives_a_running_job_back_without_counting_the_attempt(bench: Bench) -> None:
    started, finish = threading.Event(), threading.Event()

    def wait(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        started.set()
        finish.wait(10)
        return {"said": "first"}

    queue = bench.queue(ScriptedRunner(wait), threads=1)
    queue.start()
    number = queue.put("try", {"text": "again"}, HERE)
    assert started.wait(10)
    queue.stop(grace=0.1)
    queue.stop()
    assert (bench.job(number).state, bench.job(number).attempts) == ("queued", 0)
    finish.set()
    until(lambda: not bench.running())
    assert bench.messages(number) == []

    bench.queue(ScriptedRunner(echo), owner="next").start()
    row = bench.ended(number)
    assert (row.result, row.attempts) == ({"said": "again"}, 1)


def test_the_worker_dying_because_of_the_stop_gives_the_job_back(bench: Bench) -> None:
    started, finish = threading.Event(), threading.Event()

    def wait(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        started.set()
        assert finish.wait(10)
        raise WorkerDied

    queue = bench.queue(ScriptedRunner(wait), threads=1)
    queue.start()
    number = queue.put("try", {}, HERE)
    assert started.wait(10)
    stopping = threading.Thread(target=queue.stop)
    stopping.start()
    until(lambda: queue._stopping.is_set())
    finish.set()
    stopping.join(10)
    assert (bench.job(number).state, bench.job(number).attempts) == ("queued", 0)


def test_jobs_that_nobody_waits_for_run_one_at_a_time_beside_the_others_and_are_not_told(
    bench: Bench,
) -> None:
    held, begun = threading.Event(), threading.Semaphore(0)

    def script(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
        progress(0.5, "running")
        if request.get("aside"):
            begun.release()
            held.wait(10)
        return {}

    runner = ScriptedRunner(script)
    queue = bench.queue(runner, kinds=("try", "propose"))
    aside = [queue.put("propose", {"aside": True}, NOBODY) for _ in range(3)]
    queue.start()
    assert begun.acquire(timeout=10)
    told = queue.put("try", {"text": "now"}, HERE)
    assert bench.ended(told).state == "done"
    assert [bench.job(number).state for number in aside].count("running") == 1
    held.set()
    assert [bench.ended(number).state for number in aside] == ["done"] * 3
    assert bench.messages(told)
    assert not any(bench.messages(number) for number in aside)


def test_a_kind_without_runner_is_refused_at_once(bench: Bench) -> None:
    with pytest.raises(ValueError, match="dance"):
        bench.queue(ScriptedRunner(echo)).put("dance", {}, HERE)


OTHER_PROCESS = """
import sys, time
from datetime import timedelta
from pathlib import Path
import jobs.tables, knowledge.tables
from jobs.outbox import Outbox
from jobs.owner import process_owner
from jobs.queue import JobQueue
from knowledge.clock import SystemClock
from knowledge.store import Database

url, mode, log = sys.argv[1], sys.argv[2], Path(sys.argv[3])

class Runner:
    def run(self, request, progress):
        with log.open("a") as lines:
            lines.write(f"{mode} {request['text']}\\n")
        while mode == "hang":
            time.sleep(0.1)
        return {"by": mode}
    def done(self, session, job, result):
        pass

database = Database(url)
clock = SystemClock()
owner = process_owner()
lease = timedelta(hours=1)
outbox = Outbox(database, clock, owner)
queue = JobQueue(database, outbox, clock, {"try": Runner()}, owner, poll=0.1, lease=lease)
queue.start()
print("started", flush=True)
sys.stdin.read()
queue.stop()
"""


def start_process(url: str, mode: str, log: Any) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, url, mode, str(log)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def end_process(process: subprocess.Popen[str]) -> None:
    if process.poll() is None and process.stdin is not None:
        process.stdin.close()
        assert process.wait(10) == 0
    if process.stdin is not None:
        process.stdin.close()
    if process.stdout is not None:
        process.stdout.close()


def test_two_processes_share_the_jobs_and_run_each_once(
    bench: Bench, database_url: str, tmp_path: Any
) -> None:
    log = tmp_path / "runs"
    putting = bench.queue(ScriptedRunner(echo))
    numbers = [putting.put("try", {"text": str(index)}, HERE) for index in range(30)]
    processes = [start_process(database_url, mode, log) for mode in ("one", "two")]
    try:
        until(lambda: putting.waiting() == 0, within=60)
    finally:
        for process in processes:
            end_process(process)
    runs = [line.split()[1] for line in log.read_text().splitlines()]
    assert sorted(runs, key=int) == [str(index) for index in range(30)]
    assert {bench.job(number).state for number in numbers} == {"done"}
    assert all(len(bench.messages(number)) == 1 for number in numbers)


def test_a_process_killed_in_mid_job_is_succeeded_at_once_without_waiting_for_the_lease(
    bench: Bench, database_url: str, tmp_path: Any
) -> None:
    log = tmp_path / "runs"
    putting = bench.queue(ScriptedRunner(echo))
    number = putting.put("try", {"text": "x"}, HERE)
    killed = start_process(database_url, "hang", log)
    try:
        until(log.exists)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait(10)
        successor = start_process(database_url, "next", log)
        try:
            row = bench.ended(number, within=60)  # the lease lasts an hour
        finally:
            end_process(successor)
    finally:
        end_process(killed)
    assert (row.state, row.result, row.attempts) == ("done", {"by": "next"}, 2)
    assert len(bench.messages(number)) == 1
