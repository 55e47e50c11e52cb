"""Several processes on one database ask each review once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

from sqlalchemy.exc import SQLAlchemyError

from jobs.outbox import Outbox
from jobs.people import Learner, People
from jobs.review.delivery import RECOVERY
from jobs.review.session_tables import SessionItemRow
from jobs.tables import AttemptRow
from knowledge.errors import RecapError
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import Build, Mail, Shelf

ROOT = Path(__file__).parents[3]
DELIVERER = """
import sys
from datetime import datetime
from pathlib import Path
from jobs.outbox import Outbox
from jobs.review.ladder import Ladder
from tests.doubles.review_loop import ReviewLoop
from knowledge.library import Library
from knowledge.store import Database
from tests.doubles.clock import FrozenClock

url, index, now = sys.argv[1:]
database, clock = Database(url), FrozenClock(datetime.fromisoformat(now))
reviews = ReviewLoop(
    database, Library(Path(index)), Outbox(database, clock, "p"), clock, Ladder.parse("1d"), "course", 99
)
print("up", flush=True)
sys.stdin.readline()
print(sum(reviews.deliver_due() for _ in range(5)))
"""


def _many(people: People, reviews: ReviewLoop, count: int) -> list[Learner]:
    learners = [people.meet("web", f"u{n}", f"U{n}", f"page{n}") for n in range(count)]
    for learner in learners:
        reviews.study(learner.id, "attention.md")
        reviews.study(learner.id, "padding.txt")
    return learners


def test_processes_that_deliver_at_once_ask_each_review_once(
    database: Database,
    database_url: str,
    shelf: Shelf,
    people: People,
    build: Build,
    clock: FrozenClock,
    mail: Mail,
) -> None:
    _many(people, build("1d"), 8)
    clock.move(timedelta(days=1, hours=12))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", DELIVERER, database_url, str(shelf.index), clock.now().isoformat()],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "up"
    counts = [int(process.communicate("go\n", timeout=60)[0]) for process in processes]
    assert sum(counts) == 8
    assert len(mail.fetch()) == 8
    with database.session() as session:
        asked = Counter(row.review_id for row in session.query(AttemptRow))
        announced = Counter(row.review_id for row in session.query(SessionItemRow))
    assert (len(asked), set(asked.values())) == (8, {1})
    assert (len(announced), set(announced.values())) == (16, {1})


def test_everything_at_once_leaves_one_of_each(
    database: Database, people: People, build: Build, clock: FrozenClock, mail: Mail
) -> None:
    """Delivering, asking by hand, studying and answering the same reviews from many threads."""
    reviews = build("1d,3d")
    learners = _many(people, reviews, 3)
    clock.move(timedelta(days=1, hours=12))
    gate = Barrier(5)
    errors: list[Exception] = []

    def run(act: int) -> None:
        try:
            gate.wait(10)
            for learner in learners:
                if act < 2:
                    reviews.deliver_due()
                elif act == 2:
                    reviews.study(learner.id, "padding.txt")
                else:
                    for due in reviews.due(learner.id):
                        if due.note == "attention.md":
                            asked = reviews.ask(learner.id, due.review_id, "web", "p")
                            reviews.answer(asked.attempt_id, learner.id, "x")
                            reviews.rate(asked.attempt_id, learner.id, 3)
        except (RecapError, SQLAlchemyError) as error:
            errors.append(error)

    threads = [Thread(target=run, args=(act,)) for act in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    reviews.deliver_due()
    with database.session() as session:
        asked = Counter(row.review_id for row in session.query(AttemptRow))
    assert set(asked.values()) == {1}
    for learner in learners:
        upcoming = Counter(review.note for review in reviews.upcoming(learner.id))
        assert upcoming == {"attention.md": 1, "padding.txt": 2}
        assert reviews.due(learner.id) == []


def test_a_crash_while_delivering_leaves_the_review_to_the_next(
    database: Database, people: People, build: Build, clock: FrozenClock, mail: Mail, outbox: Outbox
) -> None:
    reviews = build("1d")
    _many(people, reviews, 1)
    clock.move(timedelta(days=1, hours=12))
    put = outbox.put
    calls = 0

    def crash(*args: object, **values: object) -> bool:
        nonlocal calls
        calls += 1
        put(*args, **values)  # type: ignore[arg-type]
        raise RuntimeError("pulled the plug")

    outbox.put = crash  # type: ignore[method-assign]
    assert reviews.deliver_due() == 0
    assert calls == 1
    assert mail.fetch() == []
    outbox.put = put  # type: ignore[method-assign]
    clock.move(RECOVERY)
    assert reviews.deliver_due() == 1
    assert len(mail.fetch()) == 1
