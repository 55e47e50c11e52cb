"""Questions in one language, notes in another, read by the bundled encoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.encoder.static import StaticEncoder
from knowledge.index import Generation
from knowledge.index_files import CourseFiles
from knowledge.library import Library
from knowledge.notes import Language
from knowledge.refresh import refresh
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder, HereEncoder

ENGLISH = {
    "padding.md": "# Padding\n\nShort sequences are filled up with a padding token, so that all"
    " sequences of a batch have the same length.\n",
    "optimizer.md": "# The optimizer\n\nThe optimizer changes the weights of the model after each step,"
    " in the direction that makes the loss smaller.\n",
    "dataset.md": "# Splitting a data set\n\nA part of the data is kept for validation, to see whether"
    " the model only remembers the training examples.\n",
    "license.md": "# Licence\n\nThe software may be used and copied by anyone, without any warranty.\n",
}
CHINESE = {
    "填充.md": "# 填充\n\n较短的序列会用填充标记补齐，使同一批次中的所有序列长度相同。\n",
    "优化器.md": "# 优化器\n\n优化器在每一步之后更新模型的权重，使损失变小。\n",
    "许可证.md": "# 许可证\n\n任何人都可以使用和复制本软件，不提供任何担保。\n",
}
ASKED: list[tuple[str, Language, str]] = [
    ("Какво прави оптимизаторът с теглата на модела?", "bg", "optimizer.md"),
    ("Защо част от данните се пази за валидация?", "bg", "dataset.md"),
    ("优化器如何改变模型的权重？", "zh", "optimizer.md"),
    ("为什么要用填充标记补齐较短的序列？", "zh", "padding.md"),
]


def library(folder: Path, notes: dict[str, str], encoder: StaticEncoder) -> Library:
    (folder / "notes").mkdir()
    for name, text in notes.items():
        (folder / "notes" / name).write_text(text, encoding="utf-8")
    refresh("course", folder / "notes", folder / "index", encoder, FrozenClock())
    return Library(folder / "index", encoder)


@pytest.mark.parametrize(("question", "language", "note"), ASKED)
def test_a_question_finds_the_note_in_another_language(
    tmp_path: Path, bundled_encoder: StaticEncoder, question: str, language: Language, note: str
) -> None:
    assert library(tmp_path, ENGLISH, bundled_encoder).search("course", question)[0].passage.note == note


@pytest.mark.parametrize(("question", "language", "note"), ASKED[1:3])
def test_an_answer_quotes_the_note_as_it_is_written(
    tmp_path: Path, bundled_encoder: StaticEncoder, question: str, language: Language, note: str
) -> None:
    answer = library(tmp_path, ENGLISH, bundled_encoder).ask("course", question, language)
    assert answer.answered
    assert answer.parts[0].citation.note == note
    assert answer.parts[0].text in ENGLISH[note]
    assert answer.language == language


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("What does the optimizer do with the weights?", "优化器.md"),
        ("Why are short sequences padded?", "填充.md"),
        ("Какво прави оптимизаторът с теглата?", "优化器.md"),
    ],
)
def test_chinese_notes_are_found_from_both_other_languages(
    tmp_path: Path, bundled_encoder: StaticEncoder, question: str, note: str
) -> None:
    assert library(tmp_path, CHINESE, bundled_encoder).search("course", question)[0].passage.note == note


@pytest.mark.parametrize(
    "question",
    ["Кой спечели световното първенство по футбол?", "谁赢得了足球世界杯？", "Who won the world cup?"],
)
def test_what_the_notes_do_not_hold_is_not_answered_in_any_language(
    tmp_path: Path, bundled_encoder: StaticEncoder, question: str
) -> None:
    answer = library(tmp_path, ENGLISH, bundled_encoder).ask("course", question)
    assert not answer.answered
    assert answer.dense


def test_what_the_encoder_cannot_read_is_searched_by_words_alone(
    tmp_path: Path, bundled_encoder: StaticEncoder
) -> None:
    question = "Wie verändert der Optimierer eigentlich die Gewichte dieses Modells?"
    answer = library(tmp_path, ENGLISH, bundled_encoder).ask("course", question)
    assert not answer.dense


def test_among_notes_in_two_languages_the_asker_s_own_comes_first(
    tmp_path: Path, bundled_encoder: StaticEncoder
) -> None:
    both = library(tmp_path, ENGLISH | CHINESE, bundled_encoder)
    assert (
        both.search("course", "What does the optimizer do with the weights?")[0].passage.note
        == "optimizer.md"
    )
    assert both.search("course", "优化器如何改变模型的权重？")[0].passage.note == "优化器.md"


def test_code_is_in_the_language_of_the_note_it_stands_in(
    tmp_path: Path, bundled_encoder: StaticEncoder
) -> None:
    code = (
        "# 训练循环\n\n```py\nfor batch in loader:\n    loss = model(batch).loss\n    loss.backward()\n```\n"
    )
    prose = "# Why\n\nIt is written in English, as you can see from what is in it and how it reads.\n"
    folder, notes = tmp_path / "index", tmp_path / "notes"
    notes.mkdir()
    (notes / "训练.md").write_text(CHINESE["优化器.md"] + code + prose, encoding="utf-8")
    report = refresh("course", notes, folder, bundled_encoder, FrozenClock())
    generation = Generation.open(CourseFiles(folder, "course").generation(report.generation))
    found = dict(
        zip((one.headings[-1] for one in generation.passages), generation.languages.tolist(), strict=True)
    )
    assert found == {"优化器": "zh", "训练循环": "zh", "Why": "en"}


def test_an_encoder_of_one_language_leaves_the_others_to_their_words(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    for number, word in enumerate(("LoRA", "Trainer", "Tokenizer", "Dataset", "Softmax")):
        text = f"# {word}\n\nТова е бележка за {word} и за нищо друго на света.\n"
        (notes / f"{number}.md").write_text(text, encoding="utf-8")
    (notes / "en.md").write_text("# English\n\nThis is the one note that is in English.\n", encoding="utf-8")
    encoder = HashingEncoder()
    refresh("course", notes, tmp_path / "index", encoder, FrozenClock())
    library = Library(tmp_path / "index", HereEncoder(encoder))
    assert library.search("course", "What is LoRA?")[0].passage.note == "0.md"
