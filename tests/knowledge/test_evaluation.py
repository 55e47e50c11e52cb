"""Documents ranked by their best passages, and the measures over what became of questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import NotesError
from knowledge.evaluation import Outcome, failed, measure
from knowledge.library import Library
from knowledge.question_set import SetQuestion
from knowledge.refresh import refresh
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder, HereEncoder


def outcome(
    documents: str = "", gold: str = "", answered: bool = True, answerable: bool | None = None
) -> Outcome:
    known = True if gold else answerable
    question = SetQuestion(f"{documents}-{gold}", "What?", frozenset(gold), known)
    return Outcome(question, tuple(documents), tuple(1.0 for _ in documents), 0.9, answered)


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
    ranking = library.rank("course", "What is a quokka?")
    assert ranking.documents[0][0] == "quokka.md"
    assert ranking.confidence == library.ask("course", "What is a quokka?").confidence
    wide = library.rank("course", "zebras in part")
    assert len({note for note, _ in wide.documents}) == len(wide.documents) == 10
    scores = [score for _, score in wide.documents]
    assert scores == sorted(scores, reverse=True)
    best: dict[str, float] = {}
    for hit in library.search("course", "zebras in part", 1_000):
        best.setdefault(hit.passage.note, hit.score)
    assert wide.documents == tuple(best.items())[:10]


def test_a_question_on_nothing_in_the_notes_ranks_nothing(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# Alpha\n\nAlpha comes first.\n", encoding="utf-8")
    refresh("course", notes, tmp_path / "index", None, FrozenClock())
    ranking = Library(tmp_path / "index").rank("course", "Колко струва?")
    assert ranking.documents == ()
    assert ranking.confidence < 0.01
    with pytest.raises(NotesError, match="not_indexed"):
        Library(tmp_path / "elsewhere").rank("course", "alpha")


def test_the_measures_are_the_usual_ones() -> None:
    outcomes = [
        outcome("abc", "a"),
        outcome("abc", "bc", answered=False),
        outcome("abcdef", "f"),
        outcome("abc", "z"),
        outcome("abc", answered=False, answerable=False),
        outcome("abc", answerable=False),
        outcome("abc", answerable=True),
    ]
    found = measure(outcomes)
    assert (found.questions, found.with_gold, found.answerable, found.unanswerable) == (7, 4, 5, 2)
    assert found.recall_at_1 == 0.25
    assert found.recall_at_5 == 0.5
    assert found.mrr_at_10 == pytest.approx((1 + 1 / 2 + 1 / 6) / 4)
    assert found.answered == 0.8
    assert found.abstained == 0.5


def test_what_no_question_tells_is_not_measured() -> None:
    found = measure([outcome("a"), outcome("a", answered=False)])
    assert (found.recall_at_1, found.mrr_at_10, found.abstained) == (None, None, None)
    assert found.answered == 0.5
    only = measure([outcome("a", answerable=False)])
    assert (only.answered, only.abstained) == (None, 0.0)


def test_failures_come_worst_first() -> None:
    late, unanswered = outcome("ab", "b"), outcome("ab", "a", answered=False)
    missed, wrongly = outcome("ab", "z", answered=False), outcome("ab", answerable=False)
    right, unknown = outcome("ab", "a"), outcome("", answered=False)
    assert failed([late, right, unanswered, wrongly, unknown, missed]) == [missed, wrongly, unanswered, late]
    assert [one.failure for one in (right, unknown)] == [None, None]
