"""The outbox: keys, claims, leases, back-off, progress that never overtakes the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from jobs.outbox import LEASE, MAX_ATTEMPTS, Delivery, Outbox, back_off
from jobs.tables import OutboundRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

Put = Callable[..., bool]


@pytest.fixture
def outbox(database: Database, clock: FrozenClock) -> Outbox:
    return Outbox(database, clock, owner="one", jitter=lambda: 0.0)


@pytest.fixture
def other(database: Database, clock: FrozenClock) -> Outbox:
    """The same outbox as another process has it."""
    return Outbox(database, clock, owner="two")


@pytest.fixture
def put(database: Database, outbox: Outbox) -> Put:
    def put(key: str, payload: dict[str, Any] | None = None, **more: Any) -> bool:
        with database.session() as session:
            return outbox.put(
                session,
                key=key,
                platform=more.pop("platform", "web"),
                place="page",
                kind="job",
                payload=payload or {},
                **more,
            )

    return put


@pytest.fixture
def tell(database: Database, outbox: Outbox) -> Callable[..., None]:
    def tell(key: str, share: float, edit_ref: str | None = "m1") -> None:
        with database.session() as session:
            outbox.put_latest(
                session,
                key=key,
                platform="web",
                place="page",
                kind="job",
                payload={"share": share},
                edit_ref=edit_ref,
            )

    return tell


def keys(deliveries: list[Delivery]) -> list[str]:
    return [delivery.key for delivery in deliveries]


def state(database: Database, key: str) -> str:
    with database.session() as session:
        return str(session.query(OutboundRow).filter_by(key=key).one().state)


def test_a_key_is_queued_once_even_after_it_was_sent(outbox: Outbox, put: Put) -> None:
    assert put("review:1")
    assert not put("review:1")
    (delivery,) = outbox.claim("web")
    outbox.sent(delivery.id, "m1")
    assert not put("review:1")
    assert outbox.claim("web") == []


def test_a_message_of_a_transaction_that_fails_does_not_exist(database: Database, outbox: Outbox) -> None:
    with pytest.raises(RuntimeError), database.session() as session:
        outbox.put(session, key="a", platform="web", place="p", kind="job", payload={})
        raise RuntimeError
    assert outbox.claim("web") == []


def test_what_is_claimed_is_not_claimed_again_within_its_lease(
    outbox: Outbox, other: Outbox, put: Put, clock: FrozenClock
) -> None:
    put("a")
    assert keys(outbox.claim("web")) == ["a"]
    assert other.claim("web") == []
    clock.move(LEASE)
    (again,) = other.claim("web")
    assert again.attempts == 2


def test_messages_come_when_due_in_order_of_due_moment(outbox: Outbox, put: Put, clock: FrozenClock) -> None:
    put("later", due_at=clock.now() + timedelta(minutes=5))
    put("second", due_at=clock.now() - timedelta(minutes=1))
    put("first", due_at=clock.now() - timedelta(minutes=2))
    put("elsewhere", platform="discord")
    assert keys(outbox.claim("web")) == ["first", "second"]
    assert outbox.next_due("web") == clock.now() + LEASE
    clock.move(timedelta(minutes=5))
    assert keys(outbox.claim("web", limit=9)) == ["first", "second", "later"]


def test_a_failure_waits_longer_each_time_and_ends_for_good(
    database: Database, outbox: Outbox, put: Put, clock: FrozenClock
) -> None:
    put("a")
    began = clock.now()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (delivery,) = outbox.claim("web")
        assert delivery.attempts == attempt
        outbox.failed(delivery.id, "unreachable", timedelta(0))
        if attempt < MAX_ATTEMPTS:
            clock.move(back_off(attempt) - timedelta(seconds=1))
            assert outbox.claim("web") == []
            clock.move(timedelta(seconds=1))
    assert state(database, "a") == "failed"
    assert clock.now() - began > timedelta(days=1)
    clock.move(timedelta(days=9))
    assert outbox.claim("web") == []


def test_a_platform_may_ask_for_more_time_than_the_back_off(
    outbox: Outbox, put: Put, clock: FrozenClock
) -> None:
    put("a")
    outbox.failed(outbox.claim("web")[0].id, "rate limit", timedelta(minutes=10))
    clock.move(timedelta(minutes=9))
    assert outbox.claim("web") == []
    clock.move(timedelta(minutes=1))
    assert keys(outbox.claim("web")) == ["a"]


def test_a_refused_message_fails_at_once(database: Database, outbox: Outbox, put: Put) -> None:
    put("a")
    outbox.failed(outbox.claim("web")[0].id, "closed conversation", None)
    assert state(database, "a") == "failed"
    assert outbox.next_due("web") is None


def test_a_message_that_kills_every_sender_is_given_up(
    database: Database, outbox: Outbox, put: Put, clock: FrozenClock
) -> None:
    put("poison")
    for _ in range(MAX_ATTEMPTS):
        assert keys(outbox.claim("web")) == ["poison"]
        clock.move(LEASE)
    assert outbox.claim("web") == []
    assert state(database, "poison") == "failed"


def test_a_claimer_whose_lease_ran_out_can_confirm_but_not_fail(
    database: Database, outbox: Outbox, other: Outbox, put: Put, clock: FrozenClock
) -> None:
    put("a")
    (slow,) = outbox.claim("web")
    clock.move(LEASE)
    other.claim("web")
    outbox.failed(slow.id, "too late", None)
    assert state(database, "a") == "sending"
    outbox.sent(slow.id, "m1")
    clock.move(LEASE)
    assert other.claim("web") == []


def test_a_drain_that_stops_gives_its_claims_back(outbox: Outbox, other: Outbox, put: Put) -> None:
    put("a")
    (delivery,) = outbox.claim("web")
    outbox.release([delivery.id])
    (again,) = other.claim("web")
    assert again.attempts == 1


def test_unsent_progress_is_replaced(outbox: Outbox, tell: Callable[..., None]) -> None:
    tell("job:1:progress", 0.1)
    tell("job:1:progress", 0.6)
    (delivery,) = outbox.claim("web")
    assert delivery.payload == {"share": 0.6}
    outbox.sent(delivery.id, None)
    tell("job:1:progress", 0.9)
    assert outbox.claim("web")[0].payload == {"share": 0.9}


def test_progress_that_comes_during_the_sending_is_sent_after_it(
    outbox: Outbox, tell: Callable[..., None]
) -> None:
    tell("job:1:progress", 0.1)
    (delivery,) = outbox.claim("web")
    tell("job:1:progress", 0.6)
    assert outbox.claim("web") == []
    outbox.sent(delivery.id, None)
    (second,) = outbox.claim("web")
    assert second.payload == {"share": 0.6}
    outbox.sent(second.id, None)
    assert outbox.claim("web") == []


def test_the_result_waits_for_progress_being_sent_and_drops_progress_that_waits(
    database: Database, outbox: Outbox, other: Outbox, put: Put, tell: Callable[..., None]
) -> None:
    tell("job:1:progress", 0.1)
    (progress,) = outbox.claim("web")
    put("job:1:result", edit_ref="m1")
    assert other.claim("web") == []
    outbox.failed(progress.id, "unreachable", timedelta(0))
    assert keys(other.claim("web")) == ["job:1:result"]
    assert state(database, "job:1:progress") == "dropped", "its next try would come after the result"

    tell("job:2:progress", 0.1, edit_ref="m2")
    put("job:2:result", edit_ref="m2")
    assert keys(other.claim("web")) == ["job:2:result"]
    assert state(database, "job:2:progress") == "dropped"


@pytest.mark.parametrize("known", [True, False])
def test_progress_after_the_result_is_not_queued(
    outbox: Outbox, put: Put, tell: Callable[..., None], known: bool
) -> None:
    if known:
        tell("job:1:progress", 0.1)
    put("job:1:result", edit_ref="m1")
    tell("job:1:progress", 0.9)
    for delivery in outbox.claim("web"):
        outbox.sent(delivery.id, None)
    tell("job:1:progress", 1.0)
    assert outbox.claim("web") == []


def test_one_subject_does_not_silence_another_of_the_same_beginning(
    outbox: Outbox, put: Put, tell: Callable[..., None]
) -> None:
    put("job:12:result", edit_ref="m12")
    tell("job:1:progress", 0.5)
    assert keys(outbox.claim("web")) == ["job:12:result", "job:1:progress"]


def test_the_same_reference_in_two_places_is_two_messages(
    database: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    with database.session() as session:
        for place in ("here", "there"):
            outbox.put(session, key=place, platform="web", place=place, kind="job", payload={}, edit_ref="m1")
    assert keys(outbox.claim("web")) == ["here", "there"]


def test_a_drain_is_woken_after_the_commit_and_only_then(database: Database, outbox: Outbox) -> None:
    seen: list[int] = []
    outbox.subscribe("web", lambda: seen.append(1))
    with database.session() as session:
        with session.begin_nested():
            outbox.put(session, key="a", platform="web", place="p", kind="job", payload={})
        outbox.put(session, key="b", platform="web", place="p", kind="job", payload={})
        assert seen == []
    assert seen == [1]
    with database.session() as session:
        outbox.put(session, key="a", platform="web", place="p", kind="job", payload={})
        outbox.put(session, key="c", platform="discord", place="p", kind="job", payload={})
    with pytest.raises(RuntimeError), database.session() as session:
        outbox.put(session, key="d", platform="web", place="p", kind="job", payload={})
        raise RuntimeError
    assert seen == [1]


def test_a_drain_that_can_not_be_woken_harms_nobody(
    database: Database, outbox: Outbox, put: Put, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []
    outbox.subscribe("web", lambda: seen[0])  # type: ignore[arg-type]
    outbox.subscribe("web", lambda: seen.append(1))
    assert put("a")
    assert seen == [1]
    assert "could not be woken" in caplog.text


def test_a_drain_that_has_ended_is_woken_no_more(outbox: Outbox, put: Put) -> None:
    ended: list[int] = []
    going: list[int] = []
    end = outbox.subscribe("web", lambda: ended.append(1))
    outbox.subscribe("web", lambda: going.append(1))
    end()
    end()
    assert put("a")
    assert (ended, going) == ([], [1])


def test_old_finished_messages_are_deleted_and_waiting_ones_kept(
    outbox: Outbox, put: Put, clock: FrozenClock
) -> None:
    put("old")
    put("refused")
    first, second = outbox.claim("web")
    outbox.sent(first.id, None)
    outbox.failed(second.id, "closed", None)
    put("waiting")
    clock.move(timedelta(days=30))
    assert outbox.prune(clock.now() - timedelta(days=1)) == 2
    assert keys(outbox.claim("web")) == ["waiting"]


def test_threads_that_claim_at_once_share_the_messages(
    database: Database, clock: FrozenClock, put: Put
) -> None:
    for number in range(30):
        put(f"m:{number}", edit_ref=f"r{number % 20}" if number % 2 else None)
    got: list[str] = []

    def drain(owner: str) -> None:
        mine = Outbox(database, clock, owner)
        misses = 0
        while misses < 3:
            deliveries = mine.claim("web", limit=3)
            misses = 0 if deliveries else misses + 1
            for delivery in deliveries:
                got.append(delivery.key)
                mine.sent(delivery.id, None)

    threads = [Thread(target=drain, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == len(set(got))
    dropped = {f"m:{n}" for n in range(30) if n % 2 and n + 20 < 30}
    assert set(got) >= {f"m:{n}" for n in range(30)} - dropped
