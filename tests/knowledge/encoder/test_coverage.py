"""What the encoder takes as its own languages: English, Bulgarian and Chinese, not their neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.encoder.coverage import MARGIN, Coverage, familiarity, find_thresholds
from knowledge.encoder.static import StaticEncoder
from knowledge.encoder.unigram import Unigram
from tests.doubles.static import course_lines

OWN = {
    "en": "The tokenizer cuts the text into pieces, and the model reads their numbers one after another.",
    "bg": "Токенизаторът разделя текста на части, а моделът чете техните номера един след друг.",
    "zh": "分词器把文本切成片段，模型再逐个读取它们的编号。",
    "en with signs": "The particle は marks the topic of the sentence, and the model has to learn it.",
    "bg with terms": "Библиотеката Hugging Face Transformers предлага pipeline за всяка задача.",
    "zh with terms": "使用 Hugging Face Transformers 库的 pipeline 可以完成各种任务。",
    "en with names": "Sylvain Gugger, Wolfgang Schäuble und Lewis Tunstall wrote the book.",
    "one word": "Tokenizer",
    "three foreign words": "Was ist das?",
    "code": "for (int i = 0; i < n_ctx; ++i) { buf[i] = strncpy(dst, src, len); }",
    "identifiers": "from_pretrained AutoModelForSequenceClassification torch.nn.functional.softmax",
    "a fence": "```\nÜberprüfung der Größenordnung für außergewöhnliche Schlüsselwörter\n```",
    "numbers": "1, 2, 3",
}
FOREIGN = {
    "German": "Der Zerleger teilt den Text in kleine Stücke, und das Modell liest danach deren Nummern"
    " eine nach der anderen.",
    "French": "Le découpeur sépare le texte en petits morceaux, puis le modèle lit leurs numéros les uns"
    " après les autres.",
    "Spanish": "El separador corta el texto en trozos pequeños y luego el modelo lee sus números uno"
    " tras otro.",
    "Vietnamese": "Bộ tách từ chia văn bản thành các mảnh nhỏ, rồi mô hình đọc lần lượt số của từng mảnh.",
    "Russian": "Разделитель режет весь текст на небольшие кусочки, и затем модель читает их номера друг за"
    " другом.",
    "Ukrainian": "Розділювач ріже увесь текст на невеликі шматочки, і потім модель читає їхні номери один за"
    " одним.",
    "Japanese": "トークナイザーはテキストを小さな断片に分け、モデルはその番号を順番に読みます。",
    "Korean": "토크나이저는 텍스트를 작은 조각으로 나누고, 모델은 그 번호를 차례로 읽습니다.",
    "Korean with terms": "Hugging Face의 Transformers 라이브러리는 다양한 작업을 위한 pipeline을 제공합니다.",
    "Greek": "Ο διαχωριστής κόβει το κείμενο σε μικρά κομμάτια και το μοντέλο διαβάζει τους αριθμούς τους.",
    "Arabic": "يقسم المحلل النص إلى قطع صغيرة ثم يقرأ النموذج أرقامها واحدا تلو الآخر.",
    "nothing": "",
}


@pytest.fixture(params=["small", "bundled"])
def encoder(request: pytest.FixtureRequest, static: StaticEncoder) -> StaticEncoder:
    """The small one, and the one that comes with Recap."""
    return static if request.param == "small" else request.getfixturevalue("bundled_encoder")


@pytest.mark.parametrize("name", OWN)
def test_its_own_languages_code_and_short_texts_are_read(encoder: StaticEncoder, name: str) -> None:
    assert encoder.reads(OWN[name])


@pytest.mark.parametrize("name", FOREIGN)
def test_other_languages_are_told_by_script_or_by_their_words(encoder: StaticEncoder, name: str) -> None:
    assert not encoder.reads(FOREIGN[name])


def test_without_thresholds_the_script_alone_decides(static_vocabulary: Unigram) -> None:
    coverage = Coverage(static_vocabulary, ("en", "zh"))
    assert coverage.reads(FOREIGN["German"])
    assert coverage.reads(OWN["zh"])
    assert not coverage.reads(OWN["bg"])


def test_the_thresholds_lie_below_all_samples_that_are_to_be_read(static_vocabulary: Unigram) -> None:
    lines = course_lines()
    thresholds = find_thresholds(static_vocabulary, lines, kept=1.0)
    assert set(thresholds) == {"latin", "cyrillic"}
    for script, least in thresholds.items():
        values = [familiarity(static_vocabulary, line, script) for line in lines]
        assert min(value for value in values if value is not None) >= least + MARGIN[script] - 1e-3
    half = find_thresholds(static_vocabulary, lines, kept=0.5)
    assert all(half[script] > least for script, least in thresholds.items())


def test_without_samples_there_are_no_thresholds(static_vocabulary: Unigram) -> None:
    assert find_thresholds(static_vocabulary, ["too short", ""]) == {}


@given(text=st.text(st.characters(codec=None), max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read_or_not(static: StaticEncoder, text: str) -> None:
    assert static.reads(text) in (True, False)
