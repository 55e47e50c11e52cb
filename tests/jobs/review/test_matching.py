"""Which stored card a question of a refreshed note is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.course import sample_course
from jobs.review.authored import quiz
from jobs.review.definitions import defined
from jobs.review.facts import likeness
from jobs.review.matching import REWORDED, Question, matched, question
from jobs.review.places import Place, quoted
from jobs.review.plans import plan
from jobs.review.prompts import Prompt
from knowledge.language import detect_language
from knowledge.notes import Note, content_hash
from knowledge.reader import find_notes, read_note
from knowledge.sections import split_sections

REWORDINGS = [
    ("What does attention let every token do?", "What does attention allow each token to do?"),
    ("Which function turns scores into weights?", "Which function makes weights out of scores?"),
    ("What is a tokenizer?", "What do we call a tokenizer?"),
    ("Why does a model need tokenization?", "Why is tokenization needed by models?"),
    ("What is the purpose of the attention mask?", "What purpose does an attention mask serve?"),
    (
        "Explain how byte-pair encoding builds its vocabulary.",
        "Describe how byte-pair encoding (BPE) builds a vocabulary.",
    ),
    ("When should you use dynamic padding?", "When is it better to use dynamic padding?"),
    ("Name two tasks that need an encoder.", "Name two tasks which require an encoder."),
    (
        "What happens if the learning rate is too high?",
        "What will happen when the learning rate is set too high?",
    ),
    ("Which class loads a pretrained tokenizer?", "Which class do you load a pre-trained tokenizer with?"),
    ("How many heads does the model have?", "How many attention heads does this model have?"),
    ("Какво прави токенизацията с текста?", "Какво се случва с текста при токенизация?"),
    ("Какво е токен?", "Как се нарича един токен?"),
    ("Обяснете защо моделът има нужда от токенизация.", "Обяснете защо токенизацията е нужна на модела."),
    ("Кои са трите стъпки на обучението?", "Избройте трите стъпки на обучението."),
    ("Опишете какво е речник на токенизатора.", "Опишете с думи речника на един токенизатор."),
    ("什么是微调？", "微调是什么意思？"),
    ("为什么需要分词？", "分词为什么是必要的？"),
    ("注意力机制的作用是什么？", "注意力机制有什么作用？"),
    ("学习率过高会怎样？", "如果学习率太高，会发生什么？"),
]


@dataclass
class Row:
    """A stored card."""

    key: str
    origin: str
    interval: str | None
    prompt: str
    answer: str
    state: str
    position: int
    pending: dict[str, Any] | None = None
    expected: list[str] | None = None


def note(text: str, path: str = "n.md") -> Note:
    return Note(path, "N", detect_language(text), text, content_hash(text), split_sections(path, text))


def questions(text: str) -> list[Question]:
    read = note(text)
    prompts: list[Prompt] = [*plan(read), *quiz(read), *defined(read)]
    return [question("n.md", prompt) for prompt in prompts]


def rows(text: str, state: str = "active") -> list[Row]:
    """A note's cards as they would be stored."""
    return [
        Row(
            one.key,
            one.prompt.origin,
            one.interval,
            one.prompt.text,
            quoted(Place(one.prompt.section, one.prompt.start, one.prompt.end)),
            state,
            at,
        )
        for at, one in enumerate(questions(text))
    ]


TERMS = ("token", "query", "key", "value", "softmax", "padding", "mask", "batch", "layer", "embedding")
SECTIONS = st.lists(
    st.tuples(st.sampled_from(TERMS), st.integers(1, 40)),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one[0],
)


def written(sections: list[tuple[str, int]]) -> str:
    parts = [
        f"## About {term}\n- **{term.title()}** – What the model does {times} times with every {term}.\n\n"
        f"### Quiz\n1. What does the model do with a {term}?\n"
        for term, times in sections
    ]
    return "\n".join(("# Notes\n", *parts))


