"""Reviews that wait for a learner who can't be reached, and messages that nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.errors import StuckError
from jobs.outbox import Outbox
from jobs.people import Learner
from jobs.stuck import Mail
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.jobs.review.conftest import Build


@pytest.fixture
def mail(database: Database, clock: FrozenClock) -> Mail:
    return Mail(database, clock)


def test_reviews_that_were_not_asked_are_told_by_learner(
    build: Build, outbox: Outbox, mail: Mail, ana: Learner, clock: FrozenClock
) -> None:
    reviews = build("1d,3d")
    reviews.study(ana.id, "attention.md")
    clock.move(timedelta(days=1, hours=9))
    reviews.deliver_due()
    (message,) = outbox.claim("web")
    outbox.unreachable(message.id, "the page is gone")
    (held,) = mail.stuck()
    assert (held.id, held.state) == (str(message.id), "held")
    clock.move(timedelta(days=2))
    reviews.deliver_due()
    (one,) = mail.stuck()
    assert (one.id, one.state, one.learner, one.count) == (f"learner-{ana.id}", "unreachable", "Ana", 1)
    with pytest.raises(StuckError):
        mail.drop(one.id)
    mail.retry(one.id)
    assert reviews.deliver_due() == 1
    assert len(outbox.claim("web")) == 1
    assert mail.stuck() == []


def test_a_message_whose_question_is_answered_is_not_stuck(
    build: Build, outbox: Outbox, mail: Mail, ana: Learner, clock: FrozenClock
) -> None:
    reviews = build("1d")
    reviews.study(ana.id, "attention.md")
    clock.move(timedelta(days=1, hours=9))
    reviews.deliver_due()
    (message,) = outbox.claim("web")
    outbox.failed(message.id, "refused", None)
    assert [one.state for one in mail.stuck()] == ["failed"]
    (due,) = reviews.due(ana.id)
    asked = reviews.ask(ana.id, due.review_id, "web", "elsewhere")
    reviews.reveal(asked.attempt_id, ana.id)
    assert mail.stuck() == []
