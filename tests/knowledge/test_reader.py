from __future__ import annotations

import os
from pathlib import Path

import pytest

from knowledge.errors import NotesError
from knowledge.notes import content_hash
from knowledge.reader import LARGEST, SUFFIXES, find_notes, read_note


def write(folder: Path, name: str, content: str | bytes = "# Note\n") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def key_of(folder: Path, file: Path) -> tuple[str, dict[str, str | int | float]]:
    with pytest.raises(NotesError) as caught:
        read_note(folder, file)
    return caught.value.key, caught.value.params


def test_notes_are_found_in_natural_order(tmp_path: Path) -> None:
    for name in (
        "10.md",
        "2.md",
        "b/1.TXT",
        "a/x.mdx",
        "picture.png",
        ".hidden.md",
        ".git/x.md",
        "a/.b/c.md",
    ):
        write(tmp_path, name)
    names = [file.relative_to(tmp_path).as_posix() for file in find_notes(tmp_path)]
    assert names == ["2.md", "10.md", "a/x.mdx", "b/1.TXT"]
    assert SUFFIXES == (".md", ".mdx", ".txt")


def test_an_empty_folder_has_no_notes(tmp_path: Path) -> None:
    assert find_notes(tmp_path) == []


@pytest.mark.parametrize("name", ["nothing", "file.md"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, "file.md")
    with pytest.raises(NotesError) as caught:
        find_notes(tmp_path / name)
    assert caught.value.key == "error.notes_missing"
    assert caught.value.params == {"path": str(tmp_path / name)}


def test_symbolic_links_never_leave_the_folder(tmp_path: Path) -> None:
    secret = write(tmp_path, "outside/secret.md", "# Secret\n")
    notes = tmp_path / "notes"
    real = write(notes, "real.md")
    data = write(notes, ".data/kept.md", "# Kept\n")
    (notes / "leaving.md").symlink_to(secret)
    (notes / "leaving").symlink_to(secret.parent)
    (notes / "again.md").symlink_to(real)
    (notes / "loop").symlink_to(notes)
    (notes / "dangling.md").symlink_to(notes / "gone.md")
    (notes / "inside.md").symlink_to(data)
    (notes / "circle.md").symlink_to(notes / "circle.md")
    assert find_notes(notes) == [notes / "inside.md", real]
    assert read_note(notes, notes / "inside.md").title == "Kept"
    assert key_of(notes, notes / "leaving.md") == ("error.note_outside", {"note": "leaving.md"})
    assert key_of(notes, notes / "leaving" / "secret.md")[0] == "error.note_outside"
    assert key_of(notes, notes / ".." / "outside" / "secret.md")[0] == "error.note_outside"
    assert key_of(notes, notes / "circle.md") == ("error.note_unreadable", {"note": "circle.md"})
    assert key_of(notes, notes / "dangling.md") == ("error.note_unreadable", {"note": "dangling.md"})


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path, "real/a.md")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (file,) = find_notes(tmp_path / "link")
    assert read_note(tmp_path / "link", file).path == "a.md"


def test_what_cannot_be_read_is_refused_with_its_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert find_notes(tmp_path) == []
    assert key_of(tmp_path, tmp_path / "pipe.md") == ("error.note_unreadable", {"note": "pipe.md"})
    assert key_of(tmp_path, tmp_path / "gone.md") == ("error.note_unreadable", {"note": "gone.md"})
    binary = write(tmp_path, "sub/binary.md", b"\x7fELF\0\0")
    assert key_of(tmp_path, binary) == ("error.note_binary", {"note": "sub/binary.md"})
    strange = write(tmp_path, "strange.txt", bytes(range(128, 256)) * 2)
    assert key_of(tmp_path, strange) == ("error.note_encoding", {"note": "strange.txt"})
    assert key_of(tmp_path, write(tmp_path, "a.pdf", b"%PDF"))[0] == "error.note_format"
    assert key_of(tmp_path, write(tmp_path, "pdf.md", b"%PDF-1.4\n1 0 obj\n"))[0] == "error.note_binary"
    large = write(tmp_path, "large.md", b"a" * (LARGEST + 1))
    expected = {"note": "large.md", "size": LARGEST + 1, "limit": LARGEST}
    assert key_of(tmp_path, large) == ("error.note_too_large", expected)


def test_a_note_has_its_text_sections_and_hash(tmp_path: Path) -> None:
    raw = "\ufeff# Модели\r\n\r\nТова е текст.\r\n".encode()
    note = read_note(tmp_path, write(tmp_path, "sub/a.md", raw))
    assert note.path == "sub/a.md"
    assert note.title == "Модели"
    assert note.language == "bg"
    assert note.text == "# Модели\n\nТова е текст.\n"
    assert note.hash == content_hash(raw)
    assert [section.title for section in note.sections] == ["Модели"]
    assert note.lines[2] == "Това е текст."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("## First\n# Main\n", "Main"),
        ("intro\n\n## Only **this**\n", "Only this"),
        ('---\nauthor: x\ntitle: "From the front"\n---\n# Main\n', "From the front"),
        ("---\n---\ntitle: not in front\n", "my note"),
        ("no heading", "my note"),
        ("", "my note"),
    ],
)
def test_the_title_of_a_note(tmp_path: Path, text: str, title: str) -> None:
    assert read_note(tmp_path, write(tmp_path, "my note.md", text)).title == title


def test_a_line_of_a_megabyte_is_read(tmp_path: Path) -> None:
    note = read_note(tmp_path, write(tmp_path, "long.txt", "слово " * 170_000))
    assert len(note.sections) == 1
    assert note.language == "bg"


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_a_name_that_is_no_unicode_can_be_stored(tmp_path: Path) -> None:
    write(tmp_path, os.fsdecode(b"\xff.md"))
    (file,) = find_notes(tmp_path)
    assert read_note(tmp_path, file).path == "\ufffd.md"


def test_a_note_whose_bytes_are_the_same_comes_back_as_it_was_read(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", "# One\n")
    before = read_note(tmp_path, file)
    assert read_note(tmp_path, file, before) is before
    write(tmp_path, "a.md", "# Two\n")
    assert read_note(tmp_path, file, before).title == "Two"
    moved = write(tmp_path, "b.md", "# One\n")
    assert read_note(tmp_path, moved, before).path == "b.md"
