"""What is stuck is listed with its reason, can be sent again, and can be given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from jobs import destinations
from jobs.errors import StuckError
from jobs.outbox import LEASE, Outbox
from jobs.people import Learner, People
from jobs.stuck import PATIENCE, Mail
from jobs.tables import OutboundRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

Put = Callable[..., int]


@pytest.fixture
def outbox(database: Database, clock: FrozenClock) -> Outbox:
    return Outbox(database, clock, owner="one")


@pytest.fixture
def mail(database: Database, clock: FrozenClock) -> Mail:
    return Mail(database, clock)


@pytest.fixture
def ana(database: Database, clock: FrozenClock) -> Learner:
    return People(database, clock).meet("discord", "1", "Ana", "channel:2", inbox="dm:1")


@pytest.fixture
def put(database: Database, outbox: Outbox) -> Put:
    """Queues a message and claims it."""

    def put(key: str, learner: Learner | None = None, kind: str = "review", place: str = "dm:1") -> int:
        with database.session() as session:
            outbox.put(
                session,
                key=key,
                platform="discord",
                place=place,
                kind=kind,
                payload={},
                learner_id=learner.id if learner else None,
            )
        (delivery,) = outbox.claim("discord")
        return delivery.id

    return put


def state(database: Database, number: int) -> str:
    with database.session() as session:
        return session.get_one(OutboundRow, number).state


def test_nothing_is_stuck_while_all_goes_well(outbox: Outbox, mail: Mail, put: Put, ana: Learner) -> None:
    outbox.sent(put("a", ana), "m1")
    outbox.failed(put("b", ana), "busy", timedelta(0), patient=True)
    assert mail.stuck() == []


def test_a_refused_message_is_told_with_what_the_platform_said(
    outbox: Outbox, mail: Mail, put: Put, clock: FrozenClock
) -> None:
    number = put("group:1", kind="group_question", place="channel:9")
    outbox.failed(number, "404 unknown channel", None)
    (one,) = mail.stuck()
    assert (one.id, one.state, one.reason) == (str(number), "failed", "404 unknown channel")
    assert (one.platform, one.place, one.learner) == ("discord", "channel:9", "")
    assert one.since == clock.now()
    assert one.next_try is None


def test_what_is_tried_for_long_and_what_was_abandoned_is_told(
    outbox: Outbox, mail: Mail, put: Put, clock: FrozenClock, ana: Learner
) -> None:
    late = put("a", kind="job")
    outbox.failed(late, "503", timedelta(hours=1), patient=True)
    left = put("b", kind="job")
    clock.move(PATIENCE)
    found = {one.id: one for one in mail.stuck()}
    assert found[str(late)].state == "retrying"
    assert (found[str(late)].next_try or clock.now()) > clock.now()
    assert found[str(left)].state == "abandoned"


def test_a_held_message_goes_out_when_it_is_tried_again(
    database: Database, outbox: Outbox, mail: Mail, put: Put, ana: Learner
) -> None:
    number = put("review:1", ana)
    outbox.unreachable(number, "closed direct messages")
    (one,) = mail.stuck()
    assert (one.state, one.learner, one.reason) == ("held", "Ana", "closed direct messages")
    assert mail.retry(one.id) == 1
    assert state(database, number) == "waiting"
    assert [delivery.id for delivery in outbox.claim("discord")] == [number]


def test_all_are_tried_again_at_once(
    database: Database, outbox: Outbox, mail: Mail, put: Put, ana: Learner, clock: FrozenClock
) -> None:
    numbers = [put("a", kind="job"), put("b", kind="job"), put("c", ana)]
    for number in numbers[:2]:
        outbox.failed(number, "a bug", None)
    clock.move(LEASE + timedelta(seconds=1))
    assert mail.retry("all") == 3
    assert {delivery.id for delivery in outbox.claim("discord")} == set(numbers)
    assert mail.stuck() == []


def test_a_message_is_given_up(database: Database, outbox: Outbox, mail: Mail, put: Put) -> None:
    number = put("a", kind="job")
    outbox.failed(number, "a bug", None)
    mail.drop(str(number))
    assert state(database, number) == "dropped"
    assert mail.stuck() == []
    for name in (str(number), "all", "nonsense"):
        with pytest.raises(StuckError):
            mail.drop(name)
    with pytest.raises(StuckError):
        mail.retry("77")


def test_a_learner_who_opens_a_way_is_no_longer_stuck(
    database: Database, outbox: Outbox, mail: Mail, put: Put, ana: Learner, clock: FrozenClock
) -> None:
    outbox.unreachable(put("review:1", ana), "closed")
    with database.session() as session:
        destinations.reopen(session, ana.id)
        assert session.scalars(select(OutboundRow.state)).all() == ["waiting"]
    assert mail.stuck() == []
