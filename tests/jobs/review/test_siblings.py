"""Choice questions made from definitions: fair ones, or none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.review.choices import usable
from jobs.review.prompts import Prompt
from jobs.review.siblings import OTHERS, chosen
from knowledge.language import detect_language
from knowledge.notes import Note, content_hash
from knowledge.sections import split_sections

TERMS = {
    "Vocabulary": "The fixed list of pieces that a tokenizer knows.",
    "Padding": "Filling the shorter texts of a batch up to one length.",
    "Truncation": "Cutting a text that is longer than the window.",
    "Subword": "A piece that is shorter than what stands between two spaces.",
}


def note(text: str) -> Note:
    return Note("n.md", "N", detect_language(text), text, content_hash(text), split_sections("n.md", text))


def made(terms: dict[str, str], heading: str = "Terms") -> list[Prompt]:
    lines = "\n".join(f"- **{term}** – {meaning}" for term, meaning in terms.items())
    return chosen(note(f"# N\n\n## {heading}\n{lines}\n"))


def right(prompt: Prompt) -> str:
    return next(choice.text for choice in prompt.choices if choice.correct)


def test_a_meaning_is_shown_and_the_terms_beside_it_can_be_picked() -> None:
    prompts = made(TERMS)
    assert [right(prompt) for prompt in prompts] == list(TERMS)
    for prompt, meaning in zip(prompts, TERMS.values(), strict=True):
        assert prompt.text == f"What is described here? “{meaning}”"
        assert {choice.text for choice in prompt.choices} == set(TERMS)


@pytest.mark.parametrize(
    ("terms", "asked"),
    [
        (
            {
                "Речник": "Списъкът на всички парчета, които токенизаторът познава.",
                "Допълване": "Удължаване на късите текстове до еднаква дължина.",
                "Отрязване": "Махане на края, който не се побира в прозореца.",
                "Маскиране": "Скриване на думи, които моделът трябва да познае.",
            },
            "Кое понятие е описано тук? „",
        ),
        (
            {
                "词表": "分词器认识的所有片段的固定列表。",
                "填充": "把较短的文本补到同样的长度。",
                "截断": "去掉超出窗口长度的末尾部分。",
                "注意力": "衡量文本各部分之间的关系。",
            },
            "这里说的是哪个概念？“",
        ),
    ],
)
def test_it_is_asked_in_the_language_of_the_note(terms: dict[str, str], asked: str) -> None:
    prompts = made(terms)
    assert [right(prompt) for prompt in prompts] == list(terms)
    assert all(prompt.text.startswith(asked) for prompt in prompts)


def test_with_fewer_than_three_other_terms_nothing_is_asked() -> None:
    assert made(dict(list(TERMS.items())[:OTHERS])) == []


@pytest.mark.parametrize(
    "told",
    [
        {"Batch padding": "Filling the shorter texts of a batch up to one length."},
        {"Tokenizer": "What tokenizers do is to cut a text into its pieces."},
        {"Truncating": "It truncates whatever is longer than the window of a model."},
    ],
)
def test_a_meaning_that_holds_a_word_of_its_term_is_not_shown(told: dict[str, str]) -> None:
    term = next(iter(told))
    assert term not in [right(prompt) for prompt in made({**TERMS, **told})]


@pytest.mark.parametrize(
    "meaning",
    [
        "BERT (classification, NER)",
        "See the chapter on batches for what this is.",
        "What it does in a batch:",
    ],
)
def test_a_meaning_that_says_too_little_is_not_shown(meaning: str) -> None:
    assert "Masking" not in [right(prompt) for prompt in made({**TERMS, "Masking": meaning})]


@pytest.mark.parametrize(
    "term",
    ["May show plateaus", "Train longer", "Too small (e.g. 2-3)", "Recommended", "Първо изречение", "第一句"],
)
def test_advice_and_values_are_neither_asked_for_nor_offered(term: str) -> None:
    for prompt in made({**TERMS, term: "Accuracy goes up in jumps rather than little by little."}):
        assert term not in {choice.text for choice in prompt.choices}


def test_a_term_that_the_meaning_names_is_no_choice_beside_it() -> None:
    terms = {
        **TERMS,
        "Window": "How much a model reads at once, and no more.",
        "Stride": "A step to the next.",
    }
    prompt = next(prompt for prompt in made(terms) if right(prompt) == "Truncation")
    assert "Window" not in {choice.text for choice in prompt.choices}


def test_only_terms_of_one_kind_are_mixed() -> None:
    code = {
        f"`call_{n}`": f"Does the thing of number {word} to the given batch." for n, word in enumerate("abc")
    }
    for prompt in made({**TERMS, **code}):
        assert not any("`" in choice.text for choice in prompt.choices)


def test_pitfalls_and_steps_are_not_terms() -> None:
    assert made(TERMS, "Common pitfalls") == []


def test_a_long_meaning_is_shown_up_to_the_end_of_a_sentence() -> None:
    long = "It says something that matters quite a lot here. " * 12
    prompt = next(prompt for prompt in made({**TERMS, "Masking": long}) if right(prompt) == "Masking")
    assert len(prompt.text) < 300
    assert prompt.text.endswith("here.”")


WORD = st.text(st.characters(codec="utf-8", categories=("Ll", "Lu", "Lo")), min_size=2, max_size=9)


@given(st.lists(st.tuples(WORD, st.lists(WORD, min_size=4, max_size=12)), max_size=8))
def test_a_made_question_is_fair(pairs: list[tuple[str, list[str]]]) -> None:
    for prompt in made({term: " ".join(words) for term, words in pairs}):
        assert usable(prompt.choices)
        assert len(prompt.choices) == OTHERS + 1
        assert sum(choice.correct for choice in prompt.choices) == 1
        shown = re.split(r"[“„]", prompt.text, maxsplit=1)[1].casefold()
        assert right(prompt).casefold() not in shown.split()
