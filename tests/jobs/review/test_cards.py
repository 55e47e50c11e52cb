"""What notes ask and what is made from them, in three languages."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.review.authored import answers_nothing, quiz
from jobs.review.blocks import blocks, rows
from jobs.review.deck import Deck
from jobs.review.definitions import asks_for, defined, definitions
from jobs.review.plans import plan
from jobs.review.prompts import plain
from jobs.review.recall import recalled
from knowledge.encoder.bundled import bundled
from knowledge.language import detect_language
from knowledge.library import Library
from knowledge.notes import Note, content_hash
from knowledge.refresh import refresh
from knowledge.sections import split_sections
from tests.bench.encoders import Foretold
from tests.doubles.clock import FrozenClock


def note(text: str, path: str = "n.md") -> Note:
    return Note(path, "N", detect_language(text), text, content_hash(text), split_sections(path, text))


def asked(text: str) -> list[str]:
    return [prompt.text for prompt in quiz(note(text))]


@pytest.mark.parametrize(
    "text",
    [
        "# N\n## Spaced Review\n| When | Prompt |\n|---|---|\n| day | Explain it. |\n| month | Recall it. |",
        "# N\n## Преговор\n| Време | Въпрос |\n|:--|:-:|\n| 1 ден | Explain it. |\n| 1 месец | Recall it. |",
        "# N\n## 复习计划\n| 提示 | 时间 |\n|---|---|\n| Explain it. | 1 天 |\n| Recall it. | 1 个月 |",
        "# N\n## When\n| After | Review prompt | Room |\n|---|---|---|\n| 1 day | Explain it. | x |\n"
        "| one month | Recall it. | x |",
        "# N\n## Review schedule\n- **Day 1**: Explain it.\n- **1 month** – Recall it.\n- Bring a pen.",
    ],
)
def test_a_review_plan_is_found_however_it_is_written(text: str) -> None:
    found = plan(note(text))
    assert [(p.interval.key if p.interval else None, p.text) for p in found] == [
        ("1d", "Explain it."),
        ("1mo", "Recall it."),
    ]


def test_a_table_of_times_that_is_no_plan_is_left_alone() -> None:
    assert plan(note("# N\n## Opening\n| When | What |\n|---|---|\n| 1 day | Rest a little. |")) == []


@pytest.mark.parametrize(
    "heading",
    ["Quiz", "7. Short Retrieval Quiz", "Тест", "Въпроси за преговор", "简短测验", "自测", "Check yourself"],
)
def test_a_quiz_list_is_found_by_its_heading(heading: str) -> None:
    text = f"# N\nIntro.\n\n## {heading}\n1. What is **it**?\n2) Why\n   so?\n- Name three.\n\n## Next\n- no?"
    assert asked(text) == ["What is it?", "Why so?", "Name three."]


def test_answers_in_a_quiz_list_are_not_given_away() -> None:
    text = (
        "# N\n## Quiz\n1. What is it? Answer: a thing\n2. Why?\n   - Because.\n"
        "3. Which?\n   - [x] This\n   - [ ] That\n4. Когато? **Отговор:** утре\n5. 为什么？ 答案：因为\n"
    )
    assert asked(text) == ["What is it?", "Why?", "Which?", "Когато?", "为什么？"]
    assert [prompt.own for prompt in quiz(note(text))] == [True, True, False, True, True]


@pytest.mark.parametrize(
    "text",
    [
        "Q: What is it?\nA: A thing.",
        "**Q: What is it?**\n\n**A:** A thing.",
        "- Въпрос 1: What is it?\n- Отговор: A thing.",
        "问：What is it?\n答：A thing.\nIt goes on.",
        "### Q: What is it?\n\nA thing.",
    ],
)
def test_a_question_with_its_answer_is_answered_by_its_own_lines(text: str) -> None:
    (prompt,) = quiz(note(f"# N\n\n{text}\n"))
    assert (prompt.text, prompt.own) == ("What is it?", True)
    lines = note(f"# N\n\n{text}\n").lines[prompt.start - 1 : prompt.end]
    assert "A thing." in "\n".join(lines)


def test_exercises_are_asked_where_they_are_numbered_or_questions() -> None:
    text = "# N\n## 练习题\n### 基础\n1. 使用 pipeline\n### Hints\n- Load it\n- Why?\n### 参考答案\n1. code"
    assert asked(text) == ["使用 pipeline", "Why?"]


def test_questions_at_the_beginning_are_no_quiz_and_answer_nothing() -> None:
    text = "# N\n## Activate Prior Knowledge\n- What do you know?\n- Why?\n\n## Told\nA sentence that tells."
    assert asked(text) == []
    assert [answers_nothing(section) for section in note(text).sections] == [True, True, False]


@pytest.mark.parametrize(
    ("line", "prompt"),
    [
        ("- **Tokenization** – Splitting text into pieces.", "What is meant by “Tokenization”?"),
        ("- **Tokenization**: Splitting text into pieces.", "What is meant by “Tokenization”?"),
        ("- **Tokenization:** Splitting text into pieces.", "What is meant by “Tokenization”?"),
        ("**Tokenization** is the splitting of text.", "What is meant by “Tokenization”?"),
        ("- Tokenization: splitting text\n- Padding: filling up text", "What is meant by “Tokenization”?"),
        ("| Term | Meaning |\n|---|---|\n| Padding | Fills up sentences |", "What is meant by “Padding”?"),
        ("- **Токен** – Най-малката единица.", "Какво означава „Токен“?"),
        ("**Токен** е най-малката единица.", "Какво означава „Токен“?"),
        ("| Термин | Значение |\n|---|---|\n| Токен | Най-малката единица |", "Какво означава „Токен“?"),
        ("- **词元** – 模型读取的最小单位。", "什么是“词元”？"),
        ("**词元**是模型读取的最小单位，很小。", "什么是“词元”？"),
        ("| 术语 | 含义 |\n|---|---|\n| 词元 | 模型读取的最小单位 |", "什么是“词元”？"),
        (
            "- **`save_it`** – Writes weights to disk.",
            "Which name belongs in the gap? _____ – Writes weights to disk.",
        ),
        ("- **`save_it`** – Calls save_it on disk.", "What is meant by “`save_it`”?"),
        ("1. **Split the data** – Into three parts.", "Explain in your own words: Split the data"),
    ],
)
def test_a_definition_becomes_a_question_in_its_language(line: str, prompt: str) -> None:
    assert [found.text for found in defined(note(f"# Notes\n\n{line}\n"))][:1] == [prompt]


@pytest.mark.parametrize(
    "line",
    [
        "- June 2017: The Transformer came\n- June 2018: GPT came",
        "- Note: this is only a note\n- Example: this is one too",
        "- Фокус: едно от нещата\n- Задача: още едно от тях",
        "- https://example.org: an address\n- http://example.com: another",
        "- **What?** – A question is no term.",
        "| Model | Size |\n|---|---|\n| BERT | 110 million |",
        "```\n**Code** – is no definition at all\n```",
        "- Models: one and two\n\n## B\n- Models: three and four",
    ],
)
def test_what_only_looks_like_a_definition_is_left_alone(line: str) -> None:
    assert [found.term for found in definitions(note(f"# N\n\n{line}\n"))] == []


def test_a_pitfall_is_asked_as_one() -> None:
    text = "# N\n## Common Pitfalls\n- **No baseline** – Nobody knows what was gained."
    assert [p.text for p in defined(note(text))] == [
        "What goes wrong here, and how is it avoided: No baseline?"
    ]


def test_a_note_without_questions_is_recalled_section_by_section() -> None:
    long = "It tells something of more than forty characters, which is enough."
    text = f"# N\n{long}\n\n## 2. Second part\n{long}\n\n## Empty\n"
    assert [(p.text, p.start, p.end) for p in recalled(note(text))] == [
        ("Explain in your own words: N", 2, 2),
        ("Explain in your own words: Second part", 5, 5),
    ]
    assert [p.text for p in recalled(note("Short."))] == ["Explain in your own words: N"]


def test_a_question_that_is_mostly_a_term_asks_for_its_definition() -> None:
    assert asks_for("What are logits?", "Logits")
    assert asks_for("梯度累积有什么作用？", "梯度累积")
    assert not asks_for("What does softmax do to the logits of a model?", "Softmax")
    assert not asks_for("Which logitsome thing?", "Logit")


def test_markup_is_taken_off_but_code_stays() -> None:
    assert (
        plain("**Bold** and *italic* `code_here` [link](http://x) 2*3*4")
        == "Bold and italic `code_here` link 2*3*4"
    )


LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                "# Quiz",
                "## Q: why?",
                "- **A** – b c d e f g h",
                "1. a?",
                "   - x",
                "```",
                "| a | b |",
                "|--|--|",
                "",
                "| 1 day | do it |",
                "## Review plan",
                "Q: a?",
                "A: b",
                "- [x] y",
                "2、好吗？",
                "A: x: y: z",
                "~~~~",
            ]
        ),
    ),
    max_size=25,
)


@given(LINES)
def test_any_note_gives_prompts_that_lie_within_their_section(lines: list[str]) -> None:
    text = "\n".join(lines).replace("\r", " ")
    written = note(text)
    prompts = [*plan(written), *quiz(written), *defined(written), *recalled(written)]
    for prompt in prompts:
        assert prompt.section.start <= prompt.start <= prompt.end <= prompt.section.end
        assert prompt.text.strip()
    for section in written.sections:
        spans = [(block.start, block.end) for block in blocks(section)]
        assert spans == sorted(spans)
        assert all(before[1] < after[0] for before, after in pairwise(spans))
        assert all(row.cells for row in rows(section))


@given(LINES)
def test_a_made_question_never_holds_what_it_asks_for(lines: list[str]) -> None:
    for found, prompt in zip(definitions(n := note("\n".join(lines))), defined(n), strict=False):
        if len(found.meaning) > 12 and "_____" not in prompt.text:
            assert found.meaning not in prompt.text.replace(found.term, "")


# Real notes


@pytest.fixture(scope="module")
def deck(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Deck, Library]:
    index = tmp_path_factory.mktemp("index")
    refresh("seeds", seeds, index, None, FrozenClock())
    library = Library(index)
    return Deck(library, "seeds", FrozenClock()), library


def test_the_bulgarian_seed_gives_its_plan_and_its_quiz(deck: tuple[Deck, Library]) -> None:
    cards = deck[0].write(deck[1].note("seeds", "000_d34286a9bb7a871e.txt"))
    planned = [(card.interval, card.prompt) for card in cards if card.origin == "plan"]
    assert planned == [
        ("1d", "Обяснете какво е Hugging Face и какво представляват трансформър моделите."),
        ("3d", "Опишете процеса на токенизация и защо е важен за NLP."),
        ("1w", "Преговор на стъпките за фина настройка на модел."),
        ("1mo", "Прегледайте общите грешки при работа с Hugging Face и как да ги избегнете."),
    ]
    assert sum(card.origin == "quiz" for card in cards) == 7 + 2 * 5  # its quiz, and two for each step
    assert {card.section.title for card in cards}.isdisjoint(
        {"1. Activate Prior Knowledge", "7. Short Retrieval Quiz", "9. Spaced Review Plan"}
    )
    pitfalls = next(card for card in cards if card.interval == "1mo")
    assert pitfalls.section.title == "6. Common Pitfalls"


def test_a_question_that_goes_on_after_its_term_is_answered_from_the_definition_on(tmp_path: Path) -> None:
    sample = Path(__file__).resolve().parents[3] / "knowledge" / "sample_course"
    refresh("sample", sample, tmp_path, None, FrozenClock())
    library = Library(tmp_path)
    found = library.note("sample", "07-embeddings.md")
    cards = Deck(library, "sample", FrozenClock()).write(found)
    card = next(card for card in cards if card.prompt.startswith("What is an embedding, and how"))
    assert card.answer.startswith("- **Embedding**")


def test_code_is_quoted_whole_and_with_the_paragraph_beside_it(tmp_path: Path) -> None:
    sample = Path(__file__).resolve().parents[3] / "knowledge" / "sample_course"
    refresh("sample", sample, tmp_path, None, FrozenClock())
    library = Library(tmp_path)
    for found in library.notes("sample"):
        for card in Deck(library, "sample", FrozenClock()).write(found):
            assert card.answer.count("```") % 2 == 0, card.prompt
            if card.origin in ("plan", "quiz") and blocks(card.section):
                assert re.sub(r"```.*?```", "", card.answer, flags=re.DOTALL).strip(), card.prompt
    cards = Deck(library, "sample", FrozenClock()).write(library.note("sample", "02-tokenization.md"))
    card = next(card for card in cards if card.prompt.startswith("Describe the way of a sentence"))
    assert card.answer.startswith("```python\nfrom transformers")
    assert card.answer.endswith("so the capital T is gone for good.")


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("Name the three steps of a pipeline and say what goes in and out of each.", "2. Overview"),
        ("List five tasks with their input and their result.", "4. Common Tasks"),
    ],
)
def test_what_is_to_be_listed_is_found_where_its_words_are(tmp_path: Path, prompt: str, title: str) -> None:
    sample = Path(__file__).resolve().parents[3] / "knowledge" / "sample_course"
    refresh("sample", sample, tmp_path, bundled(), FrozenClock())
    library = Library(tmp_path, Foretold(bundled()))
    cards = Deck(library, "sample", FrozenClock()).write(library.note("sample", "03-pipelines.md"))
    assert next(card.section.title for card in cards if card.prompt == prompt) == title


def test_every_seed_note_can_be_reviewed(deck: tuple[Deck, Library]) -> None:
    for found in deck[1].notes("seeds"):
        cards = deck[0].write(found)
        assert cards, found.path
        for card in cards:
            assert card.answer.strip()
            assert card.answer == "\n".join(found.lines[card.start - 1 : card.end])
            assert not answers_nothing(card.section) or card.origin == "quiz"


def test_the_chinese_seed_asks_its_exercises(deck: tuple[Deck, Library]) -> None:
    found = next(found for found in deck[1].notes("seeds") if found.path.startswith("002"))
    prompts = [card.prompt for card in deck[0].write(found)]
    assert any("pipeline" in prompt and prompt.startswith("使用") for prompt in prompts)


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        (
            "1. Why?\n\n<details><summary>Answer</summary>\n\nA thing.\n\n</details>",
            "Why?",
            "A thing.",
        ),
        (
            "<details>\n<summary><b>Q1: What is it?</b></summary>\nA thing.\n</details>",
            "What is it?",
            "A thing.",
        ),
        ("### Какво е?\n<details>\n<summary>Отговор</summary>\nНещо.\n</details>", "Какво е?", "Нещо."),
        (
            "什么是它？\n\n<details>\n<summary>点击查看答案</summary>\n\n一个东西。\n</details>",
            "什么是它？",
            "一个东西。",
        ),
    ],
)
def test_a_folded_answer_belongs_to_the_question_above_or_in_its_summary(
    text: str, question: str, answer: str
) -> None:
    written = note(f"# N\n\n{text}\n")
    (prompt,) = quiz(written)
    assert (prompt.text, prompt.own) == (question, True)
    assert written.lines[prompt.start - 1 : prompt.end] == [answer]


def test_what_is_folded_but_no_answer_is_left_alone() -> None:
    assert asked("# N\n\nA log.\n\n<details><summary>Full log</summary>\nlines\n</details>") == []


def test_questions_of_a_learning_path_are_asked_one_by_one() -> None:
    text = (
        "# N\n## Path\n1. **Load**\n   - Focus: models\n   - Въпроси: Какво е `X`? Как се зарежда?\n"
        "2. **Train**\n   - Questions:\n     - Why is it slow?\n   - Task: is it done?\n"
    )
    assert asked(text) == ["Какво е `X`?", "Как се зарежда?", "Why is it slow?"]
    assert answers_nothing(note(text).sections[1])
