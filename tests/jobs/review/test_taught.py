"""Which task a section teaches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engine.catalog import TASKS, check
from jobs.engine.protocol import TaskRequest
from jobs.review.taught import EXAMPLES, LABELS, LONGEST, taught
from knowledge.notes import Language, Section


def section(text: str, title: str = "Heading") -> Section:
    lines = f"## {title}\n{text}"
    return Section("1" * 16, "note.md", ("Note", title), 2, 10, 10 + lines.count("\n"), lines)


@pytest.mark.parametrize(
    ("text", "task", "example", "labels"),
    [
        (
            '```python\nc = pipeline(\n    "sentiment-analysis",\n)\nc("I love this film!")\n```',
            "sentiment",
            "I love this film!",
            "",
        ),
        (
            "```\nf = pipeline('fill-mask')\nf('Paris is the <mask> of France.', top_k=2)\n```",
            "fill-mask",
            "Paris is the <mask> of France.",
            "",
        ),
        (
            '```\nz = pipeline("zero-shot-classification")\n'
            'z("The GPU ran out of memory.", candidate_labels=["hardware", "food"])\n```',
            "classify",
            "The GPU ran out of memory.",
            "hardware, food",
        ),
        ('```\nn = pipeline(task="ner")\nn("Ada lived in London.")\n```', "ner", "Ada lived in London.", ""),
        ('```\nids = tokenizer("Text into numbers.")\n```', "tokenize", "Text into numbers.", ""),
        (
            '```\nx = ["A cat sleeps here.", "A kitten naps here."]\nutil.cos_sim(x, x)\n```',
            "similarity",
            "A cat sleeps here. | A kitten naps here.",
            "",
        ),
        (
            '```\nc = pipeline("sentiment-analysis")\n```\n```python out\n"Some longer output text"\n```',
            "sentiment",
            EXAMPLES["sentiment"]["en"],
            "",
        ),
    ],
)
def test_code_tells_the_task_and_its_example(text: str, task: str, example: str, labels: str) -> None:
    found = taught(section(text), "en")
    assert found is not None
    assert (found.task, found.text, found.labels) == (task, example, labels)
    assert found.own == (example not in EXAMPLES[task].values())


@pytest.mark.parametrize(
    ("title", "language", "task"),
    [
        ("Zero-shot classification", "en", "classify"),
        ("Разпознаване на именувани същности", "bg", "ner"),
        ("Токенизация", "bg", "tokenize"),
        ("情感分析", "zh", "sentiment"),
        ("余弦相似度", "zh", "similarity"),
        ("Masked language modelling", "en", "fill-mask"),
        ("Косинусово сходство", "bg", "similarity"),
    ],
)
def test_a_heading_tells_the_task_and_the_example_is_in_the_note_s_language(
    title: str, language: Language, task: str
) -> None:
    found = taught(section("Nothing else.", title), language)
    assert found is not None
    assert found.task == task
    assert found.text == EXAMPLES[task].get(language, EXAMPLES[task]["en"])
    assert not found.own


LOOP = "for batch in data:\n    loss = model(**tokenizer(batch, padding=True))"
ROWS = 'rows = {"text": ["I learned a lot."]}\nrows.map(lambda one: tokenizer(one["text"]))'
TUNED = "m = AutoModelForSequenceClassification.from_pretrained(name)"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Training loop", f"```\n{LOOP}\n```"),
        ("A dataset", f"```\n{ROWS}\n```"),
        ("Fine-tuning", f"```\n{TUNED}\n```"),
        ("Attention mask", "The attention mask hides padding, a causal mask what comes later."),
    ],
)
def test_what_is_used_on_the_way_is_not_taught(title: str, text: str) -> None:
    assert taught(section(text, title), "en") is None


def test_a_mask_that_code_puts_in_stands_in_the_example() -> None:
    code = 'f = pipeline("fill-mask")\nf(f"The capital of France is {f.tokenizer.mask_token}.")'
    found = taught(section(f"```python\n{code}\n```"), "en")
    assert found is not None
    assert (found.text, found.own) == ("The capital of France is [MASK].", True)


def test_of_several_calls_the_example_is_that_of_the_task() -> None:
    code = 'pipeline("ner")\nn("Ada lived in London.")\ns = pipeline("sentiment-analysis")\ns("I am glad.")'
    found = taught(section(f"```python\n{code}\n```", "Sentiment"), "en")
    assert found is not None
    assert (found.task, found.text) == ("sentiment", "I am glad.")


@pytest.mark.parametrize(
    "code", ["!pip install x\ntokenizer('One two three.')", ">>> tokenizer('One two three.')"]
)
def test_a_notebook_and_a_session_are_read_as_well(code: str) -> None:
    found = taught(section(f"```\n{code}\n```"), "en")
    assert found is not None
    assert found.text == "One two three."


def test_one_mention_teaches_nothing_and_many_do() -> None:
    assert taught(section("A tokenizer comes first. Then the model runs."), "en") is None
    often = section("A tokenizer cuts. Tokenization is fast. Tokenizers differ.")
    found = taught(often, "en")
    assert found is not None
    assert (found.task, found.line) == ("tokenize", 11)


def test_a_section_on_several_tasks_teaches_the_one_it_calls_most() -> None:
    calls = "\n".join(
        ['pipeline("ner")', 'pipeline("fill-mask")', 'pipeline("fill-mask")', 'pipeline("automatic-speech")']
    )
    found = taught(section(f"```\n{calls}\n```"), "en")
    assert found is not None
    assert found.task == "fill-mask"


def test_every_example_is_one_that_its_task_takes() -> None:
    for task, examples in EXAMPLES.items():
        for language, text in examples.items():
            options = {"labels": LABELS[language]} if task == "classify" else {}
            check(TaskRequest(task, text, None, options))


_LINES = st.sampled_from(
    [
        "```python",
        "```",
        'pipeline("fill-mask")',
        'tokenizer("One two three.")',
        "'A <mask> here [MASK] there'",
        'x = "This is a sentence to be read"',
        'candidate_labels=["a", "b"]',
        'pipeline("zero-shot-classification")',
        "cos_sim(a, b)",
        '"One | two | three"',
        "Токенизация",
    ]
)


@given(st.lists(_LINES | st.text(max_size=30), max_size=12), st.sampled_from(["en", "bg", "zh"]))
def test_whatever_a_section_holds_what_it_teaches_can_be_run(lines: list[str], language: Language) -> None:
    found = taught(section("\n".join(lines)), language)
    if found is None:
        return
    assert found.task in TASKS
    assert len(found.text) <= 2 * LONGEST + 3
    check(TaskRequest(found.task, found.text, None, {"labels": found.labels} if found.labels else {}))
