"""`recap eval`: a folder of notes with questions is indexed aside, asked, and measured."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from bot import config
from bot.cli import evaluation
from bot.cli.evaluate import shown, summary
from bot.config import NOWHERE
from bot.core.catalogue import LANGUAGES
from bot.core.voice import Voice
from bot.wiring import wire
from jobs.engine.protocol import Progress, RefreshRequest, Role
from knowledge.embed import Vectors
from knowledge.encoder.bundled import bundled
from knowledge.question_set import QuestionSet, read_question_set
from knowledge.refresh import refresh
from tests.bot.cli.test_commands import recap
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HashingEncoder
from tests.doubles.engine import InProcessEngine
from tests.doubles.static import make_static

WORDS_ONLY = {"RETRIEVAL__ENCODER": "off", "RETRIEVAL__PARTNER": "off"}
QUESTIONS: list[dict[str, Any]] = [
    {"id": "who", "question": "What does a mitochondrion make?", "gold": "cells.md"},
    {"id": "wrong", "question": "What does a mitochondrion make?", "gold": "rocks.md"},
    {"id": "none", "question": "Who won the football match?", "answerable": False},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "set"
    (made / "docs").mkdir(parents=True)
    (made / "docs" / "cells.md").write_text(
        "# Cells\n\n## Mitochondrion\n\nA mitochondrion makes most of the ATP of a cell.\n", encoding="utf-8"
    )
    (made / "docs" / "rocks.md").write_text(
        "# Rocks\n\n## Basalt\n\nBasalt is a volcanic rock.\n", encoding="utf-8"
    )
    write(made, QUESTIONS)
    return made


def write(folder: Path, questions: list[dict[str, Any]]) -> None:
    rows = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in questions)
    (folder / "questions.jsonl").write_text(rows, encoding="utf-8")


def test_it_prints_the_measures_and_the_questions_that_failed(folder: Path, tmp_path: Path) -> None:
    done = recap("eval", str(folder), data=tmp_path, **WORDS_ONLY)
    assert done.returncode == 0, done.stderr
    assert "50%" in done.stdout
    assert "MRR@10" in done.stdout
    assert "rocks.md" in done.stdout
    assert "not among the first ten" in done.stdout


def test_the_run_is_what_the_scorer_reads_and_the_data_folder_stays_as_it_was(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "manifest.json").write_text('{"cells.md": "bio/cells"}', encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    before = sorted(folder.rglob("*"))
    run = tmp_path / "run.json"
    done = recap("eval", str(folder), "--run", str(run), "--json", data=data, **WORDS_ONLY)
    assert done.returncode == 0, done.stderr
    found = json.loads(run.read_text(encoding="utf-8"))
    assert set(found) == {"who", "wrong", "none"}
    assert found["who"]["docs"][0] == "bio/cells"
    assert len(found["who"]["docs"]) == len(found["who"]["scores"])
    assert (found["who"]["abstain"], found["none"]["abstain"]) == (False, True)
    assert found["who"]["confidence"] > 0.5 > found["none"]["confidence"]
    told = json.loads(done.stdout)
    assert (told["questions"], told["recall_at_1"], told["abstained"]) == (3, 0.5, 1.0)
    assert [one["id"] for one in told["failures"]] == ["wrong"]
    assert sorted(folder.rglob("*")) == before
    assert [one.name for one in data.iterdir() if one.name != "recap.log"] == []


def test_the_corpus_scorer_takes_the_run(tmp_path: Path, corpora: Path) -> None:
    scorer = corpora / "evaluate_retrieval.py"
    task, run = tmp_path / "task", tmp_path / "run.json"
    made = subprocess.run(
        [sys.executable, str(scorer), "materialise", "--task", "dev.en-en.section", "--out", str(task)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "documents" in made.stdout
    queries = (task / "queries.jsonl").read_text(encoding="utf-8").splitlines()[:6]
    (task / "queries.jsonl").write_text("\n".join(queries), encoding="utf-8")
    done = recap("eval", str(task), "--run", str(run), data=tmp_path, **WORDS_ONLY)
    assert done.returncode == 0, done.stderr
    scored = subprocess.run(
        [sys.executable, str(scorer), "score", "--task", "dev.en-en.section", "--run", str(run)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(scored.stdout)["R@5"] > 0
    documents = {one for found in json.loads(run.read_text()).values() for one in found["docs"]}
    assert all(one.startswith("chapters/en/") for one in documents)


def test_a_bad_line_is_one_sentence_in_the_persons_language(folder: Path, tmp_path: Path) -> None:
    write(folder, [*QUESTIONS, {"id": "who", "question": "Again?"}])
    for language, word in (("en", "line 4"), ("bg", "ред 4"), ("zh", "第 4 行")):
        done = recap("eval", str(folder), data=tmp_path, LANGUAGE=language, **WORDS_ONLY)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert word in done.stderr
        assert "who" in done.stderr


def test_a_run_that_can_t_be_written_is_told_before_the_work(folder: Path, tmp_path: Path) -> None:
    for run in (tmp_path, tmp_path / "nowhere" / "run.json"):
        done = recap("eval", str(folder), "--run", str(run), data=tmp_path, **WORDS_ONLY)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert str(run) in done.stderr


class ReadingEngine(InProcessEngine):
    """Refreshes with the bundled encoder, as a worker would; its partner is a hashing one."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__(clock)
        self.partner = HashingEncoder("minilm@1")
        self.heard = 0
        self.encoders = {"partner": self.partner.identity}

    def encode_queries(self, texts: Sequence[str], timeout: float, role: Role = "encoder") -> Vectors | None:
        assert timeout == evaluation.PATIENCE
        self.heard += 1
        return self.partner.encode(texts, "query")

    def refresh(self, request: RefreshRequest, progress: Progress | None = None) -> Future[dict[str, Any]]:
        self.refreshes.append(request)
        notes, index = Path(request.notes_path), Path(request.index_path)
        partner = self.partner if request.partner else None
        report = refresh(request.course, notes, index, bundled(), FrozenClock(), progress, partner)
        future: Future[dict[str, Any]] = Future()
        future.set_result(report.to_json())
        return future


