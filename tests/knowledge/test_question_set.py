"""A folder with questions: what is understood, and what is said where a line is off."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from bot.core import catalogue
from bot.core.catalogue import LANGUAGES
from knowledge.errors import EvaluationError, NotesError
from knowledge.question_set import SetQuestion, read_question_set


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    (tmp_path / "docs" / "a.md").write_text("# Alpha\n\nAlpha comes first.\n", encoding="utf-8")
    (tmp_path / "docs" / "deep" / "b.txt").write_text("Beta comes next.\n", encoding="utf-8")
    return tmp_path


def write(folder: Path, *lines: object, name: str = "questions.jsonl") -> Path:
    rows = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / name).write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_a_materialised_task_is_read_with_its_document_ids(folder: Path) -> None:
    write(folder, {"id": "q1", "question": "What is first?"}, name="queries.jsonl")
    (folder / "manifest.json").write_text('{"a.md": "course/a.md"}', encoding="utf-8")
    found = read_question_set(folder)
    assert found.notes == folder / "docs"
    assert found.documents == {"a.md": "course/a.md", "deep/b.txt": "deep/b.txt"}
    assert found.questions == (SetQuestion("q1", "What is first?", frozenset(), None),)


def test_a_folder_of_notes_serves_without_docs(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Alpha.\n", encoding="utf-8")
    found = read_question_set(write(tmp_path, {"question": "What?", "gold": "a.md"}))
    assert found.notes == tmp_path
    assert found.questions[0].gold == {"a.md"}


def test_gold_has_three_names_and_may_be_a_path_or_an_id(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"a.md": "first"}', encoding="utf-8")
    write(
        folder,
        "\ufeff" + json.dumps({"question": "1?", "gold": "./a.md"}),
        {"question": "2?", "docs": ["first", "deep/b.txt"]},
        "",
        {"id": 7, "question": "3?", "gold_docs": ["a.md"], "answerable": True, "topic": "passed over"},
        {"id": "x", "question": "4\u2028?", "answerable": False, "gold": []},
    )
    assert read_question_set(folder).questions == (
        SetQuestion("1", "1?", frozenset({"first"}), True),
        SetQuestion("2", "2?", frozenset({"first", "deep/b.txt"}), True),
        SetQuestion("7", "3?", frozenset({"first"}), True),
        SetQuestion("x", "4\u2028?", frozenset(), False),
    )


def test_gold_may_be_named_from_the_folder_and_with_accents_put_together(folder: Path) -> None:
    apart = unicodedata.normalize("NFD", "тайна.md")
    (folder / "docs" / apart).write_text("Тайна.\n", encoding="utf-8")
    (folder / "docs" / "docs").mkdir()
    (folder / "docs" / "docs" / "a.md").write_text("Alpha again.\n", encoding="utf-8")
    write(
        folder,
        {"question": "1?", "gold": "docs/deep/b.txt"},
        {"question": "2?", "gold": "тайна.md"},
        {"question": "3?", "gold": "docs/a.md"},
    )
    first, second, third = read_question_set(folder).questions
    assert first.gold == {"deep/b.txt"}
    assert second.gold == {apart}
    assert third.gold == {"docs/a.md"}, "the path below the notes' folder goes before"


WRONG = {
    "no JSON": ("{question: 'x'}", "error.eval_line"),
    "no object": ('["What?"]', "error.eval_line"),
    "half a character": ('{"question": "\\ud800"}', "error.eval_line"),
    "no question": ('{"id": "q", "text": "What?"}', "error.eval_question"),
    "an empty question": ('{"question": " "}', "error.eval_question"),
    "an id that is none": ('{"question": "What?", "id": true}', "error.eval_id"),
    "an empty id": ('{"question": "What?", "id": ""}', "error.eval_id"),
    "gold that is no path": ('{"question": "What?", "gold": {"a.md": 1}}', "error.eval_gold"),
    "gold with a number": ('{"question": "What?", "gold": ["a.md", 1]}', "error.eval_gold"),
    "gold twice": ('{"question": "What?", "gold": "a.md", "docs": "a.md"}', "error.eval_gold_twice"),
    "gold that isn't there": ('{"question": "What?", "gold": "c.md"}', "error.eval_gold_unknown"),
    "answerable in words": ('{"question": "What?", "answerable": "no"}', "error.eval_answerable"),
    "both": ('{"question": "What?", "answerable": false, "gold": "a.md"}', "error.eval_contradiction"),
    "the same id again": ('{"question": "What?", "id": "first"}', "error.eval_duplicate"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_line_that_is_off_is_told_with_file_and_line(case: str, folder: Path) -> None:
    row, key = WRONG[case]
    write(folder, {"id": "first", "question": "What?"}, "", row)
    with pytest.raises(EvaluationError) as caught:
        read_question_set(folder)
    assert caught.value.key == key
    for language in LANGUAGES:
        told = catalogue.label(language, key, **caught.value.params)
        assert "questions.jsonl" in told
        assert "3" in told


def test_what_is_missing_is_told(tmp_path: Path, folder: Path) -> None:
    def key_of(place: Path) -> str:
        with pytest.raises((EvaluationError, NotesError)) as caught:
            read_question_set(place)
        assert catalogue.label("en", caught.value.key, **caught.value.params)
        return caught.value.key

    assert key_of(tmp_path / "nowhere") == "error.eval_folder"
    assert key_of(folder) == "error.eval_no_questions"
    write(folder, "", " ")
    assert key_of(folder) == "error.eval_empty"
    write(folder, {"question": "What?"}, name="queries.jsonl")
    assert key_of(folder) == "error.eval_two_files"
    (folder / "queries.jsonl").unlink()
    (folder / "questions.jsonl").write_bytes(b'{"question": "\xff"}')
    assert key_of(folder) == "error.eval_unreadable"
    write(folder, {"question": "What?"})
    (folder / "manifest.json").write_text('{"a.md": 1}', encoding="utf-8")
    assert key_of(folder) == "error.eval_manifest"
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    assert key_of(folder) == "error.eval_manifest"
    (folder / "manifest.json").unlink()
    for file in [*(folder / "docs").rglob("*.md"), *(folder / "docs").rglob("*.txt")]:
        file.unlink()
    assert key_of(folder) == "error.notes_empty"
