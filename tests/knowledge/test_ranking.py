"""Documents ranked by their best passages."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import NotesError
from knowledge.library import Library
from knowledge.ranking import rank_documents
from knowledge.refresh import refresh
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder, HereEncoder


def test_a_note_ranks_by_its_best_passage_and_stands_once(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    for number in range(15):
        sections = "".join(
            f"## Part {part}\n\nNothing on zebras in part {part} of {number}.\n\n" for part in range(30)
        )
        (notes / f"{number:02}.md").write_text(f"# Note {number}\n\n{sections}", encoding="utf-8")
    (notes / "quokka.md").write_text(
        "# Animals\n\n## Quokka\n\nA quokka is a small marsupial.\n\n## Others\n\nThere are zebras.\n",
        encoding="utf-8",
    )
    encoder = HashingEncoder()
    refresh("course", notes, tmp_path / "index", encoder, FrozenClock())
    library = Library(tmp_path / "index", HereEncoder(encoder))
    ranking = rank_documents(library, "course", "What is a quokka?", {})
    assert ranking.documents[0] == "quokka.md"
    assert ranking.confidence == library.ask("course", "What is a quokka?").confidence
    wide = rank_documents(library, "course", "zebras in part", {})
    assert len(set(wide.documents)) == len(wide.documents) == len(wide.scores) == 10
    assert list(wide.scores) == sorted(wide.scores, reverse=True)
    best: dict[str, float] = {}
    for hit in library.search("course", "zebras in part", 1_000):
        best.setdefault(hit.passage.note, hit.score)
    assert tuple(zip(wide.documents, wide.scores, strict=True)) == tuple(best.items())[:10]


def test_a_question_on_nothing_in_the_notes_ranks_nothing(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Alpha\n\nAlpha comes first.\n", encoding="utf-8")
    refresh("course", notes, tmp_path / "index", None, FrozenClock())
    ranking = rank_documents(Library(tmp_path / "index"), "course", "Колко струва?", {})
    assert (ranking.documents, ranking.scores, ranking.answered) == ((), (), False)
    assert ranking.confidence < 0.01
    with pytest.raises(NotesError, match="not_indexed"):
        rank_documents(Library(tmp_path / "elsewhere"), "course", "alpha", {})


def test_notes_that_are_one_document_stand_once_by_its_id(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    for name in ("first", "second", "other"):
        (notes / f"{name}.md").write_text(f"# The {name}\n\nA quokka in the {name} part.\n", encoding="utf-8")
    refresh("course", notes, tmp_path / "index", None, FrozenClock())
    parts = {"first.md": "book", "second.md": "book"}
    ranking = rank_documents(Library(tmp_path / "index"), "course", "quokka in the first", parts, most=2)
    assert ranking.documents == ("book", "other.md")


def test_a_ranking_is_an_entry_of_a_run_file(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Quokka\n\nA quokka is a small marsupial.\n", encoding="utf-8")
    refresh("course", notes, tmp_path / "index", None, FrozenClock())
    ranking = rank_documents(Library(tmp_path / "index"), "course", "What is a quokka?", {"a.md": "animals"})
    assert ranking.entry() == {
        "docs": ["animals"],
        "scores": [ranking.scores[0]],
        "abstain": False,
        "confidence": ranking.confidence,
    }