class Told:
    """Stands for a bar: what progress it was told."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    @contextlib.contextmanager
    def bar(self) -> Iterator[Progress]:
        yield lambda share, _stage: self.shares.append(share)


def evaluated(
    questions: QuestionSet, place: Path, engine: InProcessEngine, **settings: str
) -> tuple[evaluation.Evaluation, Told, Told]:
    environment = {
        "RECAP_DATA_PATH": str(place / "own"),
        "RECAP_RETRIEVAL__PARTNER": "off",
        **{f"RECAP_{name}": value for name, value in settings.items()},
    }
    moved = evaluation.settings_at(place / "aside", config.load(environment, NOWHERE))
    app = wire(moved, FrozenClock(), engine, evaluation.PATIENCE)
    indexing, asking = Told(), Told()
    try:
        found = evaluation.evaluate(app, questions, indexing.bar, asking.bar)
    finally:
        app.stop()
    assert not (place / "own").exists()
    return found, indexing, asking


@pytest.fixture
def static_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_static(tmp_path / "static")
    monkeypatch.setattr("knowledge.encoder.bundled.bundled_folder", lambda: made)


@pytest.mark.usefixtures("static_bundle")
def test_the_products_encoders_are_heard(folder: Path, tmp_path: Path) -> None:
    questions = read_question_set(folder)
    alone, engine = ReadingEngine(FrozenClock()), ReadingEngine(FrozenClock())
    found, _, _ = evaluated(questions, tmp_path / "alone", alone)
    assert (found.encoder, found.partner, alone.heard) == (bundled().identity, None, 0)
    found, indexing, asking = evaluated(questions, tmp_path / "both", engine, RETRIEVAL__PARTNER="minilm")
    assert (found.encoder, found.partner) == (bundled().identity, "minilm@1")
    assert engine.heard >= len(found.outcomes)
    text = shown(Voice("en"), found, 5, None).text
    assert f"`{found.encoder}` and `{found.partner}`" in text
    assert indexing.shares[-1] == asking.shares[-1] == 1.0
    assert asking.shares == sorted(asking.shares)


def test_a_partner_that_is_loaded_is_indexed_with_too(folder: Path, tmp_path: Path) -> None:
    questions = read_question_set(folder)
    for loaded, wanted in (("minilm@1", [False, True]), ("", [False])):
        engine = InProcessEngine(FrozenClock())
        engine.encoders = {"partner": loaded}
        place = tmp_path / f"partner{len(wanted)}"
        evaluated(questions, place, engine, RETRIEVAL__ENCODER="off", RETRIEVAL__PARTNER="minilm")
        assert [one.partner for one in engine.refreshes] == wanted


def test_the_persons_table_is_as_long_as_asked_and_speaks_every_language(
    folder: Path, tmp_path: Path
) -> None:
    again = [{"id": f"n{number}", "question": "Is basalt alive?", "gold": "cells.md"} for number in range(5)]
    write(folder, [*QUESTIONS, *again])
    questions = read_question_set(folder)
    found, _, _ = evaluated(questions, tmp_path, InProcessEngine(FrozenClock()), RETRIEVAL__ENCODER="off")
    assert len(summary(found, 2)["failures"]) == 2
    for language in LANGUAGES:
        reply = shown(Voice(language), found, 3, tmp_path / "run.json")
        assert reply.table is not None
        assert len(reply.table.rows) == 3
        assert "run.json" in reply.text
    assert shown(Voice("en"), found, 0, None).table is None


def test_questions_without_gold_are_only_counted(folder: Path, tmp_path: Path) -> None:
    write(folder, [{"question": "What does a mitochondrion make?"}])
    questions = read_question_set(folder)
    found, _, _ = evaluated(questions, tmp_path, InProcessEngine(FrozenClock()), RETRIEVAL__ENCODER="off")
    text = shown(Voice("en"), found, 5, None).text
    assert "**100%** of the questions were answered." in text
    assert "No question failed" not in text
