"""Which language is answered in."""

from __future__ import annotations

import pytest

from bot.core.language import locale_language, written_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Какво е токенизация?", "bg"),
        ("Как работи BertForSequenceClassification?", "bg"),
        ("如何微调模型?", "zh"),
        ("如何用 from_pretrained 加载 AutoModel?", "zh"),
        ("Which models are encoder-only?", "en"),
        ("BERT", None),
        ("AutoTokenizer.from_pretrained", None),
        ("42", None),
    ],
)
def test_script_tells_the_language_where_there_is_enough_of_it(text: str, language: str | None) -> None:
    assert written_language(text) == language


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("bg-BG", "bg"),
        ("zh_CN", "zh"),
        ("zh-Hans", "zh"),
        ("en", "en"),
        ("fr-FR", "en"),
        ("C", "en"),
        ("", "en"),
    ],
)
def test_locale_falls_back_to_english(locale: str, language: str) -> None:
    assert locale_language(locale) == language
