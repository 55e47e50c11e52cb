"""The whole ladder in a few real seconds: scheduler, reviews and outbox together."""

from __future__ import annotations

from pathlib import Path
from queue import Queue

import pytest

from jobs.outbox import Outbox
from jobs.people import People
from jobs.review.ladder import Ladder
from jobs.scheduler import Scheduler
from knowledge.clock import SystemClock
from knowledge.library import Library
from knowledge.store import Database
from tests.doubles.review_loop import ReviewLoop


@pytest.fixture
def watched(prepared_sqlite_url: str) -> Database:
    return Database(prepared_sqlite_url)


def test_a_short_ladder_can_be_watched(watched: Database, indexed: Path) -> None:
    clock = SystemClock()
    outbox = Outbox(watched, clock, "one")
    ladder = Ladder.parse("1s,2s,3s,4s")
    reviews = ReviewLoop(watched, Library(indexed / "index"), outbox, clock, ladder, "course")
    learner = People(watched, clock).meet("web", "ana", "Ana", "page", "Europe/Sofia", "bg")
    scheduler = Scheduler(reviews.deliver_due, reviews.next_due, lambda: None, clock)
    woken: Queue[None] = Queue()
    outbox.subscribe("web", lambda: woken.put(None))
    scheduler.start()
    try:
        due = reviews.study(learner.id, "bg/tokens.md").due
        scheduler.wake()
        prompts = []
        for moment in due:
            woken.get(timeout=30)
            (delivery,) = outbox.claim("web")
            outbox.sent(delivery.id, None)
            asked = reviews.asked(delivery.payload["attempt"])
            prompts.append(asked.prompt)
            assert clock.now() >= moment
            assert not asked.late
            reviews.answer(asked.attempt_id, learner.id, "отговор")
            finished = reviews.rate(asked.attempt_id, learner.id, 3).finished
    finally:
        scheduler.stop()
        watched.dispose()
    assert finished
    assert prompts[0] == "Обяснете защо моделът има нужда от токенизация."
    assert prompts[3] == "Разкажете всичко за токенизацията."
