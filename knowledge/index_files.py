"""Where generations lie on disk, and the one pointer that says which of them is read.

<index>/<course>/
    CURRENT                  the id of the generation in use
    refresh.lock             held while a refresh of this course runs
    generations/<id>/        complete and never written again
    staging-<id>/            being written by a refresh; a leftover of a dead one is swept by the next
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import NotesError

KEPT = 3
_COURSE = re.compile(r"[\w][\w.-]{0,63}")


class CourseFiles:
    """The index folder of one course."""

    def __init__(self, index: Path, course: str) -> None:
        if not _COURSE.fullmatch(course):
            raise NotesError("error.course_name", course=course)
        self.course = course
        self.folder = index / course
        self._pointer = self.folder / "CURRENT"

    def current(self) -> str | None:
        """The id of the generation in use; None before the first refresh."""
        try:
            return self._pointer.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def generation(self, generation_id: str) -> Path:
        return self.folder / "generations" / generation_id

    def staging(self, generation_id: str) -> Path:
        return self.folder / f"staging-{generation_id}"

    def generations(self) -> list[str]:
        """Ids of what is there, oldest first; ids sort by time."""
        folder = self.folder / "generations"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def publish(self, generation_id: str) -> None:
        """Moves a staged generation to its place and flips the pointer to it. Durable once it returns."""
        staged = self.staging(generation_id)
        for file in (path for path in staged.rglob("*") if path.is_file()):
            _sync(file)
        for folder in (staged, *(path for path in staged.rglob("*") if path.is_dir())):
            _sync(folder)
        home = self.generation(generation_id)
        home.parent.mkdir(exist_ok=True)
        staged.replace(home)
        _sync(home.parent)
        self.point(generation_id)

    def point(self, generation_id: str) -> None:
        """Makes a generation the one in use, in one step that either happened or did not."""
        staged = self.folder / f"CURRENT.{os.getpid()}"
        staged.write_text(f"{generation_id}\n", encoding="utf-8")
        _sync(staged)
        staged.replace(self._pointer)
        _sync(self.folder)

    def sweep(self) -> None:
        """Removes leftovers of dead refreshes and all but the last generations. Under the lock only."""
        for leftover in (*self.folder.glob("staging-*"), *self.folder.glob("CURRENT.*")):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)
        current = self.current()
        names = self.generations()
        for old in [name for name in names[:-KEPT] if name != current]:
            shutil.rmtree(self.generation(old), ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held by one refresh or rollback of the course at a time; freed by the system when one dies.

        NotesError("error.refresh_running") if another holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "refresh.lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise NotesError("error.refresh_running", course=self.course) from error
            yield


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
