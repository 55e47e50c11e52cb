"""The books of what was asked and not yet answered."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Any

import pytest

from jobs.engine.pending import Pending, PendingRequests
from jobs.errors import EngineTimeout, WorkerDied


@pytest.fixture
def requests() -> PendingRequests:
    return PendingRequests()


def add(requests: PendingRequests, kind: str = "task", allowance: float | None = None) -> Pending:
    return requests.add(kind, ["x"], Future[Any](), allowance=allowance)


def test_each_request_has_a_number_of_its_own_and_waits_in_order(requests: PendingRequests) -> None:
    first, second = add(requests), add(requests)
    assert first.number != second.number
    assert first.message == ("task", first.number, "x")
    assert requests.all() == requests.given_to(None) == [first, second]


def test_the_first_end_of_a_request_counts(requests: PendingRequests) -> None:
    pending = add(requests)
    requests.settle(pending.number, lambda future: future.set_result("answer"))
    requests.fail([pending])
    assert pending.future.result(0) == "answer"
    assert not requests


def test_whoever_hears_of_the_end_may_ask_again(requests: PendingRequests) -> None:
    pending = add(requests)
    pending.future.add_done_callback(lambda _future: add(requests))
    requests.fail([pending])
    with pytest.raises(WorkerDied):
        pending.future.result(0)
    assert len(requests) == 1


def test_the_answer_to_an_abandoned_request_is_ignored(requests: PendingRequests) -> None:
    pending = add(requests)
    requests.abandon(pending.future)
    requests.settle(pending.number, lambda future: future.set_result("late"))
    assert not pending.future.done()


def test_only_a_start_begins_the_time_of_a_request_and_progress_renews_it(requests: PendingRequests) -> None:
    pending = add(requests, allowance=1000)
    requests.sign_of_life("progress", pending.number, 0.1, "fetching")
    assert requests.next_deadline() is None
    requests.sign_of_life("started", pending.number)
    begun = requests.next_deadline()
    assert begun is not None
    assert begun > time.monotonic()
    requests.sign_of_life("progress", pending.number, 0.5, "running")
    renewed = requests.next_deadline()
    assert renewed is not None
    assert renewed >= begun
    assert not requests.stuck()


@pytest.mark.parametrize(("kind", "key"), [("task", EngineTimeout.key), ("refresh", "error.refresh_timeout")])
def test_a_request_past_its_time_is_stuck_and_given_up(
    requests: PendingRequests, kind: str, key: str
) -> None:
    patient, late = add(requests, kind, allowance=1000), add(requests, kind, allowance=0)
    for pending in (patient, late):
        requests.sign_of_life("started", pending.number)
    assert requests.stuck() == [late]
    requests.give_up(requests.stuck())
    with pytest.raises(EngineTimeout) as caught:
        late.future.result(0)
    assert caught.value.key == key
    assert requests.all() == [patient]
