"""A round under crashes at any commit: nothing is lost, nothing comes twice; processes share the work."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from jobs.groups.records import Round
from jobs.groups.service import Groups
from jobs.groups.tables import AnswerRow, RoundRow
from jobs.outbox import LEASE, Outbox
from jobs.people import Learner, People
from jobs.review.ladder import Ladder
from jobs.review.service import Reviews
from jobs.tables import AttemptRow, ReviewRow, StudyRow
from knowledge.library import Library
from knowledge.store import Base, Database
from tests.doubles.clock import FrozenClock
from tests.jobs.groups.conftest import CHANNEL, COURSE, PLAN, PLATFORM, SERVER, Channel, Meet, local

ROOT = Path(__file__).parents[3]


class Pulled(BaseException):
    """The process ended here. No handler of errors sees it."""


class Plug:
    """A database whose process ends before or after its n-th commit."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.commits = 0
        self.ends: tuple[str, int] | None = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        self.commits += 1
        number = self.commits
        with self.database.session() as session:
            yield session
            if self.ends == ("before", number):
                raise Pulled
        if self.ends == ("after", number):
            raise Pulled


@dataclass
class World:
    """One process after another on one database, and a platform that knows messages by their keys."""

    plug: Plug
    index: Path
    clock: FrozenClock
    learners: list[Learner]
    posted: Counter[str] = field(default_factory=Counter)
    crashes: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        database = cast(Database, self.plug)
        self.outbox = Outbox(database, self.clock, f"process {self.crashes}")
        ladder = Ladder.parse("1d,3d")
        self.reviews = Reviews(database, Library(self.index), self.outbox, self.clock, ladder, COURSE)
        self.groups = Groups(database, self.outbox, self.clock, {COURSE: self.reviews}.get)

    def surely(self, act: Callable[[], Any]) -> Any:
        """Does it, after a restart once more: as a person presses again, or the scheduler wakes again."""
        try:
            return act()
        except Pulled:
            self.crashes += 1
            self.restart()
            return act()

    def drain(self) -> None:
        for delivery in self.outbox.claim(PLATFORM, limit=50):
            if delivery.edit_ref is None:
                self.posted[delivery.key] = 1
            self.outbox.sent(delivery.id, delivery.edit_ref or delivery.key)

    def work(self) -> None:
        """Until nothing is left to do."""
        for _ in range(4):
            self.surely(self.groups_run)
            self.surely(self.drain)
            self.clock.move(LEASE)

    def groups_run(self) -> int:
        return self.groups.watch.run()

    def question(self) -> Round:
        return self.groups.round(1)

    def joins(self, group_id: int, learner_id: int) -> None:
        self.groups.join(group_id, learner_id)

    def picks(self, learner_id: int, at: int) -> None:
        self.groups.answer(1, learner_id, (at,))

    def live(self) -> None:
        """A group is founded, asked, answers, and sees the reveal."""
        group = self.surely(lambda: self.groups.start(PLATFORM, CHANNEL, SERVER, PLAN, self.learners[0].id))
        for learner in self.learners:
            self.surely(partial(self.joins, group.group_id, learner.id))
        self.clock.set(local(2, 18, 30))
        self.work()
        asked = self.surely(self.question)
        for learner, right in zip(self.learners, (True, False), strict=True):
            at = next(at for at, choice in enumerate(asked.choices) if choice.correct is right)
            self.surely(partial(self.picks, learner.id, at))
        self.work()


@contextmanager
def founded(url: str, index: Path, clock: FrozenClock) -> Iterator[World]:
    """A new world with two learners, its plug not yet pulled."""
    clock.set(local(2, 12))
    database = Database(url)
    Base.metadata.create_all(database.engine)
    people = People(database, clock, quiet=None)
    learners = [people.meet(PLATFORM, name, name, f"dm:{name}", "Europe/Sofia") for name in ("a", "b")]
    world = World(Plug(database), index, clock, learners)
    world.reviews.prepare("attention.md")
    world.plug.commits = 0
    yield world
    database.dispose()


def wrong_in(world: World) -> list[str]:
    """What isn't as a life without crashes leaves it."""
    with world.plug.database.session() as session:
        counts = {
            "rounds": session.query(RoundRow).count(),
            "answers": session.query(AnswerRow).count(),
            "attempts": session.query(AttemptRow).count(),
            "studies": session.query(StudyRow).count(),
            "ladder": session.query(ReviewRow).filter(ReviewRow.step >= 0).count(),
            "met": session.query(ReviewRow).filter(ReviewRow.step == -1, ReviewRow.repeat == 0).count(),
            "again": session.query(ReviewRow).filter(ReviewRow.step == -1, ReviewRow.repeat == 1).count(),
            "ungraded": session.query(AnswerRow).filter(AnswerRow.grade_at.is_not(None)).count(),
        }
        ratings = sorted(str(row.rating) for row in session.query(AttemptRow))
    expected = {
        "rounds": 1,
        "answers": 2,
        "attempts": 2,
        "studies": 2,
        "ladder": 4,
        "met": 2,
        "again": 1,
        "ungraded": 0,
    }
    wrong = [f"{name}: {counts[name]}" for name in expected if counts[name] != expected[name]]
    if dict(world.posted) != {"round:1": 1, "round:1:reveal": 1}:
        wrong.append(f"posted: {dict(world.posted)}")
    if ratings != ["1", "3"]:
        wrong.append(f"ratings: {ratings}")
    return wrong


