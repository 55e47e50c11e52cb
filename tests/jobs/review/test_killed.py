"""kill -9 at random moments among the bots of a database: each review reaches its learner once, in order."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from jobs.outbox import Outbox
from jobs.review.ladder import Ladder
from jobs.tables import AccountRow, AttemptRow, LearnerRow, OutboundRow, ReviewRow, StudyRow
from knowledge.store import Base, Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE, Shelf

ROOT = Path(__file__).parents[3]
DUE = int(os.environ.get("RECAP_TEST_DUE_REVIEWS", "2000"))
"""Due reviews on PostgreSQL, shared by three processes; a quarter of them on SQLite, which has one."""
ORDERED = 100
"""Learners to whom further messages go, one after the other."""
EACH = 5
KILLS = 12
PATIENCE = 300.0 + 0.3 * DUE
"""Seconds; ends a run that hangs."""


class Fleet:
    """The bots of one database and the letterbox that they share."""

    def __init__(self, url: str, shelf: Shelf, clock: FrozenClock, record: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.record = record
        self._box = _started("tests.doubles.letterbox", str(record), str(seed))
        assert self._box.stdout is not None
        port = self._box.stdout.readline().strip()
        self._command = [url, str(shelf.index), port]
        self._clock = clock
        self._began = time.time()
        self.bots: list[subprocess.Popen[str]] = []
        self.killed = 0

    def start(self) -> None:
        now = self._clock.now() + timedelta(seconds=time.time() - self._began)
        bot = _started("tests.jobs.review.deliverer", *self._command, now.isoformat())
        assert bot.stdout is not None
        assert bot.stdout.readline().strip() == "up"
        self.bots.append(bot)

    def kill_one(self) -> None:
        bot = self.bots.pop(self.random.randrange(len(self.bots)))
        assert bot.poll() is None, "a bot ended by itself"
        _end(bot)
        self.killed += 1
        self.start()

    def shown(self) -> list[tuple[str, str]]:
        """What the learners see: place and text, in order."""
        return [tuple(json.loads(line)) for line in self.record.read_text("utf-8").splitlines()]

    def close(self) -> None:
        for process in (*self.bots, self._box):
            _end(process)


def _started(module: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=30)


def _fill(database: Database, clock: FrozenClock, due: int) -> None:
    """One due review for each learner; what `study` would have written, in bulk."""
    began, numbers = clock.now() - timedelta(days=1), range(1, due + 1)
    person = {"zone": "UTC", "review_hour": 9, "created_at": began}
    account = {"platform": "web", "seen_at": began}
    study = {"course_id": COURSE, "note": "attention.md", "title": "Attention", "studied_at": began}
    study |= {"day": began.date(), "ladder": "1d"}
    review = {"step": 0, "interval": "1d", "day": clock.now().date(), "due_at": clock.now()}
    rows: tuple[tuple[type[Base], list[dict[str, Any]]], ...] = (
        (LearnerRow, [{"id": n, "name": f"L{n}", **person} for n in numbers]),
        (
            AccountRow,
            [{"learner_id": n, "external_id": f"u{n}", "place": f"page-{n}", **account} for n in numbers],
        ),
        (StudyRow, [{"id": n, "learner_id": n, "state": "active", **study} for n in numbers]),
        (ReviewRow, [{"id": n, "study_id": n, "learner_id": n, **review} for n in numbers]),
    )
    with database.session() as session:
        for table, values in rows:
            session.execute(insert(table), values)


def _queue_in_order(database: Database, outbox: Outbox) -> None:
    with database.session() as session:
        for number in range(EACH):
            for learner in range(1, ORDERED + 1):
                outbox.put(
                    session,
                    key=f"order:{learner}:{number}",
                    platform="web",
                    place=f"page-{learner}",
                    kind="review",
                    payload={"text": f"order {number}"},
                    learner_id=learner,
                )


def _left(database: Database) -> int:
    with database.session() as session:
        unsent = session.scalar(
            select(func.count()).select_from(OutboundRow).where(OutboundRow.state != "sent")
        )
        unasked = session.scalar(
            select(func.count()).select_from(ReviewRow).where(ReviewRow.state == "waiting")
        )
    return (unsent or 0) + (unasked or 0)


@contextmanager
def _fleet(url: str, shelf: Shelf, clock: FrozenClock, folder: Path, bots: int) -> Iterator[Fleet]:
    fleet = Fleet(url, shelf, clock, folder / "shown.txt", seed=1)
    try:
        for _ in range(bots):
            fleet.start()
        yield fleet
    finally:
        fleet.close()


def _on(url: str, shelf: Shelf, clock: FrozenClock, folder: Path, bots: int, due: int) -> None:
    database = Database(url)
    try:
        Base.metadata.create_all(database.engine)
        outbox = Outbox(database, clock, "queue")
        reviews = ReviewLoop(database, shelf.library, outbox, clock, Ladder.parse("1d"), COURSE)
        reviews.prepare("attention.md")
        _fill(database, clock, due)
        _queue_in_order(database, outbox)
        with _fleet(url, shelf, clock, folder, bots) as fleet:
            _kill_until_all_is_sent(fleet, database, due + ORDERED * EACH)
            shown = fleet.shown()
        _judge(database, shown, due)
    finally:
        database.dispose()


def _kill_until_all_is_sent(fleet: Fleet, database: Database, total: int) -> None:
    # By progress, not by time: as many kills on a slow machine as on a fast one.
    moments = sorted(fleet.random.randrange(total) for _ in range(KILLS))
    deadline = time.monotonic() + PATIENCE
    while left := _left(database):
        assert time.monotonic() < deadline, f"{left} are left"
        while moments and len(fleet.shown()) >= moments[0]:
            moments.pop(0)
            fleet.kill_one()
            time.sleep(fleet.random.uniform(0, 0.5))
        time.sleep(0.2)
    assert fleet.killed == KILLS


def _judge(database: Database, shown: list[tuple[str, str]], due: int) -> None:
    with database.session() as session:
        attempts = session.execute(select(AttemptRow.id, AttemptRow.review_id, AttemptRow.learner_id)).all()
        states = Counter(session.scalars(select(OutboundRow.state)))
    assert set(states) == {"sent"}
    assert Counter(review for _, review, _ in attempts) == dict.fromkeys(range(1, due + 1), 1)
    wanted = Counter((f"page-{learner}", str(attempt)) for attempt, _, learner in attempts)
    wanted |= Counter(
        (f"page-{learner}", f"order {number}") for learner in range(1, ORDERED + 1) for number in range(EACH)
    )
    assert Counter(shown) == wanted
    said: defaultdict[str, list[str]] = defaultdict(list)
    for place, text in shown:
        if text.startswith("order"):
            said[place].append(text)
    assert all(texts == sorted(texts) for texts in said.values())


@pytest.mark.slow
def test_three_processes_on_postgresql(
    postgres_url: str, shelf: Shelf, clock: FrozenClock, tmp_path: Path
) -> None:
    _on(postgres_url, shelf, clock, tmp_path, bots=3, due=DUE)


@pytest.mark.slow
def test_one_process_on_sqlite(sqlite_url: str, shelf: Shelf, clock: FrozenClock, tmp_path: Path) -> None:
    _on(sqlite_url, shelf, clock, tmp_path, bots=1, due=DUE // 4)
