"""A time zone database with other rules: what waits keeps its local hour."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jobs.people import Learner, zone_info
from jobs.review.pacing import USUAL
from jobs.review.rebuild import rebuild
from jobs.review.zones import ZoneRow, follow_zones, rules_of
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.doubles.zones import crafted, tzif

NOTE = "attention.md"
SUMMER = datetime(2026, 3, 4, tzinfo=UTC)
NewRules = Callable[[bytes | None], None]


@pytest.fixture
def new_rules(tmp_path: Path) -> Iterator[NewRules]:
    """Starts with another zone database, as a new process would: Europe/Sofia is what the file says."""
    usual = zoneinfo.TZPATH

    def install(sofia: bytes | None) -> None:
        file = tmp_path / "zones" / "Europe" / "Sofia"
        file.parent.mkdir(parents=True, exist_ok=True)
        if sofia is not None:
            file.write_bytes(sofia)
        zoneinfo.reset_tzpath([str(tmp_path / "zones"), *usual] if sofia is not None else list(usual))
        ZoneInfo.clear_cache()
        zone_info.cache_clear()

    yield install
    install(None)


def test_what_waits_keeps_its_local_hour_when_the_rules_change(
    reviews: ReviewLoop,
    ana: Learner,
    bo: Learner,
    database: Database,
    clock: FrozenClock,
    new_rules: NewRules,
) -> None:
    assert follow_zones(database, clock) == 0
    reviews.study(ana.id, NOTE)
    reviews.study(bo.id, NOTE)
    before = [review.due_at for review in reviews.upcoming(ana.id)]
    shanghai = reviews.upcoming(bo.id)
    new_rules(tzif([(SUMMER, 4)], 2))
    assert follow_zones(database, clock) == 3, "all but the first, which comes before the change"
    after = [review.due_at for review in reviews.upcoming(ana.id)]
    sofia = ZoneInfo("Europe/Sofia")
    assert [moment.astimezone(sofia).hour for moment in after] == [18] * 4
    assert [new - old for old, new in zip(before, after, strict=True)] == [
        timedelta(0),
        timedelta(hours=-2),
        timedelta(hours=-2),
        timedelta(hours=-1),
    ]
    assert reviews.upcoming(bo.id) == shanghai
    assert rebuild(database, USUAL, check=True).differing == 0
    assert follow_zones(database, clock) == 0


def test_a_look_that_was_cut_off_is_made_good_by_the_next_start(
    reviews: ReviewLoop,
    ana: Learner,
    database: Database,
    clock: FrozenClock,
    new_rules: NewRules,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    follow_zones(database, clock)
    reviews.study(ana.id, NOTE)
    new_rules(tzif([(SUMMER, 4)], 2))
    with monkeypatch.context() as patch:
        patch.setattr("jobs.review.zones._note", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            follow_zones(database, clock)
    assert follow_zones(database, clock) == 0, "they had moved"
    with database.session() as session:
        assert session.get_one(ZoneRow, "Europe/Sofia").rules == rules_of(
            zone_info("Europe/Sofia"), clock.now().date()
        )


def test_the_first_look_and_one_a_year_later_move_nothing(
    reviews: ReviewLoop, ana: Learner, database: Database, clock: FrozenClock
) -> None:
    reviews.study(ana.id, NOTE)
    assert follow_zones(database, clock) == 0
    clock.move(timedelta(days=400))
    assert follow_zones(database, clock) == 0
    with database.session() as session:
        assert session.get_one(ZoneRow, "Europe/Sofia").since == clock.now().date()


def test_a_zone_that_is_unknown_now_is_left_alone(
    reviews: ReviewLoop, ana: Learner, database: Database, clock: FrozenClock
) -> None:
    with database.session() as session:
        session.add(ZoneRow(name="Nowhere/Land", since=clock.now().date(), rules="x"))
    assert follow_zones(database, clock) == 0


@pytest.mark.parametrize("name", ["Europe/Sofia", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia"])
def test_rules_are_told_apart_to_the_hour_of_their_change(name: str) -> None:
    since = date(2026, 1, 1)
    zone = ZoneInfo(name)
    assert rules_of(zone, since) == rules_of(ZoneInfo.no_cache(name), since)
    assert rules_of(zone, since) != rules_of(zone, since + timedelta(days=1))
    early = crafted(name, [(datetime(2030, 5, 5, 1, tzinfo=UTC), 3)], 2)
    late = crafted(name, [(datetime(2030, 5, 5, 2, tzinfo=UTC), 3)], 2)
    none = crafted(name, [], 2)
    assert len({rules_of(one, since) for one in (early, late, none, zone)}) == 4
