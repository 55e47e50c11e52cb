"""Notes as they lie in a folder.

A format is a suffix and a function from the file's bytes to repaired text; a new one is a line in
`FORMATS`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from knowledge.errors import NotesError
from knowledge.language import detect_language
from knowledge.notes import Note, content_hash
from knowledge.repair import Repaired, repair
from knowledge.sections import split_sections

Format = Callable[[bytes], Repaired]
"""Bytes of a file -> its text with one line for each line of the file. Raises NotesError."""

FORMATS: Mapping[str, Format] = {".md": repair, ".mdx": repair, ".txt": repair}
SUFFIXES = tuple(FORMATS)
LARGEST = 10 * 1024 * 1024
"""Bytes of the largest note that is read."""

_TITLE = re.compile(
    r"\A---[ \t]*\n(?:(?!---).*\n){0,50}?title:[ \t]*(?P<quote>[\"']?)(?P<title>\S.*?)(?P=quote)[ \t]*\n"
)


def find_notes(folder: Path) -> list[Path]:
    """The notes under a folder in natural order (`2.md` before `10.md`).

    Hidden files and folders are left out, as is what isn't a regular file, and symbolic links that
    leave the folder or repeat one of its notes. NotesError `error.notes_missing` if there is no such folder.
    """
    if not folder.is_dir():
        raise NotesError("error.notes_missing", path=str(folder))
    root = folder.resolve()
    found = sorted(_files(folder), key=lambda file: (file.is_symlink(), _natural(note_path(folder, file))))
    kept: dict[Path, Path] = {}
    for file in found:
        target = _target(file)
        if target is not None and target.is_relative_to(root) and target.is_file():
            kept.setdefault(target, file)
    return sorted(kept.values(), key=lambda file: _natural(note_path(folder, file)))


def read_note(folder: Path, file: Path, before: Note | None = None) -> Note:
    """Reads, repairs and cuts one file; `before`, if it was read from a file just like it, comes back.

    NotesError, each with `note`: `error.note_outside`, `error.note_format` (+ `suffixes`),
    `error.note_unreadable`, `error.note_too_large` (+ `size`, `limit` in bytes), `error.note_binary`,
    `error.note_encoding`.
    """
    path = note_path(folder, file)
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        raise NotesError("error.note_format", note=path, suffixes=" ".join(SUFFIXES))
    raw = _bytes(folder, file, path)
    digest = content_hash(raw)
    if before is not None and (before.path, before.hash) == (path, digest):
        return before
    try:
        repaired = form(raw)
    except NotesError as error:
        raise NotesError(error.key, **{"note": path, **error.params}) from error
    sections = split_sections(path, repaired.text)
    front = _TITLE.match(repaired.text[:10_000])
    headings = [(section.level, section.title) for section in sections if section.title]
    first = next((title for level, title in headings if level == 1), headings[0][1] if headings else "")
    return Note(
        path=path,
        title=(front["title"] if front else "") or first or file.stem,
        language=detect_language(repaired.text),
        text=repaired.text,
        hash=digest,
        sections=sections,
        repair=repaired.repair,
    )


def note_path(folder: Path, file: Path) -> str:
    """The file's path below the folder, with forward slashes."""
    relative = file.relative_to(folder) if file.is_relative_to(folder) else Path(file.name)
    # A name that isn't UTF-8 reaches us with lone surrogates, which no database takes.
    return os.fsencode(relative.as_posix()).decode("utf-8", "replace")


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(parent, name)
            if not name.startswith(".") and file.suffix.lower() in FORMATS:
                yield file


def _target(file: Path) -> Path | None:
    """Where a file really lies; None for symbolic links that lead in a circle."""
    try:
        return file.resolve()
    except (RuntimeError, OSError):  # RuntimeError up to Python 3.12
        return None


def _bytes(folder: Path, file: Path, path: str) -> bytes:
    try:
        target = _target(file)
        if target is None:
            raise NotesError("error.note_unreadable", note=path)
        if not target.is_relative_to(folder.resolve()):
            raise NotesError("error.note_outside", note=path)
        status = target.stat()
        if not stat.S_ISREG(status.st_mode):
            raise NotesError("error.note_unreadable", note=path)
        if status.st_size > LARGEST:
            raise NotesError("error.note_too_large", note=path, size=status.st_size, limit=LARGEST)
        with target.open("rb") as stream:
            return stream.read(LARGEST)
    except OSError as error:
        raise NotesError("error.note_unreadable", note=path) from error


def _natural(path: str) -> list[tuple[str | int, ...]]:
    return [
        tuple(int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", name.casefold()))
        for name in path.split("/")
    ]
