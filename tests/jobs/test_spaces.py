"""Servers are greeted once, stop when they are left, and are forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.bindings import CoursePlaceRow
from jobs.destinations import destination
from jobs.people import Learner, People
from jobs.people_tables import ReviewPlaceRow, SpaceRow
from jobs.reach import Reach
from jobs.spaces import Spaces
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

KEEP, LONGER = timedelta(days=30), timedelta(days=60)


@pytest.fixture
def spaces(database: Database, clock: FrozenClock) -> Spaces:
    return Spaces(database, clock, {"slack": LONGER}, KEEP)


@pytest.fixture
def ana(database: Database, clock: FrozenClock) -> Learner:
    """A learner whose reviews come in a channel of the server."""
    learner = People(database, clock).meet("discord", "77", "ana", "channel:5", inbox="dm:77")
    Reach(database, clock).choose(learner.id, "discord", "77", "channel:5", "guild:1")
    return learner


def place_of(database: Database, learner: Learner) -> str | None:
    with database.session() as session:
        there = destination(session, learner.id)
        return there.place if there else None


def test_a_greeting_is_wanted_at_each_joining_once(spaces: Spaces) -> None:
    assert spaces.joined("discord", "guild:1", "Study")
    assert not spaces.joined("discord", "guild:1", "Study group")
    assert spaces.joined("slack", "guild:1", "Other")
    assert spaces.left("discord", "guild:1")
    assert not spaces.left("discord", "guild:1")
    assert not spaces.left("discord", "guild:2")
    assert spaces.present("discord") == []
    assert spaces.joined("discord", "guild:1", "Study")
    assert spaces.present("discord") == ["guild:1"]


def test_of_many_who_tell_of_a_joining_at_once_one_greets(spaces: Spaces) -> None:
    gate = Barrier(4)
    told: list[bool] = []

    def join() -> None:
        gate.wait(10)
        told.append(spaces.joined("discord", "guild:1", "Study"))

    threads = [Thread(target=join) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == [False, False, False, True]


def test_a_greeting_that_fails_is_wanted_again(spaces: Spaces) -> None:
    def greet(session: Session, platform: str, place: str) -> None:
        raise OSError("pulled the plug")

    with pytest.raises(OSError, match="plug"):
        spaces.joined("discord", "guild:1", "Study", greet)
    assert spaces.joined("discord", "guild:1", "Study")


def test_reviews_leave_the_server_with_recap_and_come_back_with_it(
    spaces: Spaces, database: Database, ana: Learner
) -> None:
    spaces.joined("discord", "guild:1", "Study")
    assert place_of(database, ana) == "channel:5"
    spaces.left("discord", "guild:1")
    assert place_of(database, ana) == "dm:77"
    spaces.joined("discord", "guild:1", "Study")
    assert place_of(database, ana) == "channel:5"


def test_who_keeps_something_for_a_server_is_told_in_the_same_transaction(
    spaces: Spaces, database: Database, clock: FrozenClock
) -> None:
    heard: list[str] = []
    spaces.on_joined(lambda _session, platform, place: heard.append(f"joined {platform} {place}"))
    spaces.on_prune(lambda _session, _platform, place: heard.append(f"pruned {place}"))

    def stop(session: Session, platform: str, place: str) -> None:
        row = session.get_one(SpaceRow, (platform, place))
        heard.append("left" if row.left_at is not None else "not left")

    spaces.on_left(stop)
    spaces.joined("discord", "guild:1", "Study")
    spaces.left("discord", "guild:1")
    clock.move(KEEP + timedelta(seconds=1))
    spaces.prune()
    assert heard == ["joined discord guild:1", "left", "pruned guild:1"]


def test_a_server_s_channels_belong_to_no_course_once_its_data_goes(
    database: Database, spaces: Spaces, clock: FrozenClock
) -> None:
    places = {"guild:1": "guild:1", "channel:5": "guild:1", "channel:6": "guild:2", "dm:7": ""}
    with database.session() as session:
        for place, space in places.items():
            row = {"platform": "discord", "place": place, "space": space, "course": "biology"}
            session.add(CoursePlaceRow(**row, bound_at=clock.now()))
    spaces.joined("discord", "guild:1", "Study")
    spaces.left("discord", "guild:1")
    clock.move(timedelta(days=29))
    spaces.prune()
    assert bound(database) == set(places)
    clock.move(timedelta(days=2))
    spaces.prune()
    assert bound(database) == {"channel:6", "dm:7"}


def test_every_platform_has_a_time_of_its_own(spaces: Spaces, clock: FrozenClock) -> None:
    for platform in ("discord", "slack"):
        spaces.joined(platform, "1", "Study")
        spaces.left(platform, "1")
    clock.move(timedelta(days=31))
    assert spaces.prune() == 1
    clock.move(timedelta(days=30))
    assert spaces.prune() == 1


def bound(database: Database) -> set[str]:
    with database.session() as session:
        return set(session.scalars(select(CoursePlaceRow.place)))


def test_what_belonged_to_a_server_is_kept_for_its_time(
    spaces: Spaces, database: Database, clock: FrozenClock, ana: Learner
) -> None:
    spaces.joined("discord", "guild:1", "Study")
    spaces.joined("discord", "guild:2", "Other")
    spaces.left("discord", "guild:1")
    clock.move(KEEP)
    assert spaces.prune() == 0
    clock.move(timedelta(seconds=1))
    assert spaces.prune() == 1
    with database.session() as session:
        assert session.scalars(select(SpaceRow.place)).all() == ["guild:2"]
        assert session.scalars(select(ReviewPlaceRow)).all() == []
    assert place_of(database, ana) == "dm:77"
    assert spaces.joined("discord", "guild:1", "Study"), "greeted like a new one"
