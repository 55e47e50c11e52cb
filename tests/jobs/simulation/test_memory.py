"""The forgetting model is FSRS-6 as its library has it, with continuous time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler
from fsrs.scheduler import DEFAULT_PARAMETERS
from hypothesis import given
from hypothesis import strategies as st

from jobs.simulation.memory import AGAIN, GOOD, Memory, W

START = datetime(2026, 3, 2, tzinfo=UTC)
steps = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 4)), max_size=12)


def test_the_parameters_are_the_library_s_own() -> None:
    assert pytest.approx(DEFAULT_PARAMETERS) == W


@given(steps)
def test_answers_change_a_memory_as_in_the_library(answers: list[tuple[int, int]]) -> None:
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, _ = scheduler.review_card(Card(), Rating.Good, START)
    memory, now = Memory.of_study(START), START
    for days, rating in answers:
        now += timedelta(days=days)
        if days:
            assert memory.recall(now) == pytest.approx(scheduler.get_card_retrievability(card, now))
        card, _ = scheduler.review_card(card, Rating(rating), now)
        memory = memory.after(rating, now)
        assert memory.stability == pytest.approx(card.stability)
        assert memory.difficulty == pytest.approx(card.difficulty)


def test_a_memory_fades_and_is_at_nine_in_ten_after_its_stability() -> None:
    memory = Memory.of_study(START)
    recalls = [memory.recall(START + timedelta(hours=hours)) for hours in range(0, 2000, 7)]
    assert recalls == sorted(recalls, reverse=True)
    assert recalls[0] == 1.0
    assert memory.recall(START + timedelta(days=memory.stability)) == pytest.approx(0.9)


def test_growth_and_strength_make_a_memory_last() -> None:
    later = START + timedelta(days=2)
    plain, quick = Memory.of_study(START), Memory.of_study(START, growth=2.0)
    assert quick.after(GOOD, later).stability > plain.after(GOOD, later).stability
    assert quick.after(AGAIN, later).stability == plain.after(AGAIN, later).stability
    assert Memory.of_study(START, strength=2.0).stability == 2 * plain.stability
