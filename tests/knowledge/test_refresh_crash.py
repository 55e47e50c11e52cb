"""A refresh that is killed: a real process, a real SIGKILL, at many moments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge.index_files import CourseFiles
from knowledge.library import Library
from knowledge.refresh import refresh
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder

CHILD = """
import sys
from pathlib import Path
from knowledge.refresh import refresh
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder
import faiss
print("ready", flush=True)
sys.stdin.readline()
def told(share, stage):
    print(stage, flush=True)
refresh("course", Path(sys.argv[1]), Path(sys.argv[2]), HashingEncoder(), FrozenClock(), told)
"""


def write_notes(folder: Path, take: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(20):
        body = "\n\n".join(f"## Part {part}\n\nTopic{number} part{part} of take{take}." for part in range(5))
        (folder / f"{number:02d}.md").write_text(f"# Topic{number}\n\n{body}\n", encoding="utf-8")


def killed(notes: Path, index: Path, after: float | str) -> None:
    """Starts a refresh and kills it, some seconds after its start or when it tells a stage."""
    root = Path(__file__).resolve().parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(notes), str(index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=root,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == "ready\n"
        child.stdin.write("\n")
        child.stdin.flush()
        if isinstance(after, str):
            while (line := child.stdout.readline()) and line.strip() != after:
                pass
        else:
            time.sleep(after)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
        child.stdin.close()
        child.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("after", ["reading", "embedding", "checking", 0.02, 0.05, 0.1, 0.15, 0.2, 0.3])
def test_a_killed_refresh_leaves_a_whole_index_and_the_next_one_succeeds(
    tmp_path: Path, after: float | str
) -> None:
    notes, index = tmp_path / "notes", tmp_path / "index"
    write_notes(notes, 1)
    first = refresh("course", notes, index, HashingEncoder(), FrozenClock())
    write_notes(notes, 2)
    killed(notes, index, after)

    library = Library(index)
    current = library.generation("course")
    take = 1 if current == first.generation else 2
    hits = library.search("course", "topic7 part3")
    assert f"take{take}" in hits[0].passage.text
    assert len(library.notes("course")) == 20

    report = refresh("course", notes, index, HashingEncoder(), FrozenClock())
    assert report.notes == 20
    assert "take2" in Library(index).search("course", "topic7 part3")[0].passage.text
    folder = CourseFiles(index, "course").folder
    assert sorted(path.name for path in folder.iterdir()) == ["CURRENT", "generations", "refresh.lock"]


@pytest.mark.slow
def test_a_killed_first_refresh_leaves_the_course_without_an_index(tmp_path: Path) -> None:
    notes, index = tmp_path / "notes", tmp_path / "index"
    write_notes(notes, 1)
    killed(notes, index, "embedding")
    assert not Library(index).ready("course")
    assert refresh("course", notes, index, HashingEncoder(), FrozenClock()).notes == 20
