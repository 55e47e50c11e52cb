"""Questions that lean on what was asked before them, in three languages, on the sample course."""

from __future__ import annotations

import pytest

from knowledge.library import Library
from tests.bench.followups import COURSE, changed, library, right, scores
from tests.knowledge.followups import FOLLOW_UPS, FRESH, FollowUp

ALL = (*FOLLOW_UPS, *FRESH)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return library(tmp_path_factory.mktemp("followups"), None)


def test_what_was_asked_before_helps_more_follow_ups_than_it_harms(sample: Library) -> None:
    alone, led = scores(sample, [row for row in ALL if row.wanted])
    assert led >= 58, "of 64"
    assert led >= alone + 8


@pytest.mark.parametrize("row", [row for row in ALL if not row.wanted], ids=lambda row: row.question)
def test_what_was_asked_before_never_answers_by_itself(sample: Library, row: FollowUp) -> None:
    assert right(sample.ask(COURSE, row.question, None, (row.before,)), ())


def test_questions_that_stand_by_themselves_are_answered_as_ever(sample: Library) -> None:
    pairs, other, lost = changed(sample, 1)
    assert pairs > 300
    assert lost == 0
    assert other <= 0.01 * pairs


@pytest.mark.parametrize(
    ("before", "question", "words"),
    [
        ("What is a cross-encoder?", "And why is it slow?", "too slow for more than"),
        ("За какво е подходящ само енкодер?", "А само декодер?", "писане на текст"),
        ("什么是LoRA？", "它对应的库是什么？", "peft"),
    ],
)
def test_a_follow_up_is_answered_from_its_thread(
    sample: Library, before: str, question: str, words: str
) -> None:
    answer = sample.ask(COURSE, question, None, (before,))
    assert words in "\n".join(part.text for part in answer.parts)
    assert answer.after == before
    assert answer.question == question


def test_answers_commands_and_chatter_in_a_thread_are_no_questions(sample: Library) -> None:
    thread = (
        "What is BPE?",
        "From the notes:\n\n> BPE (byte-pair encoding) – begins with characters or bytes [1]",
        "/settings language en",
        "That is not in the notes, and nothing in them comes near it.",
        "Thanks a lot, that really helped me very much.",
    )
    answer = sample.ask(COURSE, "Which models use it?", None, thread)
    assert answer.after == "What is BPE?"
    assert "GPT-2, RoBERTa, Llama" in answer.parts[0].text


def test_a_second_follow_up_leans_on_both_questions_before_it(sample: Library) -> None:
    thread = ("What is greedy decoding?", "And sampling?")
    assert sample.ask(COURSE, "What about temperature?", None, thread).answered


def test_without_a_thread_nothing_changes(sample: Library) -> None:
    for row in FOLLOW_UPS[:10]:
        assert sample.ask(COURSE, row.question) == sample.ask(COURSE, row.question, None, ())
        assert sample.ask(COURSE, row.question).after == ""
