"""Two learners on two platforms, with the review loop of a small course."""

from __future__ import annotations

import pytest

from jobs.linking.service import Linking
from jobs.outbox import Outbox
from jobs.people import Learner, People
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.jobs.review.conftest import build, indexed, outbox, people, reviews, shelf

__all__ = ["build", "indexed", "outbox", "people", "reviews", "shelf"]


@pytest.fixture
def linking(database: Database, outbox: Outbox, clock: FrozenClock) -> Linking:
    return Linking(database, outbox, clock)


@pytest.fixture
def web(people: People) -> Learner:
    """Ana in the web chat."""
    return people.meet("web", "cookie", "You", "page", "Europe/Sofia", "bg")


@pytest.fixture
def discord(people: People, web: Learner) -> Learner:
    """Ana on Discord, not known to be the same yet."""
    return people.meet("discord", "77", "ana", "channel:5", "Europe/Berlin", "en", "dm:77")
