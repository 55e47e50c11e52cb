"""What a learner takes along: every answer, every review to come, every card."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from jobs.errors import NothingToExport
from jobs.people import Learner
from jobs.portable import anki, sheet
from jobs.portable.history import History
from jobs.portable.service import Exports
from jobs.tables import CardRow
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE, Mail

ToNext = Callable[[], datetime]
NOTE = "bg/tokens.md"
QUIZZED = "attention.md"


@pytest.fixture
def exports(database: Database, clock: FrozenClock) -> Exports:
    return Exports(database, clock)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def notes(package: bytes, folder: Path) -> dict[str, list[str]]:
    """The fields of each note by its guid."""
    with zipfile.ZipFile(io.BytesIO(package)) as packed:
        packed.extract("collection.anki2", folder)
    with closing(sqlite3.connect(folder / "collection.anki2")) as collection:
        return {
            guid: fields.split("\x1f") for guid, fields in collection.execute("select guid, flds from notes")
        }


def test_an_answer_is_told_with_its_lines_and_rating_in_the_learners_time(
    exports: Exports, reviews: ReviewLoop, ana: Learner, mail: Mail, to_next: ToNext
) -> None:
    reviews.study(ana.id, NOTE)
    to_next()
    reviews.deliver_due()
    (attempt,) = mail.attempts()
    reviews.answer(attempt, ana.id, "=защото, така")
    reviews.rate(attempt, ana.id, 1)
    sheets = exports.sheets(ana.id)
    (told,) = rows(sheets["recap-answers.csv"])
    assert (told["note"], told["rating"], told["interval"], told["late"]) == (NOTE, "1", "1d", "no")
    assert told["answer"] == "'=защото, така", "no spreadsheet takes it for a formula"
    assert told["asked_at"].endswith("+02:00")
    assert int(told["start"]) <= int(told["end"])
    planned = rows(sheets["recap-schedule.csv"])
    assert [(one["interval"], one["again"]) for one in planned] == [
        ("1d", "yes"),
        ("3d", "no"),
        ("1w", "no"),
        ("1mo", "no"),
    ]


def test_what_a_gap_expected_and_what_the_judge_said_is_told(
    exports: Exports, reviews: ReviewLoop, ana: Learner, database: Database, tmp_path: Path
) -> None:
    reviews.study(ana.id, QUIZZED)
    with database.session() as session:
        session.execute(
            update(CardRow).values(origin="cloze", expected=["=softmax", "soft max"], choices=None)
        )
    for said in ("soft max", "tanh", None):
        asked = reviews.quiz(ana.id, "web", "p", "attention")
        if said is None:
            reviews.reveal(asked.attempt_id, ana.id)
        else:
            reviews.answer(asked.attempt_id, ana.id, said)
    told = rows(exports.sheets(ana.id)["recap-answers.csv"])
    assert [(one["answer"], one["verdict"]) for one in told] == [
        ("soft max", "right"),
        ("tanh", "wrong"),
        ("", ""),
    ]
    assert {one["expected"] for one in told} == {"'=softmax\nsoft max"}
    assert {one["expected"] for one in rows(exports.course_sheet(COURSE)[0])} == {"'=softmax\nsoft max"}
    package = notes(exports.deck(ana.id, {COURSE: "A"})[0], tmp_path)
    assert all(answer.startswith("<p><b>=softmax</b></p>") for _, answer, _ in package.values())


def test_nothing_of_others_is_in_it(exports: Exports, reviews: ReviewLoop, ana: Learner, bo: Learner) -> None:
    reviews.study(ana.id, NOTE)
    with pytest.raises(NothingToExport):
        exports.sheets(bo.id)
    with pytest.raises(NothingToExport):
        exports.deck(bo.id, {COURSE: "Course"})


def test_a_package_holds_the_cards_of_what_is_studied_with_their_source(
    exports: Exports, reviews: ReviewLoop, ana: Learner, tmp_path: Path
) -> None:
    reviews.study(ana.id, QUIZZED)
    package, count = exports.deck(ana.id, {COURSE: "Transformers"})
    found = notes(package, tmp_path)
    assert count == len(found) > 0
    assert all("attention.md §" in source for _, _, source in found.values())
    assert any("Softmax" in question or "weights" in question for question, _, _ in found.values())


def test_a_card_keeps_its_id_in_anki_while_its_answer_changes(
    exports: Exports, reviews: ReviewLoop, ana: Learner, database: Database, tmp_path: Path
) -> None:
    reviews.study(ana.id, QUIZZED)
    before = notes(exports.deck(ana.id, {COURSE: "A"})[0], tmp_path)
    with database.session() as session:
        session.execute(update(CardRow).values(answer="Something else"))
    after = notes(exports.deck(ana.id, {COURSE: "B"})[0], tmp_path)
    assert set(before) == set(after)
    assert all("Something else" in answer for _, answer, _ in after.values())


def test_markup_of_a_note_is_text_in_anki_and_no_html() -> None:
    card = CardRow(
        course_id="c",
        note="a::b c.md",
        key="k",
        origin="quiz",
        position=0,
        language="en",
        prompt="What does `<b>` do? <script>x</script> {{field}}",
        choices=[
            {"text": "it is **bold**", "correct": True, "explain": "see"},
            {"text": "nothing", "correct": False, "explain": ""},
        ],
        explanation="",
        source="",
        headings=["A", "B"],
        start=1,
        end=2,
        answer="Line one\nline two",
        state="active",
    )
    package = anki.package([card], {}, datetime(2026, 3, 2, tzinfo=UTC))
    with zipfile.ZipFile(io.BytesIO(package)) as packed:
        assert "collection.anki2" in packed.namelist()


def test_what_a_model_said_is_the_answer_where_nothing_runs_it(tmp_path: Path) -> None:
    card = CardRow(
        course_id="c",
        note="n.md",
        key="k",
        origin="predict",
        position=0,
        language="en",
        prompt="How many tokens?",
        run={"task": "tokenize", "text": "x", "model": "m@1", "stored": {"tokens": ["a", "b"]}, "labels": ""},
        explanation="",
        source="",
        headings=["A"],
        start=1,
        end=1,
        answer="The passage",
        state="active",
    )
    [fields] = notes(anki.package([card], {}, datetime(2026, 3, 2, tzinfo=UTC)), tmp_path).values()
    assert fields[1].startswith("<p><b>2</b> (m@1)</p>")
    assert "The passage" in fields[1]


def test_the_whole_course_is_exported_as_a_table_or_a_package(
    exports: Exports, reviews: ReviewLoop, tmp_path: Path
) -> None:
    with pytest.raises(NothingToExport):
        exports.course_sheet(COURSE)
    for note in reviews.notes():
        reviews.prepare(note.path)
    content, count = exports.course_sheet(COURSE)
    assert len(rows(content)) == count == len(exports.cards(COURSE))
    assert len(notes(exports.course_deck(COURSE)[0], tmp_path)) == count


def test_tables_without_lines_still_have_their_head() -> None:
    assert sheet.answers(History((), ())).startswith(b"\xef\xbb\xbfasked_at,answered_at,course,")
