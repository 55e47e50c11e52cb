"""The bench asks as the product does, keeps its indexes, and is judged by the corpus' own scorer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.bench.encoders import Kept
from tests.bench.retrieval import Bench, line
from tests.bench.tasks import HEADINGS, Task, load_task, scorer
from tests.doubles.encoder import HashingEncoder

TASK = Task(
    "tiny.en-en",
    {"1.md": "# Quokka\n\nA quokka is a small marsupial.\n", "2.md": "# Basalt\n\nBasalt is a rock.\n"},
    {"q1": "What is a quokka?", "q2": "What is basalt?", "far": "Who won the football match?"},
    {"q1": frozenset({"1.md"}), "q2": frozenset({"1.md"})},
)


@pytest.mark.usefixtures("corpora")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the scorer leaves files open
def test_a_run_is_judged_by_the_scorer(tmp_path: Path) -> None:
    entries, seconds = Bench.of(tmp_path, HashingEncoder(), None).run(TASK)
    assert entries["q1"]["docs"][0] == "1.md"
    assert entries["far"]["abstain"]
    assert len(seconds) == 3
    file = tmp_path / "run.json"
    file.write_text(json.dumps(entries), encoding="utf-8")
    result = scorer().score(TASK, scorer().load_run(str(file)))
    assert (result["n"], result["R@1"], result["missing"]) == (2, 0.5, 0)
    assert result["oos"]["far"] == {"n": 1, "AUROC": 1.0, "rejected_at_90pct_coverage": 1.0, "abstained": 1.0}
    assert "R@1 0.500" in line(result, seconds)


def test_an_index_is_kept_for_each_set_of_documents_and_encoders(tmp_path: Path) -> None:
    def embedded(task: Task, *identities: str) -> int:
        encoders = [HashingEncoder(one) for one in identities]
        Bench.of(tmp_path, encoders[0], encoders[1] if len(encoders) > 1 else None).run(task)
        return sum(len(one.encoded) for one in encoders)

    assert embedded(TASK, "one@1") == 2
    assert embedded(TASK, "one@1") == 0
    assert embedded(TASK, "two@1") == 2
    assert embedded(TASK, "one@1", "two@1") == 4
    assert embedded(Task("other", {**TASK.docs, "3.md": "Tuff.\n"}, TASK.questions, TASK.gold), "one@1") == 3
    assert len(list((tmp_path / "indexes").iterdir())) == 4


def test_a_slow_encoder_encodes_a_passage_once_for_all_indexes(tmp_path: Path) -> None:
    texts = ["one passage", "another", "one passage"]
    slow = HashingEncoder()
    first = Kept(slow, tmp_path / "kept").encode(texts, "passage")
    again = HashingEncoder()
    kept = Kept(again, tmp_path / "kept")
    assert np.array_equal(kept.encode(["a third", *texts], "passage")[1:], first)
    assert again.encoded == ["a third"]
    other = HashingEncoder("other@1")
    Kept(other, tmp_path / "kept").encode(texts, "passage")
    assert len(other.encoded) == 3
    assert np.array_equal(kept.encode(["a question"], "query"), slow.encode(["a question"], "query"))


@pytest.mark.usefixtures("corpora")
@pytest.mark.parametrize("name", HEADINGS)
def test_a_headings_documents_are_numbers_and_each_question_has_an_answer(name: str) -> None:
    task = load_task(name)
    assert all(Path(path).stem.isdigit() for path in task.docs)
    assert all(text.startswith("# ") == name.startswith("head") for text in task.docs.values())
    assert task.queries
    assert set(task.queries) == set(task.gold)
    assert all(gold and gold <= set(task.docs) for gold in task.gold.values())
    assert task.oos["far"]
