"""Questions made from sentences, lists, tables, code and steps, and the gates before the deck."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.review.choices import Choice, usable
from jobs.review.exact import same_answer
from jobs.review.gates import holds, unfair
from jobs.review.prompts import Prompt
from jobs.review.selection import PER_SECTION, candidates, selected
from jobs.review.wordings import GAP
from knowledge.language import detect_language
from knowledge.notes import Note, content_hash
from knowledge.sections import split_sections

TABLE = """| Model | Trained to | Example |
|---|---|---|
| Encoder | fill masked words | BERT |
| Decoder | continue a text | GPT-2 |
| Pair | translate sentences | T5 |
"""
STEPS = """The algorithm has the following steps:

1. Lower all capitals
2. Cut at white space
3. Merge frequent pairs
4. Look up numbers
"""
CODE = """To turn numbers back into a readable text, we call the tokenizer:

```python
text = tokenizer.decode(ids, skip_special_tokens=True)
```

To learn the pieces from many files, the trainer needs them all:

```python
model.train(files)
```

To put the weights on disk for later, one line is enough:

```python
model.save_pretrained(folder)
```

To share all of it with others on the web, it takes one more:

```python
model.push_to_hub(name)
model.shuffle(1)
model.freeze(1)
```
"""


def note(text: str) -> Note:
    return Note("n.md", "N", detect_language(text), text, content_hash(text), split_sections("n.md", text))


def made(body: str, kind: str, heading: str = "Models") -> list[Prompt]:
    written = note(f"# N\n\n## {heading}\n\n{body}\n")
    return [one for one in candidates(written) if one.origin == kind and unfair(written, one) is None]


def right(prompt: Prompt) -> str:
    return next(choice.text for choice in prompt.choices if choice.correct)


@pytest.mark.parametrize(
    ("sentence", "shown", "expected"),
    [
        (
            "Sending several texts through a network at once is called *batching*.",
            f"Sending several texts through a network at once is called {GAP}.",
            ("batching",),
        ),
        (
            "**Padding** is a way to bring texts of a batch to one length with zeros.",
            f"{GAP} is a way to bring texts of a batch to one length with zeros.",
            ("Padding",),
        ),
        (
            "Разделянето на текста на малки парчета с номера се нарича *токенизация*.",
            f"Разделянето на текста на малки парчета с номера се нарича {GAP}.",
            ("токенизация",),
        ),
        (
            "把文本切成小的片段并换成数字的过程称为**分词**。",
            f"把文本切成小的片段并换成数字的过程称为{GAP}。",
            ("分词",),
        ),
    ],
)
def test_a_term_that_its_sentence_names_is_left_out(
    sentence: str, shown: str, expected: tuple[str, ...]
) -> None:
    written = note(f"# N\n\n## Models\n\nA line before it. {sentence}\n")
    prompts = [one for one in candidates(written) if one.origin == "cloze"] or made(sentence, "cloze")
    found = [one for one in prompts if shown in one.text]
    # A term at the beginning of a line is a definition already.
    assert [one.expected for one in found] == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "This way of sending several texts through a network at once is called *batching*.",
        "As we saw above, sending several texts through a network is called *batching*.",
        "Batching many texts and sending the batch through a network is called *batching*.",
        "It is called *batching*.",
        "Jane Doe is a machine learning engineer who works on open source tools.",
        "The goal is a model that answers all of the questions of its users well.",
    ],
)
def test_a_sentence_that_says_too_little_or_too_much_gets_no_gap(sentence: str) -> None:
    assert made(sentence, "cloze") == []


def test_a_table_is_asked_with_the_entries_of_the_same_column() -> None:
    prompts = made(TABLE, "table")
    by_question = {one.text: one for one in prompts}
    asked = by_question["Models: what stands for “Decoder” under “Trained to”?"]
    assert right(asked) == "continue a text"
    assert {one.text for one in asked.choices} == {
        "fill masked words",
        "continue a text",
        "translate sentences",
    }


def test_a_comparison_is_asked_with_the_entries_of_the_same_row() -> None:
    table = (
        "| Aspect | BPE | WordPiece | Unigram |\n|---|---|---|---|\n"
        "| start | a small vocabulary grows | letters with a mark | a huge list shrinks |\n"
        "| keeps | rules of merging | just a list | a score for each |\n"
        "| cuts | by merging | longest match | likeliest way |\n"
    )
    asked = next(one for one in made(table, "table") if "“keeps” under “BPE”" in one.text)
    assert {one.text for one in asked.choices} == {"rules of merging", "just a list", "a score for each"}


@pytest.mark.parametrize(
    "table",
    [
        "| Epoch | Loss |\n|---|---|\n| 1 | 0.5 |\n| 2 | 0.4 |\n| 3 | 0.3 |",
        "| Model | Fast |\n|---|---|\n| A | yes |\n| B | no |\n| C | yes |",
        "| Model | Kind |\n|---|---|\n| A | encoder |\n| B | encoder |\n| C | encoder |",
        "| Model | Kind |\n|---|---|\n| big coder | coder |\n| big reader | reader |\n| big pair | pair |",
    ],
)
def test_measurements_marks_and_give_aways_of_a_table_are_not_asked(table: str) -> None:
    assert made(table, "table", "Nets") == []


def test_the_step_after_another_is_asked_for() -> None:
    prompts = made(STEPS, "order", "How tokens are made")
    asked = {one.text: right(one) for one in prompts}
    assert (
        asked["How tokens are made: what comes right after “Cut at white space”?"] == "Merge frequent pairs"
    )
    assert all(len(one.choices) == 3 for one in prompts)


@pytest.mark.parametrize(
    "text",
    [
        STEPS.replace("The algorithm has the following steps:", "Some thoughts on it:"),
        "The steps:\n\n1. Is it good?\n2. Is it fast?\n3. Is it small?\n4. Is it new?\n",
        "The steps:\n\n1. Batch parameters\n2. Rate parameters\n3. Time parameters\n4. Log parameters\n",
    ],
)
def test_a_list_that_is_no_procedure_has_no_order(text: str) -> None:
    assert made(text, "order", "Thoughts") == []


def test_what_a_line_leads_in_is_to_be_named() -> None:
    (prompt,) = made(
        "Modern networks are trained in two phases:\n\n- First much text\n- Then a task\n", "list"
    )
    assert prompt.text == "“Modern networks are trained in two phases …” Name all 2."
    assert not prompt.choices


def test_a_name_of_the_code_is_left_out_among_names_of_other_code() -> None:
    prompts = made(CODE, "code")
    asked = next(one for one in prompts if right(one) == "`decode`")
    assert f"text = tokenizer.{GAP}(ids, skip_special_tokens=True)" in asked.text
    assert "decode" not in asked.text
    assert asked.text.startswith(
        "To turn numbers back into a readable text, we call the tokenizer. What belongs"
    )
    assert len(asked.choices) == 4


def test_a_name_that_the_code_or_the_lead_tells_is_not_asked() -> None:
    told = CODE.replace("text = tokenizer.decode", "decoded = tokenizer.decode")
    assert not any(right(one) == "`decode`" for one in made(told, "code"))
    told = CODE.replace("we call the tokenizer:", "we call `decode()`:")
    assert not any(right(one) == "`decode`" for one in made(told, "code"))


def test_broken_code_is_passed_over() -> None:
    assert made(CODE.replace("(ids,", "(ids,,"), "code") is not None
    assert not any("ids,," in one.text for one in made(CODE.replace("(ids,", "(ids,,"), "code"))


# The gates

SECTION = note("# N\n\n## Models\n\nBatching sends several texts at once; padding fills them up.\n")


def prompt(text: str, *choices: str, expected: tuple[str, ...] = ()) -> Prompt:
    picked = tuple(Choice(one, correct=not at) for at, one in enumerate(choices))
    return Prompt("cloze", text, SECTION.sections[1], 5, 5, own=True, choices=picked, expected=expected)


FAIR = f"{GAP} sends several written pieces through a network in a single go."


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (prompt(FAIR, "Batching", "Pooling", "Masking"), None),
        (prompt(FAIR, expected=("Batching",)), None),
        (prompt(FAIR, "Batching", "Batching ", "Masking"), "several"),
        (replace(prompt(FAIR), choices=(Choice("Batching", True), Choice("Padding", True))), "several"),
        (prompt(f"Batching or {FAIR}", "Batching", "Pooling", "Masking"), "given away"),
        (prompt(f"A batch: {FAIR}", expected=("Batching",)), "given away"),
        (prompt(FAIR, "Batching", "`pool`", "`mask`"), "form"),
        (prompt(FAIR, "Batching", "pooling", "masking"), "form"),
        (
            prompt(FAIR, "Batching", "Pooling of all that there is to be had", "Masking of whatever is"),
            "form",
        ),
        (prompt(FAIR.replace(GAP, f"An {GAP}"), "Batching", "Pooling", "Masking"), "form"),
        (prompt(FAIR, "Truncation", "Pooling", "Masking"), "not in the section"),
        (prompt(f"{GAP} is good.", expected=("Batching",)), "says too little"),
    ],
)
def test_each_gate_names_what_is_wrong(asked: Prompt, reason: str | None) -> None:
    assert unfair(SECTION, asked) == reason


def test_a_root_gives_away_across_alphabets() -> None:
    written = note("# N\n\n## Т\n\nTokenization прави токени.\n")
    text = "Кое понятие е описано тук? „Разделяне на текста на единици, наречени токени.“"
    picked = (Choice("Tokenization", correct=True), Choice("Fine-tuning"), Choice("Generation"))
    asked = Prompt("choice", text, written.sections[1], 5, 5, own=True, choices=picked)
    assert unfair(written, asked) == "given away"


# What enters


def test_a_section_gets_a_few_of_different_kinds_and_none_where_it_has_one() -> None:
    written = note(f"# N\n\n## How tokens are made\n\n{STEPS}\n{CODE}\n{TABLE}\n")
    found = [one for one in candidates(written) if unfair(written, one) is None]
    chosen = selected(found, (), lambda _: True)
    assert len(chosen) == PER_SECTION
    assert {one.origin for one in chosen} == {"order", "code", "table"}
    assert selected(found, {written.sections[1].id}, lambda _: True) == []
    assert selected(found, (), lambda _: False) == []


PIECES = st.lists(
    st.sampled_from(
        [
            *(TABLE, STEPS, CODE, "\n## A process\n", "\n## 模型\n", "\n"),
            "Sending several texts through a network at once is called *batching*.\n",
            "Cutting what is longer than a window holds is known as **truncation**.\n",
            "There are three kinds of networks:\n\n- Encoders\n- Decoders\n- Pairs of both\n\n",
            "把文本切成小的片段并换成数字的过程称为**分词**。\n",
            "Скриването на думи, които моделът познава, се нарича *маскиране*.\n",
            "| Име | Служи за |\n|---|---|\n| Ана | четене |\n| Бо | писане |\n| Ви | смятане |\n\n",
        ]
    ),
    max_size=12,
)


@given(PIECES)
def test_what_passes_is_fair_and_the_same_each_time(pieces: list[str]) -> None:
    text = "# N\n\n" + "\n".join(pieces)
    written = note(text)
    chosen = selected(candidates(written), (), lambda one: unfair(written, one) is None)
    assert chosen == selected(candidates(note(text)), (), lambda one: unfair(written, one) is None)
    for one in chosen:
        assert one.section.start <= one.start <= one.end <= one.section.end
        assert not any(holds(one.text, choice.text) for choice in one.choices)
        assert not any(holds(one.text, answer) for answer in one.expected)
        if one.choices:
            assert usable(one.choices)
            assert sum(choice.correct for choice in one.choices) == 1


# What is typed into a gap


@pytest.mark.parametrize(
    ("given_", "expected", "language", "same"),
    [
        ("tokenizers", "Tokenizer", "en", True),
        ("the  Pile.", "Pile", "en", True),
        ("fine tuning", "fine-tuning", "en", True),
        ("“Токенизация”", "токенизация", "bg", True),
        ("分词。", "分词", "zh", True),
        ("tokens", "tokenizer", "en", False),
        ("", "tokenizer", "en", False),
        ("?", "tokenizer", "en", False),
    ],
)
def test_a_gap_is_judged_but_for_case_marks_and_article(
    given_: str, expected: str, language: str, same: bool
) -> None:
    assert same_answer(given_, (expected,), language) is same  # type: ignore[arg-type]
