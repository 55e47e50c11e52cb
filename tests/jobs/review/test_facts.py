"""A changed fact is told from another wording, in three languages."""

from __future__ import annotations

import pytest

from jobs.review.facts import Content, fact_changed, likeness

WORDING = [
    (
        "- **Query** – The vector that says what a token is looking for.",
        "* **Query**: the vector that says\n  what a token is looking for",
    ),
    (
        "Attention lets every token look at all other tokens of the sentence at once.",
        "Attention lets each token look at all the other tokens of a sentence at the same time.",
    ),
    (
        "Softmax turns scores into weigths that sum to one.",
        "Softmax turns scores into weights that sum to one.",
    ),
    ("It has twelve layers.", "It has 12 layers."),
    ("- A does x.\n- B does y.\n- C does z.", "- C does z.\n- A does x.\n- B does y."),
    (
        "The learning rate decides how far each step goes.",
        "The learning rate decides how far every step goes. A good start is 5e-5 for most models.",
    ),
    (
        "Токенизацията разделя текста на малки единици, които моделът може да обработи.",
        "Токенизацията разделя текста на малки единици, с които моделът може да работи.",
    ),
    (
        "- **Токен** – Най-малката единица, с която моделът работи: дума или част от дума.",
        "- **Токен** - най-малката единица, с която работи моделът (дума или част от дума).",
    ),
    ("分词把文本切成模型可以处理的小单位。", "分词会把文本切成模型能够处理的小单位。"),
    (
        "微调是在预训练模型上继续训练，使其适应新任务。",
        "微调就是在预训练模型的基础上继续训练，让它适应新任务。",
    ),
    ("Use `AutoTokenizer` to load it.", "Use AutoTokenizer to load it."),
    ("```python\nx = 1\ny = f( x )\n```", "```python\n# comment\nx=1\ny = f(x)\n```"),
    ("Padding is 0,9 of the batch.", "Padding is 0.9 of the batch."),
    ("A model isn't trained here.", "A model is not trained here."),
    ("| a | b |\n|---|---|\n| Query | asks |", "| a   | b    |\n| --- | ---- |\n| Query | asks |"),
    ("Речникът съдържа всички познати токени.", "Речникът съдържа всичките познати токени."),
    ("Batches hold the examples of one step.", "Batches  hold the examples of **one** step."),
    ("Обучението продължава, докато грешката спада.", "Обучението продължава, докато грешката\nспада."),
]
"""The same, told otherwise."""
FACTS = [
    ("It has 12 layers.", "It has 24 layers."),
    ("It has twelve layers.", "It has six layers."),
    (
        "Softmax turns scores into weights that sum to one.",
        "Softmax turns scores into weights that sum to two.",
    ),
    ("Softmax turns scores into weights.", "Sigmoid turns scores into weights."),
    ("BERT has 12 layers and GPT has 24 layers.", "BERT has 24 layers and GPT has 12 layers."),
    ("The model is trained.", "The model is not trained."),
    ("You must never shuffle the test set.", "You must always shuffle the test set."),
    ("A higher rate increases the loss.", "A higher rate decreases the loss."),
    ("Use `AutoTokenizer` to load it.", "Use `AutoModel` to load it."),
    ("```python\nx = 1\n```", "```python\nx = 2\n```"),
    ("The encoder reads the input.", "The decoder reads the input."),
    ("Моделът BERT има 12 слоя.", "Моделът BERT има 24 слоя."),
    ("Моделът не се обучава.", "Моделът се обучава."),
    ("Създаден е от Google.", "Създаден е от OpenAI."),
    ("Увеличаването на скоростта ускорява обучението.", "Намаляването на скоростта ускорява обучението."),
    ("微调不需要很多数据。", "微调需要很多数据。"),
    ("模型有12层。", "模型有24层。"),
    ("模型有三层。", "模型有四层。"),
    ("它由Google发布。", "它由OpenAI发布。"),
    ("学习率越大，训练越快。", "学习率越小，训练越快。"),
    ("It takes 5 ms.", "It takes 5 s."),
    ("Tokens are cut before training.", "Tokens are cut after training."),
    ("Tokenizers cut text into tokens. They keep a vocabulary.", "Tokenizers cut text into tokens."),
    ("The whole passage tells how attention weighs tokens.", "Padding fills shorter sentences of a batch."),
    ("The pipeline runs on the GPU.", "The pipeline runs on the CPU."),
    ("Batches hold 10,000 rows.", "Batches hold 100,000 rows."),
    ("Маската има стойност 0 за запълване.", "Маската има стойност 1 за запълване."),
    ("Използвайте `padding=True`.", "Използвайте `padding=False`."),
]
"""Something else."""


def changed(before: str, after: str) -> bool:
    return fact_changed(Content("What?", before), Content("What?", after))


@pytest.mark.parametrize(("before", "after"), WORDING)
def test_another_wording_is_the_same_fact(before: str, after: str) -> None:
    assert not changed(before, after)


@pytest.mark.parametrize(("before", "after"), FACTS)
def test_another_fact_is_noticed(before: str, after: str) -> None:
    assert changed(before, after)


def test_a_defined_term_in_another_s_place_is_another_fact() -> None:
    before, after = "It holds what a query is compared with.", "It holds what a mask is compared with."
    pair = Content("What?", before), Content("What?", after)
    assert not fact_changed(*pair)
    assert fact_changed(*pair, ["Query", "Mask"])


def test_a_misspelt_word_is_the_same_word() -> None:
    assert likeness("the weigths of the model", "the weights of the model") == 1.0
    assert likeness("an encoder", "a decoder") == 0.0