@pytest.fixture(scope="session")
def commits(index: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many commits such a life takes."""
    url = f"sqlite:///{tmp_path_factory.mktemp('count') / 'recap.db'}"
    with founded(url, index, FrozenClock()) as world:
        world.live()
        assert wrong_in(world) == []
        return world.plug.commits


@pytest.mark.parametrize(
    "tenth", [0, *(pytest.param(tenth, marks=pytest.mark.slow) for tenth in range(1, 10))]
)
def test_a_process_that_ends_at_any_commit_loses_and_repeats_nothing(
    tenth: int,
    commits: int,
    index: Path,
    clock: FrozenClock,
    tmp_path: Path,
) -> None:
    assert commits > 40
    points = [(when, number) for number in range(1, commits + 1) for when in ("before", "after")]
    for when, number in points[tenth::10]:
        with founded(f"sqlite:///{tmp_path / f'{when}{number}.db'}", index, clock) as world:
            world.plug.ends = (when, number)
            world.live()
            assert world.crashes == 1, (when, number)
            assert wrong_in(world) == [], (when, number)


PROCESS = """
import sys
from datetime import datetime
from pathlib import Path
from jobs.errors import GroupError
from jobs.groups.records import Round
from jobs.groups.service import Groups
from jobs.outbox import Outbox
from jobs.review.ladder import Ladder
from jobs.review.service import Reviews
from knowledge.library import Library
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

url, index, now, what, *learners = sys.argv[1:]
database, clock = Database(url), FrozenClock(datetime.fromisoformat(now))
outbox = Outbox(database, clock, f"p{what}{learners}")
reviews = Reviews(database, Library(Path(index)), outbox, clock, Ladder.parse("1d"), "course")
groups = Groups(database, outbox, clock, {"course": reviews}.get)
print("up", flush=True)
sys.stdin.readline()
if what == "watch":
    print(sum(groups.watch.run() for _ in range(3)))
else:
    taken = 0
    for learner in learners:
        for picked in (0, 1, 0):
            try:
                groups.answer(int(what), int(learner), (picked,))
                taken += 1
            except GroupError:
                pass
    print(taken)
"""


def _at_once(arguments: list[list[str]]) -> list[int]:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, *one],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for one in arguments
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "up"
    return [int(process.communicate("go\n", timeout=90)[0]) for process in processes]


def test_processes_that_watch_at_once_ask_each_group_once(
    channel: Channel, database: Database, database_url: str, index: Path, ana: Learner, clock: FrozenClock
) -> None:
    for number in range(6):
        channel.groups.start(PLATFORM, f"channel:{number}", SERVER, PLAN, ana.id)
    clock.set(local(2, 18, 30))
    asked = _at_once([[database_url, str(index), clock.now().isoformat(), "watch"]] * 3)
    assert sum(asked) == 6
    assert Counter(delivery.place for delivery in channel.fetch()) == {
        f"channel:{number}": 1 for number in range(6)
    }
    with database.session() as session:
        assert session.query(RoundRow).count() == 6


def test_answers_from_several_processes_count_once_for_each_learner(
    channel: Channel, database: Database, database_url: str, index: Path, meet: Meet, clock: FrozenClock
) -> None:
    people = [meet(f"u{number}") for number in range(8)]
    asked = channel.ask(people[0], PLAN, *people)
    base = [database_url, str(index), clock.now().isoformat()]
    ids = [str(one.id) for one in people]
    taken = _at_once(
        [
            [*base, str(asked.round_id), *ids],
            [*base, str(asked.round_id), *reversed(ids)],
            [*base, "watch"],
        ]
    )
    assert sum(taken[:2]) >= len(people)
    clock.move(timedelta(hours=13))
    for _ in range(3):
        channel.groups.watch.run()
    posted = Counter(delivery.kind for delivery in channel.fetch() if delivery.edit_ref is None)
    assert posted["group_reveal"] == 1
    shown = channel.groups.round(asked.round_id)
    assert (shown.answers, sum(shown.picks)) == (8, 8)
    with database.session() as session:
        assert session.query(AttemptRow).count() == 8
        assert session.query(StudyRow).count() == 8
        assert session.query(AnswerRow).filter(AnswerRow.grade_at.is_not(None)).count() == 0
