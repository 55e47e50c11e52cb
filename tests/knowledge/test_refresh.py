from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import NotesError
from knowledge.index_files import CourseFiles
from knowledge.library import Library
from knowledge.refresh import RefreshReport, refresh
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder

ALPHA = "# Alpha\n\nThe alpha model reads text.\n\n## Layers\n\nIt has twelve layers.\n"
BETA = "# Beta\n\nThe beta model draws pictures.\n"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "alpha.md").write_text(ALPHA, encoding="utf-8")
    (folder / "beta.md").write_text(BETA, encoding="utf-8")
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def run(notes: Path, index: Path, encoder: HashingEncoder | None) -> RefreshReport:
    return refresh("course", notes, index, encoder, FrozenClock())


def test_the_first_refresh_tells_what_it_took_in(notes: Path, index: Path) -> None:
    report = run(notes, index, HashingEncoder())
    assert (report.notes, report.sections, report.passages) == (2, 3, 3)
    assert (report.embedded, report.reused) == (3, 0)
    assert report.added == ("alpha.md", "beta.md")
    assert (report.changed, report.removed, report.skipped) == ((), (), ())
    assert report.canaries.asked == report.canaries.found == 3
    assert [source.title for source in report.sources] == ["Alpha", "Beta"]
    assert Library(index).generation("course") == report.generation


def test_a_report_comes_back_from_json_as_it_was(notes: Path, index: Path) -> None:
    (notes / "broken.md").write_bytes(b"\x00\x01\x02" * 100)
    report = run(notes, index, None)
    assert RefreshReport.from_json(report.to_json()) == report


def test_only_a_changed_passage_is_embedded_again(notes: Path, index: Path) -> None:
    run(notes, index, HashingEncoder())
    encoder = HashingEncoder()
    (notes / "alpha.md").write_text(ALPHA.replace("twelve", "six"), encoding="utf-8")
    report = run(notes, index, encoder)
    assert (report.embedded, report.reused) == (1, 2)
    assert encoder.encoded == ["Alpha > Layers\nIt has six layers."]
    assert report.changed == ("alpha.md",)


def test_moved_lines_embed_nothing_again(notes: Path, index: Path) -> None:
    run(notes, index, HashingEncoder())
    (notes / "beta.md").write_text(f"\n\n{BETA}", encoding="utf-8")
    assert run(notes, index, HashingEncoder()).embedded == 0


def test_vectors_of_another_encoder_are_not_reused(notes: Path, index: Path) -> None:
    run(notes, index, HashingEncoder("one@1"))
    assert run(notes, index, HashingEncoder("two@1")).embedded == 3


def test_added_and_removed_notes_are_told_and_searched(notes: Path, index: Path) -> None:
    run(notes, index, None)
    (notes / "beta.md").unlink()
    (notes / "gamma.md").write_text("# Gamma\n\nGamma counts tokens.\n", encoding="utf-8")
    report = run(notes, index, None)
    assert (report.added, report.removed) == (("gamma.md",), ("beta.md",))
    library = Library(index)
    assert library.search("course", "gamma")[0].passage.note == "gamma.md"
    assert all(hit.passage.note != "beta.md" for hit in library.search("course", "beta"))


def test_nothing_new_leaves_the_generation_in_use(notes: Path, index: Path) -> None:
    first = run(notes, index, HashingEncoder())
    encoder = HashingEncoder()
    again = run(notes, index, encoder)
    assert again.generation == first.generation
    assert (again.embedded, again.reused, encoder.encoded) == (0, 3, [])
    assert CourseFiles(index, "course").generations() == [first.generation]


def test_passages_that_the_encoder_cannot_read_get_no_vector(notes: Path, index: Path) -> None:
    (notes / "bg.md").write_text("# Гама\n\nМоделът гама брои токени.\n", encoding="utf-8")
    encoder = HashingEncoder()
    report = run(notes, index, encoder)
    assert (report.passages, report.embedded) == (4, 3)
    assert not any("Гама" in text for text in encoder.encoded)
    assert Library(index).search("course", "гама токени")[0].passage.note == "bg.md"


def test_a_broken_file_is_skipped_and_told(notes: Path, index: Path) -> None:
    (notes / "broken.md").write_bytes(b"\x00\x01\x02" * 100)
    report = run(notes, index, None)
    assert [path for path, _ in report.skipped] == ["broken.md"]
    assert report.skipped[0][1].startswith("error.note_")
    assert report.notes == 2


def test_an_empty_folder_is_refused(tmp_path: Path, index: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NotesError) as caught:
        run(empty, index, None)
    assert caught.value.key == "error.notes_empty"
    assert not Library(index).ready("course")


def test_a_missing_folder_is_refused(tmp_path: Path, index: Path) -> None:
    with pytest.raises(NotesError) as caught:
        run(tmp_path / "nowhere", index, None)
    assert caught.value.key == "error.notes_missing"


