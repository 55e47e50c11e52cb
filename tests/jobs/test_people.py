"""Learners: met once, however often and from however many threads."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from jobs.errors import LearnerError
from jobs.people import Learner, People
from jobs.review.hours import Quiet
from jobs.tables import LearnerRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock


@pytest.fixture
def people(database: Database, clock: FrozenClock) -> People:
    return People(database, clock, review_hour=19)


@pytest.fixture
def ana(people: People) -> Learner:
    return people.meet("web", "u1", "Ana", "page", "Europe/Sofia", "bg-BG")


def test_a_new_learner_starts_with_the_defaults_and_their_own_zone(ana: Learner) -> None:
    assert (ana.name, ana.zone, ana.review_hour, ana.locale) == ("Ana", "Europe/Sofia", 19, "bg-BG")
    assert ana.language is None
    assert ana.quiet == Quiet(22, 8)


def test_the_same_account_is_the_same_learner_and_keeps_its_zone(people: People, ana: Learner) -> None:
    again = people.meet("web", "u1", "Ana P.", "elsewhere", "Asia/Tokyo", "en")
    assert again.id == ana.id
    assert (again.name, again.zone, again.locale) == ("Ana P.", "Europe/Sofia", "en")
    assert people.meet("discord", "u1", "Ana", "dm").id != ana.id


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../etc/passwd", "Europe", "/etc/localtime"])
def test_a_zone_that_is_not_one_becomes_utc_at_the_first_meeting(people: People, zone: str | None) -> None:
    assert people.meet("web", "u2", "Bo", "page", zone).zone == "UTC"


def test_settings_change_one_by_one(people: People, ana: Learner) -> None:
    people.change(ana.id, language="zh")
    people.change(ana.id, zone="Asia/Shanghai", review_hour=7)
    people.change(ana.id, quiet_start=23, quiet_end=6)
    assert people.learner(ana.id) == Learner(ana.id, "Ana", "zh", "Asia/Shanghai", 7, 23, 6, "bg-BG")
    people.change(ana.id, language=None, quiet_start=None, quiet_end=None)
    assert people.learner(ana.id).language is None
    assert people.learner(ana.id).quiet is None


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ({"zone": "Mars/Olympus"}, "error.zone_unknown"),
        ({"review_hour": 24}, "error.hour_invalid"),
        ({"quiet_start": -1}, "error.hour_invalid"),
        ({"quiet_end": None}, "error.quiet_invalid"),
        ({"language": "de"}, "error.language_unknown"),
    ],
)
def test_a_setting_that_can_not_be_is_refused_and_changes_nothing(
    people: People, ana: Learner, setting: dict[str, str | int | None], key: str
) -> None:
    with pytest.raises(LearnerError) as refused:
        people.change(ana.id, **{"review_hour": 5, **setting})  # type: ignore[arg-type]
    assert refused.value.key == key
    assert people.learner(ana.id) == ana


def test_a_learner_nobody_met_is_an_error(people: People) -> None:
    with pytest.raises(LearnerError):
        people.learner(99)


def test_two_first_turns_at_once_are_one_learner(database: Database, people: People) -> None:
    gate = Barrier(4)
    ids: list[int] = []

    def meet() -> None:
        gate.wait(10)
        ids.append(people.meet("web", "u9", "Eva", "page").id)

    threads = [Thread(target=meet) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ids) == 4
    assert len(set(ids)) == 1
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(LearnerRow)) == 1


@pytest.mark.parametrize(
    ("quiet", "covered"),
    [
        (Quiet(22, 8), {22, 23, 0, 1, 2, 3, 4, 5, 6, 7}),
        (Quiet(1, 3), {1, 2}),
        (Quiet(0, 0), set()),
    ],
)
def test_quiet_hours_may_run_over_midnight(quiet: Quiet, covered: set[int]) -> None:
    assert {hour for hour in range(24) if quiet.covers(hour)} == covered
