"""The sample course is what a first run answers from: it must teach, quiz and plan in every language."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

import knowledge

COURSE = Path(knowledge.__file__).parent / "sample_course"
NOTES = sorted(COURSE.glob("*.md"))
LADDER = {
    "en": ["1 day", "3 days", "1 week", "1 month"],
    "bg": ["1 ден", "3 дни", "1 седмица", "1 месец"],
    "zh": ["1 天", "3 天", "1 周", "1 个月"],
}
QUIZ = {"en": "Short Retrieval Quiz", "bg": "Кратък тест за припомняне", "zh": "简短测验"}
PLAN = {"en": "Spaced Review Plan", "bg": "План за преговор", "zh": "间隔复习计划"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

each_note = pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)


def language(note: Path) -> str:
    suffixes = note.suffixes
    return suffixes[0].lstrip(".") if len(suffixes) == 2 else "en"


def body_under(note: Path, title: str) -> list[str]:
    """The lines of the section whose heading ends with `title`; fails if there isn't exactly one."""
    prose = FENCE.sub("", note.read_text("utf-8"))
    found = re.findall(rf"^## \d+\. {re.escape(title)}\n(.*?)(?=^## |\Z)", prose, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"{note.name} has {len(found)} sections called {title!r}"
    return [line for line in found[0].splitlines() if line.strip()]


def test_the_course_speaks_all_three_languages() -> None:
    assert len(NOTES) >= 7
    assert {language(note) for note in NOTES} == {"en", "bg", "zh"}


@each_note
def test_a_note_is_of_a_length_that_one_sits_down_for(note: Path) -> None:
    assert 60 <= len(note.read_text("utf-8").splitlines()) <= 140


@each_note
def test_a_note_has_one_title_and_sections_numbered_without_gap(note: Path) -> None:
    prose = FENCE.sub("", note.read_text("utf-8"))
    assert prose.startswith("# ")
    assert len(re.findall(r"^# ", prose, re.MULTILINE)) == 1
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", prose, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == len(re.findall(r"^## ", prose, re.MULTILINE))


@each_note
def test_a_note_defines_its_terms(note: Path) -> None:
    terms = re.findall(r"^- \*\*(.+?)\*\* – \S", note.read_text("utf-8"), re.MULTILINE)
    assert len(terms) >= 10
    assert len(set(terms)) == len(terms), "a term is defined twice"


@each_note
def test_a_note_has_a_quiz_of_five_to_seven_numbered_questions(note: Path) -> None:
    lines = [line for line in body_under(note, QUIZ[language(note)]) if not line.startswith(" ")]
    assert 5 <= len(lines) <= 7
    for number, line in enumerate(lines, start=1):
        assert re.fullmatch(rf"{number}\. \S.*[?？]", line), line


def test_in_every_language_a_question_lets_choose_one_right_answer() -> None:
    offered = set()
    for note in NOTES:
        boxes = [line for line in body_under(note, QUIZ[language(note)]) if line.startswith("   - [")]
        if boxes:
            assert sum(line.startswith("   - [x] ") for line in boxes) == 1
            offered.add(language(note))
    assert offered == {"en", "bg", "zh"}


@each_note
def test_a_note_has_one_review_prompt_for_each_step_of_the_ladder(note: Path) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in body_under(note, PLAN[language(note)])
    ]
    _header, _rule, *steps = rows
    assert [step[0] for step in steps] == LADDER[language(note)]
    assert all(len(step) == 2 and len(step[1]) > 10 for step in steps)


@each_note
def test_the_python_in_a_note_compiles(note: Path) -> None:
    blocks = FENCE.findall(note.read_text("utf-8"))
    assert any(kind == "python" for kind, _ in blocks)
    for kind, code in blocks:
        assert kind in {"python", "bash"}
        if kind == "python":
            ast.parse(code, filename=note.name)


@each_note
def test_every_table_has_as_many_cells_in_each_row(note: Path) -> None:
    lines = FENCE.sub("", note.read_text("utf-8")).splitlines()
    for above, below in pairwise(lines):
        if above.startswith("|") and below.startswith("|"):
            assert above.count("|") == below.count("|"), below


@each_note
def test_the_prose_is_clean_text(note: Path) -> None:
    text = note.read_text("utf-8")
    assert "\ufffd" not in text
    assert "\r" not in text
    assert "\t" not in text
    assert text.endswith("\n")
    assert all(line == line.rstrip() for line in text.splitlines())
