"""What waits in the outbox is sent once, whatever the platform does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.core import PATIENCE
from bot.core.drain import Drain, SendLater, SendRefused
from bot.core.reply import Reply
from bot.wiring import App
from jobs.outbox import Delivery, Outbox
from jobs.people import Learner
from knowledge.store import Database
from tests.doubles.clock import FrozenClock


@pytest.fixture
def outbox(database: Database, clock: FrozenClock) -> Outbox:
    return Outbox(database, clock, "test")


def queue(outbox: Outbox, database: Database, *keys: str) -> None:
    with database.session() as session:
        for key in keys:
            outbox.put(session, key=key, platform="web", place="p", kind="job", payload={})


def drain(outbox: Outbox, send: Callable[[Delivery, Reply], str | None]) -> Drain:
    return Drain(outbox, "web", send, lambda delivery: Reply(delivery.key), poll=0.05)


def test_messages_are_presented_sent_and_marked(outbox: Outbox, database: Database) -> None:
    sent: list[str] = []
    queue(outbox, database, "a", "b")
    worker = drain(outbox, lambda _, reply: sent.append(reply.text))
    assert worker.drain_once() == 2
    assert worker.drain_once() == 0
    assert sent == ["a", "b"]


def test_a_bad_one_stops_no_other(outbox: Outbox, database: Database, clock: FrozenClock) -> None:
    sent: list[str] = []

    def send(delivery: Delivery, reply: Reply) -> str:
        if delivery.key == "refused":
            raise SendRefused("closed")
        if delivery.key == "later" and delivery.attempts == 1:
            raise SendLater(timedelta(minutes=5))
        if delivery.key == "broken" and delivery.attempts == 1:
            raise RuntimeError("once")
        sent.append(delivery.key)
        return "ref"

    queue(outbox, database, "refused", "later", "broken", "good")
    worker = drain(outbox, send)
    worker.drain_once()
    assert sent == ["good"]
    clock.move(timedelta(minutes=1))
    worker.drain_once()
    assert sent == ["good", "broken"]
    clock.move(timedelta(minutes=5))
    worker.drain_once()
    assert sent == ["good", "broken", "later"]


def test_a_message_that_can_t_be_presented_now_waits_and_is_told_in_the_end(
    app: App, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_number: int) -> Learner:
        raise OSError("the database is away")

    sent: list[str] = []
    learner = app.people.meet("web", "ada", "Ada", "p")
    with app.database.session() as session:
        for key in ("a", "b"):
            app.outbox.put(
                session, key=key, platform="web", place="p", kind="x", payload={}, learner_id=learner.id
            )
    worker = Drain(app.outbox, "web", lambda _, reply: sent.append(reply.text), app.core.present)
    with monkeypatch.context() as patch:
        patch.setattr(app.people, "learner", away)
        worker.drain_once()
        assert sent == []
    clock.move(timedelta(seconds=2))
    worker.drain_once()
    assert [text.startswith("What this message was about") for text in sent] == [True, True]
    with app.database.session() as session:
        app.outbox.put(
            session, key="c", platform="web", place="p", kind="x", payload={}, learner_id=learner.id
        )
    monkeypatch.setattr(app.people, "learner", away)
    for _ in range(PATIENCE):
        worker.drain_once()
        clock.move(timedelta(minutes=1))
    assert "in the log under" in sent[-1]


def test_the_thread_wakes_at_a_commit_and_ends_at_stop(outbox: Outbox, database: Database) -> None:
    came = threading.Event()

    def send(delivery: Delivery, reply: Reply) -> None:
        came.set()

    worker = drain(outbox, send)
    worker.start()
    worker.start()
    queue(outbox, database, "a")
    assert came.wait(5)
    worker.stop()
    worker.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "drain-web"]


def test_lanes_serve_places_side_by_side_and_each_in_order(outbox: Outbox, database: Database) -> None:
    free, fast = threading.Event(), threading.Event()
    sent: list[str] = []

    def send(delivery: Delivery, reply: Reply) -> None:
        if delivery.place == "slow":
            assert free.wait(5)
        sent.append(delivery.key)
        if delivery.key == "fast:9":
            fast.set()

    with database.session() as session:
        for number in range(10):
            for place in ("slow", "fast"):
                key = f"{place}:{number}"
                outbox.put(session, key=key, platform="web", place=place, kind="job", payload={})
    worker = Drain(outbox, "web", send, lambda delivery: Reply(delivery.key), poll=0.02, lanes=2)
    worker.start()
    assert fast.wait(5)
    assert sent == [f"fast:{number}" for number in range(10)]
    free.set()
    while outbox.next_due("web") is not None:
        threading.Event().wait(0.01)
    worker.stop()
    assert sent[10:] == [f"slow:{number}" for number in range(10)]


def test_a_drain_with_lanes_that_stops_gives_back_what_it_has_not_begun(
    outbox: Outbox, database: Database
) -> None:
    begun, stopping = threading.Event(), threading.Event()

    def send(delivery: Delivery, reply: Reply) -> None:
        begun.set()
        assert stopping.wait(5)

    queue(outbox, database, "a", "b")
    worker = Drain(outbox, "web", send, lambda delivery: Reply(delivery.key), poll=0.02, lanes=2)
    worker.start()
    assert begun.wait(5)
    closer = threading.Thread(target=worker.stop)
    closer.start()
    worker._stopping.wait(5)
    stopping.set()
    closer.join()
    (left,) = outbox.claim("web")
    assert (left.key, left.attempts) == ("b", 1)
