from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.language import Script, detect_language, dominant_script
from knowledge.notes import Language
from knowledge.reader import find_notes, read_note


def test_the_language_of_the_study_notes(seeds: Path) -> None:
    notes = [read_note(seeds, file) for file in find_notes(seeds) if file.name[0] == "0"]
    assert [note.language for note in notes] == ["bg", "en", "zh", "en", "zh"]


def test_the_language_of_a_whole_course(corpora: Path) -> None:
    folder = corpora / "hf_course"
    for file in find_notes(folder):
        note = read_note(folder, file)
        assert note.language == ("zh" if "/zh-CN/" in note.path else "en"), note.path


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Какво е токенизация?", "bg"),
        ("Какво е Hugging Face Hub?", "bg"),
        ("Как да заредя AutoModelForSequenceClassification.from_pretrained?", "bg"),
        ("Which models are encoder-only?", "en"),
        ("What does 分词 mean in this text?", "en"),
        ("What is the meaning of токенизация?", "en"),
        ("如何微调模型？", "zh"),
        ("LoRA, Prefix Tuning 是什么？", "zh"),
        ("什么是 logits?", "zh"),
        ("Wie funktioniert das?", "en"),
        ("", "en"),
        ("42 + 1 = ?", "en"),
    ],
)
def test_the_language_of_a_question(text: str, language: Language) -> None:
    assert detect_language(text) == language


def test_code_and_addresses_do_not_count() -> None:
    code = "```python\nfrom transformers import pipeline\nprint(what is the the the)\n```\n" * 20
    links = (
        "[Хъб](https://huggingface.co/what/is/the/hub) https://a.example/this/is/the/page `what is the`\n"
        * 20
    )
    assert detect_language(code + links + "Това е кратка бележка.") == "bg"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("tokens and models", "latin"),
        ("токени", "cyrillic"),
        ("模型 BERT", "cjk"),
        ("ひらがな", "cjk"),
        ("한국어", "cjk"),
        ("مرحبا", "other"),
        ("123 !?", "other"),
        ("", "other"),
    ],
)
def test_the_dominant_script(text: str, script: Script) -> None:
    assert dominant_script(text) == script
