"""Notes from outside: no name leaves the folder, nothing is lost, everything can be taken back."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge import additions
from knowledge.additions import KEPT, LONGEST, Addition, add, check, note_name, take_back
from knowledge.errors import NotesError
from knowledge.reader import FORMATS, find_notes, read_note

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PIECES = st.one_of(
    st.sampled_from(
        ["/", "\\", "..", ".", "~", "\x00", "\n", ":", "\u202e", "\ud800", " ", ".md", ".TXT", "CON"]
    ),
    st.text(max_size=8),
)
NAMES = st.tuples(
    st.lists(PIECES, max_size=12), st.sampled_from(["", ".md", ".mdx", ".txt", ".MD", ".md ", ".py"])
)


@given(NAMES.map(lambda parts: "".join(parts[0]) + parts[1]))
@example("../../etc/passwd.md")
@example("..\\..\\windows\\win.md")
@example("/etc/cron.d/x.txt")
@example(".hidden.md")
@example("....md")
@example("C:\\Users\\me\\notes.md")
@example("записки " * 40 + ".md")
@example("一" * 200 + ".txt")
@example("a\x00b.md")
@example("~1234567890abcdef.md")
def test_whatever_a_file_is_called_it_becomes_a_note_in_the_folder_or_is_refused(given_name: str) -> None:
    refusal: NotesError | None = None
    try:
        name = note_name(given_name)
    except NotesError as error:
        refusal = error
    if refusal is not None:
        assert refusal.key in ("error.upload_name", "error.note_format")
        assert all(str(value).isprintable() for value in refusal.params.values())
        return
    assert note_name(name) == name
    assert len(name.encode()) <= LONGEST
    with tempfile.TemporaryDirectory() as scratch:
        folder, kept = Path(scratch, "notes"), Path(scratch, "kept")
        add(folder, [Addition(name, b"# Title\n\nText.\n")], kept, NOW)
        (written,) = find_notes(folder)
        assert written == folder / name
        assert read_note(folder, written).title == "Title"
        outside = {path for path in Path(scratch).rglob("*") if path.is_file()} - {written}
        assert all(path.is_relative_to(kept) for path in outside)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("Токенизация и думи.md", "Токенизация и думи.md"),
        ("第一课 词元.txt", "第一课 词元.txt"),
        ("Cafe\u0301.md", "Café.md"),
        ("week 1/intro.MDX", "intro.MDX"),
        ('what? why: "x".md', "what- why- -x-.md"),
        ("  .secret.md", "secret.md"),
        ("a\u202egnp.md", "a gnp.md"),
    ],
)
def test_letters_of_every_script_stay_and_the_rest_is_made_fit(given_name: str, name: str) -> None:
    assert note_name(given_name) == name


@pytest.mark.parametrize(
    "given_name", ["", ".md", "...", "----.md", "notes", "notes.pdf", "x.md/", "x.md.exe"]
)
def test_what_names_no_note_is_refused(given_name: str) -> None:
    with pytest.raises(NotesError):
        note_name(given_name)


def test_content_that_a_refresh_could_not_read_is_refused() -> None:
    check("a.md", "Какво е токен?".encode())
    for content, key in (
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "error.note_binary"),
        (b" \n\n", "error.upload_empty"),
        (b"a" * (10 * 2**20 + 1), "error.note_too_large"),
    ):
        with pytest.raises(NotesError) as caught:
            check("a.md", content)
        assert (caught.value.key, caught.value.params["note"]) == (key, "a.md")


def test_a_note_of_the_same_name_is_replaced_and_comes_back(tmp_path: Path) -> None:
    folder, kept = tmp_path / "notes", tmp_path / "kept"
    folder.mkdir()
    (folder / "Café.md").write_bytes(b"old")
    (folder / "same.md").write_bytes(b"same")
    notes = [Addition("cafe\u0301.MD", b"new"), Addition("same.md", b"same"), Addition("more.md", b"more")]
    added = add(folder, notes, kept, NOW)
    assert (added.new, added.replaced, added.same) == (("more.md",), ("Café.md",), ("same.md",))
    assert (folder / "Café.md").read_bytes() == b"new"
    assert sorted(path.name for path in folder.iterdir()) == ["Café.md", "more.md", "same.md"]

    home, back = take_back(added.id, kept)
    assert (home, back.removed, back.restored, back.changed) == (folder, ("more.md",), ("Café.md",), ())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "Café.md": b"old",
        "same.md": b"same",
    }
    _, again = take_back(added.id, kept)
    assert (again.removed, again.restored, again.changed) == ((), (), ())


def test_what_was_changed_since_is_left_alone(tmp_path: Path) -> None:
    folder, kept = tmp_path / "notes", tmp_path / "kept"
    added = add(folder, [Addition("a.md", b"one"), Addition("b.md", b"one")], kept, NOW)
    (folder / "a.md").write_bytes(b"edited by hand")
    _, back = take_back(added.id, kept)
    assert (back.removed, back.changed) == (("b.md",), ("a.md",))
    assert (folder / "a.md").read_bytes() == b"edited by hand"


def test_a_link_or_a_folder_under_the_name_is_never_written_through(tmp_path: Path) -> None:
    folder, kept, outside = tmp_path / "notes", tmp_path / "kept", tmp_path / "outside.md"
    folder.mkdir()
    outside.write_bytes(b"mine")
    (folder / "a.md").symlink_to(outside)
    (folder / "b.md").mkdir()
    for name in ("a.md", "b.md"):
        with pytest.raises(NotesError, match="note_outside"):
            add(folder, [Addition("fine.md", b"x"), Addition(name, b"x")], kept, NOW)
    assert outside.read_bytes() == b"mine"
    assert not (folder / "fine.md").exists(), "nothing is written where one of them can't be"


def test_a_crash_in_mid_batch_leaves_every_note_whole_and_the_batch_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, kept = tmp_path / "notes", tmp_path / "kept"
    folder.mkdir()
    for name in ("a.md", "b.md"):
        (folder / name).write_bytes(b"old")
    write, count = additions._write, 0

    def dying(file: Path, content: bytes) -> None:
        nonlocal count
        count += 1
        if count == 5:  # two backups, the description, one note
            raise KeyboardInterrupt
        write(file, content)

    monkeypatch.setattr(additions, "_write", dying)
    with pytest.raises(KeyboardInterrupt):
        add(folder, [Addition("a.md", b"new"), Addition("b.md", b"new")], kept, NOW)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a.md": b"new", "b.md": b"old"}
    _, back = take_back(additions.last(kept) or "", kept)
    assert back.restored == ("a.md",)


def test_a_folder_that_can_t_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotesError) as caught:
        add(tmp_path / "file" / "notes", [Addition("a.md", b"x")], tmp_path / "kept", NOW)
    assert caught.value.key == "error.upload_unwritable"


def test_only_the_last_batches_are_kept(tmp_path: Path) -> None:
    folder, kept = tmp_path / "notes", tmp_path / "kept"
    ids = [
        add(folder, [Addition("a.md", f"{n}".encode())], kept, NOW + timedelta(minutes=n)).id
        for n in range(KEPT + 2)
    ]
    assert additions.last(kept) == ids[-1]
    for gone in (ids[0], "../kept", "nonsense"):
        with pytest.raises(NotesError, match="upload_gone"):
            take_back(gone, kept)
    assert take_back(ids[2], kept)[1].changed == ("a.md",)
    assert set(FORMATS) >= {".md", ".mdx", ".txt"}
