"""The outbox with much in it: what is due is found in the index, and sent messages are marked together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.core.drain import Drain
from bot.core.reply import Reply
from jobs.outbox import LEASE, Delivery, Outbox
from jobs.tables import OutboundRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.plans import measure, watched

MANY = 3000


@pytest.fixture
def outbox(database: Database, clock: FrozenClock) -> Outbox:
    return Outbox(database, clock, "test")


@pytest.fixture
def backlog(database: Database, clock: FrozenClock) -> None:
    """Much that waits since the same moment, behind much that is sent."""
    common = {"platform": "web", "kind": "job", "payload": {}, "attempts": 0, "renewed": False}
    rows = [
        {
            "key": f"k:{number}",
            "place": f"p{number % 50}",
            "state": "sent" if number < MANY else "waiting",
            "due_at": clock.now(),
            "created_at": clock.now(),
            **common,
        }
        for number in range(2 * MANY)
    ]
    with database.session() as session:
        session.execute(insert(OutboundRow), rows)
    measure(database)


def states(database: Database) -> list[tuple[str, str | None]]:
    with database.session() as session:
        rows = session.scalars(select(OutboundRow).order_by(OutboundRow.id)).all()
        return [(row.state, row.sent_ref) for row in rows]


def test_a_claim_sorts_nothing_and_reads_what_it_takes(
    database: Database, outbox: Outbox, backlog: None
) -> None:
    with watched(database) as plans:
        taken = outbox.claim("web", limit=20, without=("p3",))
        assert outbox.next_due("web") is not None
    assert [int(one.key[2:]) for one in taken[:5]] == [MANY, MANY + 1, MANY + 2, MANY + 4, MANY + 5]
    for plan in plans.of("ORDER BY outbound.due_at, outbound.id"):
        assert "ix_outbound_platform_state_due_at" in plan
        assert "TEMP B-TREE" not in plan
    with_backlog = plans.of("ORDER BY outbound.due_at, outbound.id")[0]
    assert "Sort" not in with_backlog


def test_what_was_left_behind_is_claimed_in_its_order_among_what_waits(
    database: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    def put(key: str) -> None:
        with database.session() as session:
            outbox.put(session, key=key, platform="web", place="p", kind="job", payload={})

    for key in ("b", "c"):
        put(key)
        clock.move(timedelta(seconds=1))
    assert [one.key for one in outbox.claim("web", limit=1)] == ["b"]
    put("d")
    clock.move(LEASE)
    assert [one.key for one in outbox.claim("web", limit=2)] == ["b", "c"]
    assert [one.key for one in outbox.claim("web", limit=2)] == ["d"]


def test_a_batch_is_marked_in_one_transaction(database: Database, outbox: Outbox) -> None:
    with database.session() as session:
        for number in range(5):
            outbox.put(session, key=f"k:{number}", platform="web", place="p", kind="job", payload={})
    drain = Drain(outbox, "web", lambda one, _: f"ref {one.key}", lambda one: Reply(one.key))
    with watched(database) as sent:
        assert drain.drain_once() == 5
    assert len([one for one in sent.sent if one[0].startswith("UPDATE outbound")]) == 2  # claimed, marked
    assert states(database) == [("sent", f"ref k:{number}") for number in range(5)]


def test_what_was_sent_before_a_crash_in_a_batch_is_marked_and_the_rest_comes_later(
    database: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    sent: list[str] = []

    def send(one: Delivery, _reply: Reply) -> str:
        if one.key == "k:2" and one.attempts == 1:
            raise SystemExit("killed")
        sent.append(one.key)
        return one.key

    with database.session() as session:
        for number in range(4):
            outbox.put(session, key=f"k:{number}", platform="web", place="p", kind="job", payload={})
    drain = Drain(outbox, "web", send, lambda one: Reply(one.key))
    with pytest.raises(SystemExit):
        drain.drain_once()
    assert [state for state, _ in states(database)] == ["sent", "sent", "sending", "sending"]
    clock.move(LEASE)
    assert drain.drain_once() == 2
    assert sent == [f"k:{number}" for number in range(4)]


def test_a_mark_that_fails_for_a_batch_is_made_one_by_one(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with database.session() as session:
        for number in range(3):
            outbox.put(session, key=f"k:{number}", platform="web", place="p", kind="job", payload={})
    mark = outbox.sent_all

    def fails(references: dict[int, str | None]) -> None:
        if len(references) > 1:
            raise OSError("a deadlock")
        mark(references)

    monkeypatch.setattr(outbox, "sent_all", fails)
    drain = Drain(outbox, "web", lambda one, _: one.key, lambda one: Reply(one.key))
    assert drain.drain_once() == 3
    assert states(database) == [("sent", f"k:{number}") for number in range(3)]
    assert "could not be marked together" in caplog.text
