"""A course with choices, a channel, a few learners, and what reaches them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jobs.groups.records import Group, Plan, Round, Taken
from jobs.groups.service import Groups
from jobs.groups.timetable import Timetable
from jobs.outbox import Delivery, Outbox
from jobs.people import Learner, People
from jobs.review.ladder import Ladder
from knowledge.library import Library
from knowledge.refresh import refresh
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop

COURSE = "course"
PLATFORM, CHANNEL, SERVER = "discord", "channel:7", "guild:1"
SOFIA = ZoneInfo("Europe/Sofia")
ATTENTION = """# Attention

## Overview
Attention lets every token look at all other tokens of the sentence at once, and weigh them.

## Quiz
1. Which function turns scores into weights?
   - [ ] Tanh
     > Its values don't sum to one.
   - [x] Softmax
     > Its values sum to one.
   - [ ] Dropout
2. What does attention let every token do?
"""
PADDING = """# Padding

Padding fills up the shorter sentences of a batch so that all of them have the same length in tokens.
"""
NOTES = {"attention.md": ATTENTION, "padding.md": PADDING}
PLAN = Plan(COURSE, "attention.md", Timetable(18 * 60 + 30, "Europe/Sofia", "12345"), 12 * 3600, "en")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026 in Sofia; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SOFIA).astimezone(UTC)


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("groups")
    for path, text in NOTES.items():
        file = root / "notes" / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    refresh(COURSE, root / "notes", root / "index", None, FrozenClock())
    return root / "index"


@pytest.fixture
def outbox(database: Database, clock: FrozenClock) -> Outbox:
    return Outbox(database, clock, owner="test")


@pytest.fixture
def reviews(database: Database, index: Path, outbox: Outbox, clock: FrozenClock) -> ReviewLoop:
    return ReviewLoop(database, Library(index), outbox, clock, Ladder.parse("1d,3d,1w,1mo"), COURSE)


@pytest.fixture
def groups(database: Database, outbox: Outbox, clock: FrozenClock, reviews: ReviewLoop) -> Groups:
    clock.set(local(2, 12))
    return Groups(database, outbox, clock, {COURSE: reviews}.get)


Meet = Callable[[str], Learner]


@pytest.fixture
def meet(database: Database, clock: FrozenClock, reviews: ReviewLoop) -> Meet:
    people = People(database, clock, quiet=None)
    reviews.prepare("attention.md")

    def meet(name: str) -> Learner:
        return people.meet(PLATFORM, name, name, f"dm:{name}", "Europe/Sofia", "en")

    return meet


@pytest.fixture
def ana(meet: Meet) -> Learner:
    return meet("ana")


@pytest.fixture
def bo(meet: Meet) -> Learner:
    return meet("bo")


@pytest.fixture
def cy(meet: Meet) -> Learner:
    return meet("cy")


@dataclass
class Channel:
    """The group's channel: what is posted in it, and what people do there."""

    groups: Groups
    outbox: Outbox
    clock: FrozenClock

    def start(self, by: Learner, plan: Plan = PLAN, *members: Learner) -> Group:
        group = self.groups.start(PLATFORM, CHANNEL, SERVER, plan, by.id)
        for member in members:
            group = self.groups.join(group.group_id, member.id)
        return group

    def to(self, moment: datetime) -> list[Delivery]:
        """What is posted or edited up to that moment, the watch being run whenever something is due."""
        found: list[Delivery] = []
        while True:
            self.groups.watch.run()
            found += self.fetch()
            due = self.groups.watch.next_due()
            if due is None or due > moment:
                self.clock.set(max(moment, self.clock.now()))
                return found
            self.clock.set(max(due, self.clock.now()))

    def fetch(self) -> list[Delivery]:
        found = self.outbox.claim(PLATFORM, limit=100)
        for delivery in found:
            self.outbox.sent(delivery.id, delivery.edit_ref or f"m{delivery.id}")
        return found

    def ask(self, by: Learner, plan: Plan = PLAN, *members: Learner) -> Round:
        """A group whose question has just been posted."""
        self.start(by, plan, *members)
        due = self.groups.watch.next_due()
        assert due is not None
        (question,) = self.to(due)
        return self.groups.round(int(question.payload["round"]))

    def pick(self, asked: Round, learner: Learner, right: bool) -> Taken:
        at = next(at for at, choice in enumerate(asked.choices) if choice.correct is right)
        return self.groups.answer(asked.round_id, learner.id, (at,))


@pytest.fixture
def channel(groups: Groups, outbox: Outbox, clock: FrozenClock) -> Channel:
    return Channel(groups, outbox, clock)


def free(plan: Plan = PLAN) -> Plan:
    """A plan whose questions are answered in words."""
    return replace(plan, note="padding.md")
