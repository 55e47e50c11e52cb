"""The simulation runs the real loop, and its judge sees what goes wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.errors import SimulationError
from jobs.people import Learner
from jobs.review.delivery import Delivery
from jobs.review.ladder import Ladder
from jobs.simulation import learners
from jobs.simulation.delays import Delay, Reason
from jobs.simulation.learners import habits
from jobs.simulation.outcome import AFTER, Outcome
from jobs.simulation.plan import START, Downtime, Plan
from knowledge.store import Database
from tests.jobs.simulation.conftest import TOPICS, Simulate


def held(outcome: Outcome, reason: Reason) -> Delay:
    return next(delay for delay in outcome.delays if delay.reason == reason)


def test_every_promise_is_kept_and_reviews_help(simulate: Simulate) -> None:
    found = simulate().outcome()
    assert not found.broken
    assert found.refused == {}
    assert found.studies == 3 * TOPICS
    assert found.on_time + found.late == found.delivered > 20
    assert found.on_time > found.late
    assert 0 < found.answered <= found.delivered
    assert found.recall_alone < found.recall <= 1.0
    assert 0 < sum(found.by_hour) * 21 <= found.delivered * 2
    assert [step.interval for step in found.steps] == ["1d", "3d", "1w", AFTER]
    assert all(step.recalled <= step.answered <= step.asked for step in found.steps)
    assert [day for day, _, _ in found.retention] == [7, 14]


@pytest.mark.slow
def test_postgresql_comes_to_the_same(simulate: Simulate, postgres: Database) -> None:
    assert simulate(on=postgres).outcome() == simulate().outcome()


def test_the_same_plan_gives_the_same_outcome(simulate: Simulate) -> None:
    plan = simulate().plan
    assert [habits(plan, number) for number in range(5)] == [habits(plan, number) for number in range(5)]
    other = Plan(3, 21, TOPICS, plan.ladder, 20, seed=2)
    assert habits(plan, 0) != habits(other, 0)


def test_after_a_downtime_all_comes_late_and_once(simulate: Simulate) -> None:
    found = simulate(downtimes=("5d@8",)).outcome()
    assert not found.broken
    assert found.late > 0
    assert found.on_time + found.late == found.delivered
    assert found.longest_wait > 10
    assert held(found, "downtime").reviews > 0
    assert held(found, "downtime").longest == found.longest_wait


def test_a_cap_of_one_spreads_the_reviews(simulate: Simulate) -> None:
    found = simulate(cap=1).outcome()
    assert not found.broken
    assert held(found, "share").reviews > 0


@pytest.mark.slow
def test_what_waits_for_a_learner_who_answers_little_is_told_apart(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learners, "ANSWERS", 0.3)
    found = simulate(learners=6).outcome()
    assert not found.broken
    assert held(found, "answer").reviews > 0
    assert sum(delay.reviews for delay in found.delays) == found.late


def test_what_waits_for_the_end_of_a_pause_is_told_apart(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learners, "HOLIDAY", 1.0)
    monkeypatch.setattr(learners, "PAUSES", 1.0)
    found = simulate().outcome()
    assert not found.broken
    assert held(found, "paused").reviews > 0


def test_what_comes_late_and_nothing_held_is_seen(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = simulate()
    deliver = run.delivery.run
    # As if the server looked on every other day only, though it is on.
    monkeypatch.setattr(run.delivery, "run", lambda: deliver() if run.clock.now().day % 2 else 0)
    found = run.outcome()
    assert found.broken.unexplained > 0


def test_a_message_sent_twice_is_seen(simulate: Simulate) -> None:
    run = simulate()
    send = run.platform.send
    run.platform.send = lambda delivery: (send(delivery), send(delivery))[1]  # type: ignore[method-assign]
    found = run.outcome()
    assert found.broken.doubled > 20


def test_a_message_that_vanishes_is_seen(simulate: Simulate) -> None:
    run = simulate()
    run.platform.send = lambda delivery: "m0"  # type: ignore[method-assign]
    found = run.outcome()
    assert found.delivered == 0
    assert found.broken.lost > 0


def test_reviews_that_are_never_asked_are_seen(simulate: Simulate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Delivery, "run", lambda self: 0)
    assert simulate(days=12).outcome().broken.lost > 0


def test_what_comes_at_night_or_above_the_cap_is_seen(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learners, "HOURS", {23: 1})
    monkeypatch.setattr(learners, "QUIET", {(22, 8): 1})
    run = simulate(cap=1)
    run.delivery._daily_cap = 20
    change = run.people.change

    def without_quiet_hours(learner_id: int, *, review_hour: int, **_: object) -> Learner:
        return change(learner_id, review_hour=review_hour, quiet_start=None, quiet_end=None)

    run.people.change = without_quiet_hours  # type: ignore[method-assign,assignment]
    broken = run.outcome().broken
    assert broken.quiet > 0
    assert broken.over_cap > 0


def test_a_late_review_that_does_not_say_so_is_seen(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.review.posing.is_late", lambda interval, due_at, now: False)
    assert simulate(downtimes=("5d@8",)).outcome().broken.unlabelled > 0


def test_a_downtime_is_written_as_a_length_and_a_day() -> None:
    downtime = Downtime.parse("7d@30")
    assert downtime.begins == START + timedelta(days=30)
    assert downtime.ends - downtime.begins == timedelta(days=7)
    plan = Plan(1, 60, 1, Ladder.parse("1d"), 20, downtimes=(downtime,))
    assert plan.up_again(downtime.begins) == downtime.ends
    assert plan.up_again(downtime.ends) == downtime.ends
    for text in ("", "7d", "@30", "7x@30", "7d@-1"):
        with pytest.raises(SimulationError):
            Downtime.parse(text)


def test_steps_below_a_day_are_refused() -> None:
    with pytest.raises(SimulationError):
        Plan(1, 60, 1, Ladder.parse("10s,1d"), 20)
