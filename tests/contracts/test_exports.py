"""What a learner takes along, and what the admins bring from Anki."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from pathlib import Path

from bot.core import catalogue
from tests.contracts.messenger import Messenger


def test_answers_schedule_and_cards_come_as_files(chat: Messenger, tmp_path: Path) -> None:
    chat.say("/studied tokenization")
    chat.say("/quiz tokenization")
    chat.press("Show answer")
    given = chat.say("/export")
    assert set(given.files) == {"recap-answers.csv", "recap-schedule.csv", "recap.apkg"}
    answers = list(csv.DictReader(io.StringIO(given.files["recap-answers.csv"].decode("utf-8-sig"))))
    assert len(answers) == 1
    assert answers[0]["note"].endswith(".md")
    schedule = list(csv.DictReader(io.StringIO(given.files["recap-schedule.csv"].decode("utf-8-sig"))))
    assert [row["interval"] for row in schedule] == ["1d", "3d", "1w", "1mo"]
    with zipfile.ZipFile(io.BytesIO(given.files["recap.apkg"])) as packed:
        packed.extract("collection.anki2", tmp_path)
    collection = sqlite3.connect(tmp_path / "collection.anki2")
    notes = collection.execute("select flds from notes").fetchall()
    collection.close()
    assert notes


def test_who_has_nothing_yet_is_told_how_to_begin(chat: Messenger) -> None:
    assert chat.say("/export").says(catalogue.label("en", "error.export_nothing").partition(".")[0])


def test_ankis_cards_become_a_note_that_asks_them(chat: Messenger) -> None:
    chat.needs("attach")
    cards = "#separator:tab\n#html:true\nWhich organelle makes ATP?\tThe <b>mitochondrion</b>.\n"
    done = chat.attach("/notes upload", "Biology deck.txt", cards.encode())
    assert done.says("Biology deck.md")
    asked = chat.say("/quiz Biology deck")
    assert asked.says("Which organelle makes ATP?")
    chat.press("Show answer")
    assert chat.last().says("The mitochondrion")
