"""Notes that come from outside, as name and bytes: checked, then put into a course's folder, and taken back.

A batch of notes is first described on disk with what it replaces, then written, each note in one step that
either happened or did not: a crash at any moment leaves every note whole, and the batch can be taken back.

<kept>/<batch>/
    batch.json      the folder, and for each note its path, hash and the name of what it replaced
    0, 1, ...       notes as they were before
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge.errors import NotesError
from knowledge.notes import content_hash
from knowledge.reader import FORMATS, LARGEST, SUFFIXES

KEPT = 20
"""Batches that can still be looked up."""
LONGEST = 120
"""Bytes of the longest name; what is longer is shortened."""
_BATCH = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")
_APART = re.compile(r"[/\\]")
_UNFIT = re.compile(r"[<>:\"|?*]")
"""What some file systems take for something else."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A note that is to be written: `note_name`, and content that `check` let pass."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch, by the notes' paths; `id` takes it back."""

    id: str
    new: tuple[str, ...]
    replaced: tuple[str, ...]
    same: tuple[str, ...]
    """They were there already, with that very content."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of a batch that was taken back, by the notes' paths."""

    removed: tuple[str, ...]
    restored: tuple[str, ...]
    changed: tuple[str, ...]
    """Changed or removed since; left as they are."""


def note_name(given: str) -> str:
    """A name as it came, as that of a file that lies directly in the folder, isn't hidden and is a note.

    Letters of every script stay. NotesError: `error.upload_name` where nothing of a name is left,
    `error.note_format`.
    """
    last = unicodedata.normalize("NFC", _APART.split(given.strip())[-1])
    fit = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in last)
    fit = _UNFIT.sub("-", re.sub(r" +", " ", fit)).lstrip(" .~").rstrip(" .")
    stem, dot, suffix = fit.rpartition(".")
    if f"{dot}{suffix}".lower() not in FORMATS:
        raise NotesError("error.note_format", note=_shown(given), suffixes=" ".join(SUFFIXES))
    stem = stem.strip(" .")
    room = LONGEST - len(dot + suffix)
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    if not any(each.isalnum() for each in stem):
        raise NotesError("error.upload_name", note=_shown(given))
    return f"{stem}{dot}{suffix}"


def check(name: str, content: bytes) -> None:
    """That a refresh will be able to read it. NotesError as `knowledge.reader.read_note` raises it."""
    if len(content) > LARGEST:
        raise NotesError("error.note_too_large", note=name, size=len(content), limit=LARGEST)
    try:
        text = FORMATS[Path(name).suffix.lower()](content).text
    except NotesError as error:
        raise NotesError(error.key, **{"note": name, **error.params}) from error
    if not text.strip():
        raise NotesError("error.upload_empty", note=name)


def add(folder: Path, notes: Sequence[Addition], kept: Path, now: datetime) -> Added:
    """Writes the notes into the folder, which is made if there is none; what they replace is kept.

    A note whose name differs from one that lies there by case or composition alone replaces that one.
    Where two of a batch have one name, the later one counts.
    NotesError: `error.upload_unwritable` (`path`), `error.note_outside` where something else than a file lies
    there under that name; nothing is written then.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        there = {_folded(each.name): each for each in folder.iterdir()}
        wanted = {_folded(note.name): note for note in notes}
        batch = _Batch(kept / f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}", folder)
        same: list[str] = []
        for key, note in wanted.items():
            before = there.get(key)
            if before is not None and (before.is_symlink() or not before.is_file()):
                raise NotesError("error.note_outside", note=note.name)
            path = before or folder / note.name
            if before is not None and before.read_bytes() == note.content:
                same.append(path.name)
            else:
                batch.plan(path.name, note.content, before)
        if batch.entries:
            batch.describe()
            for name, content in batch.contents.items():
                _write(folder / name, content)
    _prune(kept)
    new = tuple(entry["name"] for entry in batch.entries if entry["before"] is None)
    replaced = tuple(entry["name"] for entry in batch.entries if entry["before"] is not None)
    return Added(batch.path.name, new, replaced, tuple(same))


def take_back(batch: str, kept: Path) -> tuple[Path, TakenBack]:
    """Puts back what a batch replaced and removes what it brought, as far as nobody changed it since.

    Gives the folder too. Taken back a second time, it changes nothing. NotesError `error.upload_gone` for a
    batch that isn't kept any more.
    """
    path = kept / batch
    try:
        if not _BATCH.fullmatch(batch):
            raise FileNotFoundError(batch)
        described = json.loads((path / "batch.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotesError("error.upload_gone") from error
    folder = Path(described["folder"])
    removed: list[str] = []
    restored: list[str] = []
    changed: list[str] = []
    with _told(folder):
        for entry in described["entries"]:
            file = folder / entry["name"]
            before = (path / entry["before"]).read_bytes() if entry["before"] is not None else None
            now = file.read_bytes() if file.is_file() and not file.is_symlink() else None
            if now == before:
                continue
            if now is None or content_hash(now) != entry["hash"]:
                changed.append(entry["name"])
            elif before is None:
                file.unlink()
                removed.append(entry["name"])
            else:
                _write(file, before)
                restored.append(entry["name"])
    return folder, TakenBack(tuple(removed), tuple(restored), tuple(changed))


def last(kept: Path) -> str | None:
    """The batch that was written last."""
    found = sorted(_batches(kept))
    return found[-1] if found else None


class _Batch:
    """What is about to be written, and what of it has to be kept."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self.folder = folder
        self.entries: list[Mapping[str, Any]] = []
        self.contents: dict[str, bytes] = {}
        self._before: list[Path] = []

    def plan(self, name: str, content: bytes, before: Path | None) -> None:
        kept = None
        if before is not None:
            kept = str(len(self._before))
            self._before.append(before)
        self.entries.append({"name": name, "hash": content_hash(content), "before": kept})
        self.contents[name] = content

    def describe(self) -> None:
        self.path.mkdir(parents=True)
        for number, before in enumerate(self._before):
            _write(self.path / str(number), before.read_bytes())
        described = {"folder": str(self.folder), "entries": self.entries}
        _write(self.path / "batch.json", json.dumps(described, ensure_ascii=False).encode())


def _write(file: Path, content: bytes) -> None:
    """In one step, and durable."""
    # Hidden and without a note's suffix, so that a refresh that runs meanwhile doesn't take it for one.
    staged = file.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with staged.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        staged.replace(file)
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotesError("error.upload_unwritable", path=str(folder)) from error


def _prune(kept: Path) -> None:
    for batch in sorted(_batches(kept))[:-KEPT]:
        shutil.rmtree(kept / batch, ignore_errors=True)


def _batches(kept: Path) -> list[str]:
    if not kept.is_dir():
        return []
    return [
        path.name
        for path in kept.iterdir()
        if _BATCH.fullmatch(path.name) and (path / "batch.json").is_file()
    ]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _shown(name: str) -> str:
    """A name that nobody can trust, for a sentence."""
    return "".join(each if each.isprintable() else " " for each in name)[-80:].strip() or "?"