@given(SECTIONS)
def test_an_unchanged_note_keeps_every_card(sections: list[tuple[str, int]]) -> None:
    text = written(sections)
    found = matched(questions(text), rows(text))
    assert {key: row.key for key, row in found.items()} == {one.key: one.key for one in questions(text)}


@given(SECTIONS, st.randoms(use_true_random=False))
def test_sections_in_any_order_keep_every_card(sections: list[tuple[str, int]], random: Any) -> None:
    stored = rows(written(sections))
    random.shuffle(sections)
    found = matched(questions(written(sections)), stored)
    assert {row.key for row in found.values()} == {row.key for row in stored}
    assert all(key == row.key for key, row in found.items())


@given(SECTIONS, SECTIONS)
def test_no_card_becomes_two_questions_nor_changes_its_origin(
    before: list[tuple[str, int]], after: list[tuple[str, int]]
) -> None:
    asked = {one.key: one for one in questions(written(after))}
    found = matched(list(asked.values()), rows(written(before)))
    assert len({row.key for row in found.values()}) == len(found)
    assert found.keys() <= asked.keys()
    assert all(asked[key].prompt.origin == row.origin for key, row in found.items())
    assert all(likeness(asked[key].prompt.text, row.prompt) > 0 for key, row in found.items())


def test_the_same_words_come_before_what_is_alike() -> None:
    before = "# N\n## Quiz\n1. What does the encoder read first?\n2. What does the encoder read?"
    after = "# N\n## Quiz\n1. What does the encoder read?\n2. What does the encoder then read?"
    found = matched(questions(after), rows(before))
    assert [(row.prompt, key == row.key) for key, row in found.items()] == [
        ("What does the encoder read?", True),
        ("What does the encoder read first?", False),
    ]


def test_a_retired_card_comes_back_by_its_own_words_alone() -> None:
    text = "# N\n## Quiz\n1. What does the encoder read first?"
    stored = rows(text, "retired")
    assert len(matched(questions(text), stored)) == 1
    assert not matched(questions(text.replace("first", "at first")), stored)


def test_a_reworded_question_that_waits_for_a_yes_is_found_by_its_new_words() -> None:
    before = "# N\n## Quiz\n1. How many layers does BERT have?"
    after = questions("# N\n## Quiz\n1. Name a wholly different thing?")
    [row] = rows(before, "paused")
    assert not matched(after, [row])
    row.pending = {"key": after[0].key}
    assert matched(after, [row]) == {after[0].key: row}


def test_a_plan_s_prompt_that_is_put_off_to_another_interval_stays_itself() -> None:
    table = (
        "# N\n## Spaced Review\n| When | Prompt |\n|---|---|\n| {} | Explain the tokenizer's vocabulary. |"
    )
    [row] = rows(table.format("1 day"))
    assert list(matched(questions(table.format("2 days")), [row]).values()) == [row]


def test_a_term_that_takes_another_s_place_is_a_new_card() -> None:
    one = "# N\n## Words\n- **Query** – The vector that says what a token is looking for.\n"
    other = "# N\n## Words\n- **Padding** – What fills up the shorter sentences of a batch.\n"
    assert not matched(questions(other), rows(one))


def test_reworded_questions_are_more_alike_than_different_ones() -> None:
    folder, pairs = sample_course(), []
    for file in find_notes(folder):
        read = read_note(folder, file)
        asked = dict.fromkeys(prompt.text for prompt in (*quiz(read), *plan(read)))
        pairs += [likeness(one, other) for one, other in combinations(asked, 2)]
    assert len(pairs) > 400
    assert sum(alike >= REWORDED for alike in pairs) / len(pairs) < 0.01
    reworded = [likeness(one, other) for one, other in REWORDINGS]
    assert sum(alike >= REWORDED for alike in reworded) / len(reworded) >= 0.8


@pytest.mark.parametrize("text", ["", "?", "# N\n"])
def test_nothing_matches_nothing(text: str) -> None:
    assert matched(questions(text), []) == {}
