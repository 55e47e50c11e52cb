"""A platform that is down, slow or full: what waits is spread, stays in order, and doesn't come at night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.drain import Drain, SendLater
from bot.core.reply import Reply
from jobs.outbox import LEASE, MAX_ATTEMPTS, Delivery, Outbox, back_off
from jobs.outbox_retry import IN_ORDER
from jobs.people import Learner, People
from jobs.tables import OutboundRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

Put = Callable[..., None]


@pytest.fixture
def outbox(database: Database, clock: FrozenClock) -> Outbox:
    return Outbox(database, clock, owner="one", jitter=lambda: 0.0)


@pytest.fixture
def ana(database: Database, clock: FrozenClock) -> Learner:
    return People(database, clock).meet("web", "ana", "Ana", "ana-page", "Europe/Sofia")


@pytest.fixture
def bo(database: Database, clock: FrozenClock) -> Learner:
    return People(database, clock).meet("web", "bo", "Bo", "bo-page", "Europe/Sofia")


@pytest.fixture
def put(database: Database, outbox: Outbox) -> Put:
    def put(key: str, learner: Learner, kind: str = "review", due_at: datetime | None = None) -> None:
        with database.session() as session:
            outbox.put(
                session,
                key=key,
                platform="web",
                place=f"page-{learner.id}",
                kind=kind,
                payload={},
                learner_id=learner.id,
                due_at=due_at,
            )

    return put


def keys(deliveries: list[Delivery]) -> list[str]:
    return [delivery.key for delivery in deliveries]


def test_reviews_wait_for_one_of_their_learner_that_is_tried_again(
    outbox: Outbox, put: Put, clock: FrozenClock, ana: Learner, bo: Learner
) -> None:
    put("ana:1", ana)
    (first,) = outbox.claim("web")
    outbox.failed(first.id, "rate limit", timedelta(minutes=5), patient=True)
    put("ana:2", ana)
    put("bo:1", bo)
    put("job", ana, kind="job")
    others = outbox.claim("web")
    assert keys(others) == ["bo:1", "job"]
    for other in others:
        outbox.sent(other.id, None)
    clock.move(timedelta(minutes=5))
    (again, *rest) = outbox.claim("web")
    assert again.key == "ana:1"
    assert rest == [], "it may fail once more"
    outbox.sent(again.id, None)
    assert keys(outbox.claim("web")) == ["ana:2"]


def test_another_process_does_not_overtake_one_that_is_sending(
    database: Database, outbox: Outbox, put: Put, clock: FrozenClock, ana: Learner
) -> None:
    other = Outbox(database, clock, owner="two")
    put("ana:1", ana)
    put("ana:2", ana)
    (first,) = outbox.claim("web", limit=1)
    assert other.claim("web") == []
    clock.move(LEASE)
    assert keys(other.claim("web")) == ["ana:1", "ana:2"]
    outbox.sent(first.id, None)


def test_a_message_that_can_t_be_sent_holds_its_learner_up_for_a_minute_only(
    outbox: Outbox, put: Put, clock: FrozenClock, ana: Learner
) -> None:
    put("ana:1", ana)
    put("ana:2", ana)
    for attempt in range(1, IN_ORDER + 1):
        (broken,) = outbox.claim("web", limit=1)
        assert broken.key == "ana:1"
        outbox.failed(broken.id, "a bug", timedelta(0))
        if attempt < IN_ORDER:
            assert outbox.claim("web") == []
            clock.move(back_off(attempt))
    assert keys(outbox.claim("web")) == ["ana:2"]


def test_a_batch_stays_in_order_when_one_of_it_fails(
    outbox: Outbox, put: Put, clock: FrozenClock, ana: Learner, bo: Learner
) -> None:
    for number in range(3):
        put(f"ana:{number}", ana)
        put(f"bo:{number}", bo)
    sent: list[str] = []
    full = True

    def send(delivery: Delivery, reply: Reply) -> None:
        if full and delivery.key == "ana:1":
            raise SendLater(timedelta(seconds=30))
        sent.append(delivery.key)

    drain = Drain(outbox, "web", send, lambda delivery: Reply(delivery.key))
    drain.drain_once()
    assert sent == ["ana:0", "bo:0", "bo:1", "bo:2"]
    full = False
    clock.move(timedelta(seconds=30))
    while drain.drain_once():
        pass
    assert sent[4:] == ["ana:1", "ana:2"]


def test_an_outage_of_a_week_loses_nothing(
    outbox: Outbox, put: Put, clock: FrozenClock, ana: Learner
) -> None:
    put("ana:1", ana)
    began, tries = clock.now(), 0
    while clock.now() - began < timedelta(days=7):
        clock.set(max(outbox.next_due("web") or clock.now(), clock.now()))
        for delivery in outbox.claim("web"):
            tries += 1
            outbox.failed(delivery.id, "503", timedelta(0), patient=True)
    assert tries > MAX_ATTEMPTS
    clock.set(began + timedelta(days=8))
    assert keys(outbox.claim("web")) == ["ana:1"]


def test_what_waits_is_spread_but_never_sooner_than_the_platform_asked(
    database: Database, clock: FrozenClock, put: Put, ana: Learner
) -> None:
    moments: list[float] = []
    for share in (0.0, 0.5, 1.0):
        outbox = Outbox(database, clock, owner="one", jitter=lambda share=share: share)  # type: ignore[misc]
        put(f"a{share}", ana, kind="job")
        (delivery,) = outbox.claim("web")
        outbox.failed(delivery.id, "busy", timedelta(minutes=10), patient=True)
        with database.session() as session:
            row = session.get_one(OutboundRow, delivery.id)
            moments.append((row.due_at - clock.now()) / timedelta(minutes=1))
    assert moments == [10.0, 10.5, 11.0]


def test_a_review_that_missed_its_moment_does_not_come_at_night(
    outbox: Outbox, put: Put, clock: FrozenClock, ana: Learner
) -> None:
    evening = datetime(2026, 3, 2, 19, 55, tzinfo=UTC)  # 21:55 in Sofia, quiet from 22:00 on
    clock.set(evening)
    put("ana:1", ana)
    (first,) = outbox.claim("web")
    outbox.failed(first.id, "503", timedelta(minutes=15), patient=True)
    clock.set(evening + timedelta(minutes=20))
    assert outbox.claim("web") == []
    morning = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    assert outbox.next_due("web") == morning
    put("ana:2", ana)
    assert outbox.claim("web") == [], "nor does what would overtake it"
    clock.set(morning)
    assert keys(outbox.claim("web")) == ["ana:1"]


def test_a_review_that_is_tried_again_at_once_comes_although_it_is_night(
    outbox: Outbox, put: Put, clock: FrozenClock, ana: Learner
) -> None:
    clock.set(datetime(2026, 3, 2, 23, 0, tzinfo=UTC))
    put("ana:1", ana)
    (first,) = outbox.claim("web")
    outbox.failed(first.id, "busy", timedelta(0), patient=True)
    clock.move(timedelta(seconds=2))
    assert keys(outbox.claim("web")) == ["ana:1"]
