from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import sentences


def texts(paragraph: str) -> list[str]:
    return [sentence for sentence, _, _ in sentences(paragraph, 1)]


@pytest.mark.parametrize(
    ("paragraph", "count"),
    [
        ("A model learns. It predicts! Does it?", 3),
        ("Models, e.g. BERT, i.e. encoders, vs. GPT are used. See Fig. 3 for more.", 2),
        ("It has 0.5 GB and version 2.0 is out. Fine.", 2),
        ("Моделите учат. Това са напр. BERT и др. модели, т.е. енкодери. Край.", 3),
        ("模型会学习。它能预测！对吗？是的。", 4),
        ("他说：“可以。”然后走了。", 2),
        ("no end at all", 1),
        ("Call `trainer.train()` now. Then stop.", 2),
    ],
)
def test_paragraphs_are_cut_into_sentences(paragraph: str, count: int) -> None:
    assert len(texts(paragraph)) == count


def test_a_sentence_knows_its_lines() -> None:
    assert list(sentences("One is\nhere. Two is\nthere.", 10)) == [
        ("One is\nhere.", 10, 11),
        ("Two is\nthere.", 11, 12),
    ]


@given(st.text(alphabet="Aa. !?。！\nбБ中文e.g", max_size=120))
def test_nothing_but_white_space_is_lost(paragraph: str) -> None:
    assert "".join("".join(texts(paragraph)).split()) == "".join(paragraph.split())
