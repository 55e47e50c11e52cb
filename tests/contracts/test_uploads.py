"""Notes that come with a command, and how they come where a command brings no files."""

from __future__ import annotations

from bot.core import catalogue
from tests.contracts.messenger import Messenger

CELLS = "# Cells\n\n## Power\n\nA mitochondrion makes most of the ATP that a cell lives on.\n"
QUESTION = "/ask What does a mitochondrion make?"


def test_an_attached_note_answers_until_it_is_taken_back(chat: Messenger) -> None:
    chat.needs("attach")
    done = chat.attach("/notes upload", "Cells & energy.md", CELLS.encode())
    assert done.private
    assert done.says("New: Cells & energy.md", "13 notes")
    assert {source.note for source in chat.say(QUESTION).sources} == {"Cells & energy.md"}
    undone = chat.press(catalogue.label("en", "action.notes_undo"))
    assert undone.says("Removed", "Cells & energy.md")
    assert not chat.say(QUESTION).sources
    assert not (chat.world.folder / "notes" / "Cells & energy.md").exists()


def test_the_last_upload_is_taken_back_by_command(chat: Messenger) -> None:
    chat.needs("attach")
    note = chat.world.folder / "notes" / "02-tokenization.md"
    before = note.read_bytes()
    assert chat.attach("/notes upload", note.name, CELLS.encode()).says("Replaced", note.name)
    assert chat.say("/notes undo").says("As it was before", note.name)
    assert note.read_bytes() == before


def test_what_is_no_note_is_refused_by_name(chat: Messenger) -> None:
    chat.needs("attach")
    refused = chat.attach("/notes upload", "slides.pdf", b"%PDF-1.7")
    assert refused.private
    assert refused.says("slides pdf")
    assert chat.say("/notes undo").says("Nothing has been uploaded yet")


def test_without_a_file_it_says_how_notes_come_there(chat: Messenger) -> None:
    told = chat.say("/notes upload")
    assert told.says("md", "mdx", "txt")
    if "attach" in chat.can:
        assert told.says(catalogue.load("en")[f"upload.how.{chat.name}"].partition("{")[0])
    else:
        assert told.says(str(chat.world.folder / "notes"), "/notes refresh")
    assert chat.say("/notes undo").says("Nothing has been uploaded yet")
