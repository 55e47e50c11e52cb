"""A small course with a real library over it, two learners, and the review loop."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jobs.outbox import Delivery, Outbox
from jobs.people import Learner, People
from jobs.review.ladder import Ladder
from jobs.review.pacing import USUAL, Pacing
from knowledge.library import Library
from knowledge.refresh import refresh
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop

COURSE = "course"
PLANNED = """# Токенизация

## 1. Общ преглед
Токенизацията разделя текста на малки единици, които моделът може да обработи. Без нея няма вход.

## 2. Основни понятия
- **Токен** – Най-малката единица, с която моделът работи: дума или част от дума.
- **Речник** – Списъкът на всички токени, които токенизаторът познава.

## 3. Кратък тест
1. Какво прави токенизацията с текста?
2. Какво е токен?

## 4. План за преговор

| Време след изучаване | Промпт за преговор |
|---|---|
| 1 ден | Обяснете защо моделът има нужда от токенизация. |
| 3 дни | Опишете какво е речник на токенизатора. |
| 1 седмица | Дайте пример за токен. |
| 1 месец | Разкажете всичко за токенизацията. |
"""
QUIZZED = """# Attention

## Overview
Attention lets every token look at all other tokens of the sentence at once.

## Key ideas
- **Query** – The vector that says what a token is looking for.
- **Softmax** – The function that turns scores into weights that sum to one.

## Quiz
1. What does attention let every token do?
2. Which function turns scores into weights?
"""
PLAIN = """# Padding

Padding fills up the shorter sentences of a batch so that all of them have the same length in tokens.
"""
NOTES = {"bg/tokens.md": PLANNED, "attention.md": QUIZZED, "padding.txt": PLAIN}


@dataclass
class Shelf:
    """The course's folder, its index and a library over it."""

    folder: Path
    index: Path
    library: Library
    clock: FrozenClock

    def write(self, path: str, text: str | None) -> None:
        """Writes a note, or deletes it, and refreshes."""
        file = self.folder / path
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.clock.move(timedelta(microseconds=1))
        self.refresh()

    def refresh(self) -> None:
        refresh(COURSE, self.folder, self.index, None, self.clock)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course as it is at first, indexed once."""
    root = tmp_path_factory.mktemp("course")
    for path, text in NOTES.items():
        file = root / "notes" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    refresh(COURSE, root / "notes", root / "index", None, FrozenClock())
    return root


@pytest.fixture
def shelf(indexed: Path, tmp_path: Path) -> Shelf:
    root = shutil.copytree(indexed, tmp_path / "course")
    return Shelf(root / "notes", root / "index", Library(root / "index"), FrozenClock())


@pytest.fixture
def outbox(database: Database, clock: FrozenClock) -> Outbox:
    return Outbox(database, clock, owner="test")


@pytest.fixture
def people(database: Database, clock: FrozenClock) -> People:
    return People(database, clock)


@pytest.fixture
def ana(people: People) -> Learner:
    return people.meet("web", "ana", "Ana", "ana-page", "Europe/Sofia", "bg")


@pytest.fixture
def bo(people: People) -> Learner:
    return people.meet("web", "bo", "Bo", "bo-page", "Asia/Shanghai", "zh")


Build = Callable[..., ReviewLoop]


@pytest.fixture
def build(database: Database, shelf: Shelf, outbox: Outbox, clock: FrozenClock) -> Build:
    def build(ladder: str = "1d,3d,1w,1mo", daily_cap: int = 20, pacing: Pacing = USUAL) -> ReviewLoop:
        return ReviewLoop(
            database, shelf.library, outbox, clock, Ladder.parse(ladder), COURSE, daily_cap, pacing
        )

    return build


@pytest.fixture
def reviews(build: Build) -> ReviewLoop:
    return build()


@dataclass
class Mail:
    """What reached the learners' pages."""

    outbox: Outbox

    def fetch(self) -> list[Delivery]:
        found = self.outbox.claim("web", limit=100)
        for delivery in found:
            self.outbox.sent(delivery.id, f"m{delivery.id}")
        return found

    def attempts(self) -> list[int]:
        return [int(delivery.payload["attempt"]) for delivery in self.fetch()]


@pytest.fixture
def mail(outbox: Outbox) -> Mail:
    return Mail(outbox)


@pytest.fixture
def to_next(reviews: ReviewLoop, clock: FrozenClock) -> Callable[[], datetime]:
    """Moves the clock to the next due moment."""

    def to_next() -> datetime:
        moment = reviews.next_due()
        assert moment is not None
        clock.set(max(moment, clock.now()))
        return clock.now()

    return to_next
