"""The scheduler: wakes at the due moment, survives failures, leaves no thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Event

import pytest

from jobs.scheduler import Scheduler
from knowledge.clock import SystemClock

PATIENCE = 10.0


class Loop:
    """Stands for the review loop: hands out due moments, counts deliveries."""

    def __init__(self) -> None:
        self.due: list[datetime] = []
        self.delivered: list[datetime] = []
        self.fail = 0
        self.at_once: int | None = None
        self.seen = Event()
        self.asked = Event()

    def deliver_due(self) -> int:
        if self.fail:
            self.fail -= 1
            raise RuntimeError("the database is away")
        now = SystemClock().now()
        ready = [moment for moment in self.due if moment <= now][: self.at_once]
        self.due = self.due[len(ready) :]
        self.delivered += ready
        if ready:
            self.seen.set()
        return len(ready)

    def next_due(self) -> datetime | None:
        self.asked.set()
        return min(self.due, default=None)

    def housekeeping(self) -> None: ...


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def scheduler(loop: Loop) -> Iterator[Scheduler]:
    before = set(threading.enumerate())
    scheduler = Scheduler(loop.deliver_due, loop.next_due, loop.housekeeping, SystemClock())
    yield scheduler
    scheduler.stop()
    assert set(threading.enumerate()) <= before, "a thread was left"


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        threading.Event().wait(0.01)
    return condition()


def test_what_is_overdue_at_the_start_is_delivered_at_once(loop: Loop, scheduler: Scheduler) -> None:
    loop.due = [SystemClock().now() - timedelta(days=3)]
    scheduler.start()
    assert loop.seen.wait(PATIENCE)


def test_what_is_planned_later_is_delivered_at_its_moment(loop: Loop, scheduler: Scheduler) -> None:
    scheduler.start()
    assert loop.asked.wait(PATIENCE)
    moment = SystemClock().now() + timedelta(seconds=0.3)
    loop.due = [moment, moment + timedelta(seconds=0.2), moment + timedelta(days=40)]
    scheduler.wake()
    assert loop.seen.wait(PATIENCE)
    assert timedelta(0) <= SystemClock().now() - moment < timedelta(seconds=2)
    assert until(lambda: len(loop.delivered) == 2)
    assert len(loop.due) == 1


def test_a_wake_for_an_earlier_moment_counts(loop: Loop, scheduler: Scheduler) -> None:
    loop.due = [SystemClock().now() + timedelta(hours=1)]
    scheduler.start()
    assert loop.asked.wait(PATIENCE)
    loop.due.append(SystemClock().now() + timedelta(seconds=0.1))
    scheduler.wake()
    assert loop.seen.wait(PATIENCE)


def test_a_run_that_fails_is_tried_again(
    loop: Loop, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    loop.due = [SystemClock().now()]
    loop.fail = 1
    scheduler.start()
    assert loop.seen.wait(PATIENCE)
    assert "could not be delivered" in caplog.text


def test_what_a_run_leaves_follows_at_once(loop: Loop, scheduler: Scheduler) -> None:
    loop.due = [SystemClock().now() - timedelta(days=1)] * 30
    loop.at_once = 1
    scheduler.start()
    assert until(lambda: not loop.due)
    assert len(loop.delivered) == 30


def test_wakes_from_many_threads_lose_no_moment(loop: Loop, scheduler: Scheduler) -> None:
    scheduler.start()
    planned = 40
    guard = threading.Lock()

    def plan() -> None:
        for _ in range(planned // 4):
            with guard:
                loop.due = [*loop.due, SystemClock().now() + timedelta(seconds=0.05)]
            scheduler.wake()

    deliver = loop.deliver_due

    def guarded() -> int:
        with guard:
            return deliver()

    scheduler._deliver_due = guarded
    threads = [threading.Thread(target=plan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert until(lambda: len(loop.delivered) == planned)


def test_stopping_during_a_run_waits_for_it(loop: Loop, scheduler: Scheduler) -> None:
    running, finish, done = Event(), Event(), Event()

    def slow() -> None:
        running.set()
        finish.wait(PATIENCE)
        done.set()

    scheduler._deliver_due = slow
    scheduler.start()
    assert running.wait(PATIENCE)
    stopper = threading.Thread(target=scheduler.stop)
    stopper.start()
    finish.set()
    stopper.join(PATIENCE)
    assert not stopper.is_alive()
    assert done.is_set()


def test_starting_and_stopping_twice_is_harmless(loop: Loop, scheduler: Scheduler) -> None:
    scheduler.stop()
    scheduler.wake()
    scheduler.start()
    scheduler.start()
    scheduler.stop()
    scheduler.stop()
    loop.due = [SystemClock().now()]
    scheduler.start()
    assert loop.seen.wait(PATIENCE)


class Other:
    """Another source of due moments."""

    def __init__(self, due: list[datetime], broken: bool = False) -> None:
        self.due = due
        self.broken = broken
        self.ran = Event()

    def run(self) -> None:
        if self.broken:
            raise RuntimeError("broken")
        if any(moment <= SystemClock().now() for moment in self.due):
            self.due = []
            self.ran.set()

    def next_due(self) -> datetime | None:
        return min(self.due, default=None)


def test_other_sources_are_run_at_their_own_moments_and_one_that_fails_keeps_none_waiting(
    loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    now = SystemClock().now()
    broken, other = Other([], broken=True), Other([now + timedelta(seconds=0.1)])
    scheduler = Scheduler(loop.deliver_due, loop.next_due, loop.housekeeping, SystemClock(), (broken, other))
    loop.due = [now + timedelta(hours=1)]
    loop.fail = 1
    scheduler.start()
    try:
        assert other.ran.wait(PATIENCE)
        assert "could not be done" in caplog.text
    finally:
        scheduler.stop()
