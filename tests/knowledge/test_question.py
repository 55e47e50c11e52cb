from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.question import definienda, read_question


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("What is a tokenizer?", "tokeniz"),
        ("What are tokenizers", "tokeniz"),
        ("What does tokenization mean?", "tokeniz"),
        ("Explain tokenization", "tokeniz"),
        ("Какво е токенизация?", "токенизак"),
        ("Какво представлява токенизацията?", "токенизак"),
        ("Какво означава токенизация", "токенизак"),
        ("什么是模型？", "模型"),
        ("模型是什么？", "模型"),
        ("模型是什么意思", "模型"),
    ],
)
def test_a_question_for_a_definition_names_its_topic(text: str, topic: str) -> None:
    question = read_question(text)
    assert question.kind == "definition"
    assert topic in {form for clue in question.topic for form in clue.forms}


@pytest.mark.parametrize(
    "text", ["How do I train a model?", "Как се обучава модел?", "如何训练模型？", "怎么安装？"]
)
def test_how_to_is_an_instruction(text: str) -> None:
    assert read_question(text).kind == "instruction"


@pytest.mark.parametrize(
    ("text", "noun"),
    [("Which models are small?", "model"), ("Кои модели са малки?", "модел"), ("哪些模型是小的？", "模型")],
)
def test_which_names_what_is_wanted(text: str, noun: str) -> None:
    assert noun in {form for clue in read_question(text).wanted for form in clue.forms}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("**Tokenization** – the process", ("Tokenization",)),
        ("**Large Language Model (LLM)** is a model", ("Large Language Model", "LLM")),
        ("Models: BERT, GPT", ("Models",)),
        ("Токенизацията е процес", ("Токенизацията",)),
        ("Logits 是指模型的输出", ("Logits",)),
        ("在机器学习中，Logits 是指输出", ("Logits",)),
        ("*分词器*，它将负责：", ("分词器",)),
        ("Nothing here", ()),
    ],
)
def test_what_a_text_explains(text: str, names: tuple[str, ...]) -> None:
    assert definienda(text) == names


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    read_question(text)
    definienda(text)
