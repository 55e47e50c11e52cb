"""Questions to the five study notes indexed together, with MiniLM and by words alone."""

from __future__ import annotations

from typing import cast

import pytest

from knowledge.library import Answer, Library

QUESTIONS = [
    # question, beginning of the note, the section's heading, what must be quoted, language
    ("Какво е токенизация?", "000", "3. Key Concepts", "**Tokenization** – Процесът на разделяне", "bg"),
    ("Какво представлява Hugging Face Hub?", "000", "3. Key Concepts", "Онлайн хранилище за модели", "bg"),
    ("Какво е фина настройка?", "000", None, "адаптира модел към специфична задача", "bg"),
    ("Защо да използвам съответния токенизатор?", "000", "6. Common Pitfalls", "Винаги използвайте", "bg"),
    ("Как се зарежда модел за sentiment analysis?", "000", "Пример 1", "classifier = pipeline", "bg"),
    ("Каква е основната цел на Hugging Face?", "000", "2. Overview", "Основната ѝ цел е", "bg"),
    ("Which models are encoder-only?", "001", "Encoder-only models", "ALBERT, BERT, DistilBERT", "en"),
    ("What is AutoTrain?", "001", "Hugging Face: Basic", "A no-code solution", "en"),
    ("What does the decoder do?", "001", "Transformer history", "generate a target sequence", "en"),
    ("How much faster is DistilBERT?", "001", "Transformer history", "60% faster", "en"),
    ("What is a model head?", "001", "Transformer history", "additional layers", "en"),
    ("如何微调模型?", "002", "6.1 使用 Trainer", "trainer = Trainer(", "zh"),
    ("如何加载数据集？", "002", "3.1 加载数据集", "load_dataset(", "zh"),
    ("如何上传模型到 Hub？", "002", "4.3 上传模型", "push_to_hub(", "zh"),
    ("怎么安装 transformers？", "002", "1.2 安装", "pip install transformers", "zh"),
    ("怎样手动编写训练循环？", "002", "6.2 手动训练循环", "loss.backward()", "zh"),
    ("Which model is recommended for summarization?", "003", "Selection Guide", "BART, T5, Pegasus", "en"),
    ("What is self-attention?", "003", "Transformer Architecture", "Contextual word relationships", "en"),
    ("What is pre-training vs fine-tuning?", "003", "Pre-training vs", "Adapt to specific task", "en"),
    ("什么是logits？", "004", "什么是logits", "未经过概率化转换的值", "zh"),
    ("分词器负责什么？", "004", "2.2 Behind the pipeline", "将输入拆分为", "zh"),
    ("什么是因果语言建模？", "004", "1.4 How do", "因果语言建模", "zh"),
    ("编码器模型中的双向是什么意思？", "004", "怎样理解编码器模型", "左右两边的上下文信息", "zh"),
]  # fmt: skip

UNANSWERED = [
    "Who won the world cup in 2018?",
    "How is bulk oxygen shipped?",
    "Кой е цар Симеон?",
    "Кога е основана първата българска държава?",
    "拿破仑出生在哪里？",
    "光合作用是什么？",
]


@pytest.fixture(params=["dense_library", "lexical_library"])
def library(request: pytest.FixtureRequest) -> Library:
    return cast(Library, request.getfixturevalue(request.param))


@pytest.mark.parametrize(("question", "note", "heading", "quote", "language"), QUESTIONS)
def test_a_question_is_answered_from_the_right_section_first(
    library: Library, question: str, note: str, heading: str | None, quote: str, language: str
) -> None:
    answer = library.ask("seeds", question)
    assert answer.answered
    assert answer.language == language
    first = answer.parts[0].citation
    assert first.note.startswith(note)
    if heading:
        assert heading in first.heading
    section = [part for part in answer.parts if part.citation.section_id == first.section_id]
    assert any(quote in part.text for part in section)


@pytest.mark.parametrize("question", [question for question, *_ in QUESTIONS])
def test_every_part_is_cited_to_the_lines_it_stands_on(library: Library, question: str) -> None:
    answer = library.ask("seeds", question)
    assert 1 <= len(answer.parts) <= 4
    for part in answer.parts:
        citation = part.citation
        note = library.note("seeds", citation.note)
        section = library.section("seeds", citation.section_id)
        assert section is not None
        assert section.headings == citation.headings
        assert section.start <= citation.start <= citation.end <= section.end
        assert citation.quote in "\n".join(note.lines[citation.start - 1 : citation.end])
        assert not part.text.startswith("#")


@pytest.mark.parametrize("question", [question for question, *_ in QUESTIONS])
def test_a_question_of_the_notes_is_never_the_answer(library: Library, question: str) -> None:
    for part in library.ask("seeds", question).parts:
        assert part.kind == "code" or not part.text.rstrip(" *`").endswith(("?", "？"))


@pytest.mark.parametrize("question", UNANSWERED)
def test_what_the_notes_do_not_hold_is_not_answered(library: Library, question: str) -> None:
    answer = library.ask("seeds", question)
    assert not answer.answered
    assert answer.parts == ()
    assert len(answer.nearest) <= 3


def test_code_is_quoted_whole(library: Library) -> None:
    parts = library.ask("seeds", "如何微调模型?").parts
    code = next(part for part in parts if part.kind == "code")
    assert code.text.startswith("```python\n")
    assert code.text.endswith("\n```")
    assert code.text == code.citation.quote


def test_the_encoder_is_not_heard_on_scripts_it_cannot_read(dense_library: Library) -> None:
    asked: Answer = dense_library.ask("seeds", "什么是因果语言建模？")
    assert not asked.dense
    assert not dense_library.ask("seeds", "Какво е токенизация?").dense
    assert dense_library.ask("seeds", "What is AutoTrain?").dense
    for hit in dense_library.search("seeds", "Which models are encoder-only?", limit=200):
        if hit.passage.note.startswith("000") and hit.passage.headings[-1].startswith("8."):
            assert hit.dense is None