def test_an_index_that_finds_nothing_of_its_own_does_not_go_live(
    notes: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(notes, index, None)
    (notes / "alpha.md").write_text(ALPHA + "More.\n", encoding="utf-8")
    monkeypatch.setattr("knowledge.canaries.search", lambda *_: [])
    with pytest.raises(NotesError) as caught:
        run(notes, index, None)
    assert caught.value.key == "error.refresh_canaries"
    assert Library(index).generation("course") == first.generation
    assert not list((index / "course").glob("staging-*"))


def test_vectors_that_are_no_unit_vectors_do_not_go_live(notes: Path, index: Path) -> None:
    class Broken(HashingEncoder):
        def encode(self, texts, purpose):  # type: ignore[no-untyped-def]
            return super().encode(texts, purpose) * 0

    with pytest.raises(NotesError) as caught:
        run(notes, index, Broken())
    assert caught.value.key == "error.refresh_canaries"


def test_a_second_refresh_of_the_course_is_refused_while_one_runs(notes: Path, index: Path) -> None:
    with CourseFiles(index, "course").lock(), pytest.raises(NotesError) as caught:
        run(notes, index, None)
    assert caught.value.key == "error.refresh_running"
    run(notes, index, None)


def test_another_course_may_be_refreshed_meanwhile(notes: Path, index: Path) -> None:
    with CourseFiles(index, "other").lock():
        run(notes, index, None)


def test_leftovers_of_a_dead_refresh_are_swept(notes: Path, index: Path) -> None:
    run(notes, index, None)
    leftover = index / "course" / "staging-000009-x"
    leftover.mkdir()
    (leftover / "notes.jsonl").write_text("half", encoding="utf-8")
    (index / "course" / "CURRENT.99999").write_text("half", encoding="utf-8")
    run(notes, index, None)
    assert sorted(path.name for path in (index / "course").iterdir()) == [
        "CURRENT",
        "generations",
        "refresh.lock",
    ]


def test_a_damaged_generation_is_mended_by_the_next_refresh(notes: Path, index: Path) -> None:
    first = run(notes, index, None)
    (CourseFiles(index, "course").generation(first.generation) / "notes.jsonl").write_text(
        "{", encoding="utf-8"
    )
    with pytest.raises(NotesError) as caught:
        Library(index).notes("course")
    assert caught.value.key == "error.index_unreadable"
    assert run(notes, index, None).generation != first.generation
    assert len(Library(index).notes("course")) == 2


def test_three_generations_are_kept(notes: Path, index: Path) -> None:
    made = []
    for number in range(5):
        (notes / "beta.md").write_text(f"{BETA}\nTake {number}.\n", encoding="utf-8")
        made.append(run(notes, index, None).generation)
    assert CourseFiles(index, "course").generations() == made[-3:]


def test_progress_grows_to_the_end(notes: Path, index: Path) -> None:
    told: list[tuple[float, str]] = []
    refresh(
        "course",
        notes,
        index,
        HashingEncoder(),
        FrozenClock(),
        lambda share, stage: told.append((share, stage)),
    )
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert told[-1] == (1.0, "done")
    assert {stage for _, stage in told} == {"reading", "embedding", "checking", "done"}


def test_a_course_name_that_leaves_the_folder_is_refused(notes: Path, index: Path) -> None:
    with pytest.raises(NotesError):
        refresh("../evil", notes, index, None, FrozenClock())


class ListeningEncoder(HashingEncoder):
    """Keeps the texts whose tokens it was asked to count."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self.counted.extend(texts)
        return super().count_tokens(texts)


def test_notes_that_stay_are_not_cut_again(notes: Path, index: Path) -> None:
    run(notes, index, HashingEncoder())
    (notes / "alpha.md").write_text(ALPHA.replace("twelve", "six"), encoding="utf-8")
    encoder = ListeningEncoder()
    run(notes, index, encoder)
    assert any("six" in text for text in encoder.counted)
    assert not any("beta" in text for text in encoder.counted)


@pytest.mark.parametrize("encoder", [None, HashingEncoder()], ids=["lexical", "dense"])
def test_a_refresh_after_changes_writes_what_one_from_nothing_writes(
    notes: Path, index: Path, tmp_path: Path, encoder: HashingEncoder | None
) -> None:
    (notes / "gone.md").write_text("# Gone\n\nNo words of this one stay: xylophone.\n", encoding="utf-8")
    (notes / "zeta.md").write_text("---\ntitle: Zeta\n---\n# One\n\nЗета means six. 模型\n", encoding="utf-8")
    run(notes, index, encoder)
    (notes / "gone.md").unlink()
    (notes / "alpha.md").write_text(ALPHA.replace("twelve", "six"), encoding="utf-8")
    (notes / "alpha0.md").write_text("# New\n\nA note between two others.\n", encoding="utf-8")
    after = run(notes, index, encoder).generation
    anew = run(notes, tmp_path / "anew", encoder).generation
    assert written(tmp_path / "anew", anew) == written(index, after)


def written(index: Path, generation: str) -> dict[str, object]:
    """All that a generation holds but its manifest."""
    folder = CourseFiles(index, "course").generation(generation)
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != "manifest.json")
    return {
        str(file.relative_to(folder)): {name: array.tolist() for name, array in np.load(file).items()}
        if file.suffix == ".npz"
        else file.read_bytes()
        for file in files
    }


def test_notes_are_cut_anew_for_another_window(notes: Path, index: Path) -> None:
    run(notes, index, HashingEncoder())
    encoder = HashingEncoder()
    encoder.window = 6
    report = run(notes, index, encoder)
    assert (report.changed, report.passages > 3) == ((), True)


def test_a_generation_that_another_program_made_is_made_anew(notes: Path, index: Path) -> None:
    first = run(notes, index, None)
    manifest = CourseFiles(index, "course").generation(first.generation) / "manifest.json"
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    del stored["recipe"]
    manifest.write_text(json.dumps(stored), encoding="utf-8")
    again = run(notes, index, None)
    assert again.generation != first.generation
    assert (again.added, again.changed, again.removed) == ((), (), ())
    assert run(notes, index, None).generation == again.generation
