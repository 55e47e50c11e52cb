"""Retrieval on the development tasks: `python -m tests.bench.retrieval [--lexical] [--json OUT]`.

Indexes the course in both languages (once; vectors are kept in the cache folder and only what changed is
embedded again), puts every question of the tasks, and scores the runs with the corpus' own scorer.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.abstention import ANSWERED_FROM, confidence
from knowledge.clock import SystemClock
from knowledge.embed import Encoder, Vectors
from knowledge.index import Generation
from knowledge.index_files import CourseFiles
from knowledge.refresh import refresh
from knowledge.retrieve import hits, weigh

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
COURSES = {"en": "hf_course/chapters/en", "zh": "hf_course/chapters/zh-CN"}
TASKS = {
    "dev.en-en": "en",
    "dev.en-en.section": "en",
    "dev.zh-zh": "zh",
    "dev.en-zh": "zh",
    "dev.zh-en": "en",
}
DEPTH = 60


def scorer() -> Any:
    """The corpus' own `evaluate_retrieval.py` as a module."""
    spec = importlib.util.spec_from_file_location("evaluate_retrieval", CORPORA / "evaluate_retrieval.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def generation(cache: Path, course: str, encoder: Encoder | None) -> Generation:
    """The course's index, brought up to date."""
    started = time.perf_counter()
    report = refresh(course, CORPORA / COURSES[course], cache, encoder, SystemClock())
    print(
        f"{course}: {report.notes} notes, {report.sections} sections, {report.passages} passages, "
        f"{report.embedded} embedded, {report.reused} reused, {time.perf_counter() - started:.1f} s"
    )
    return Generation.open(CourseFiles(cache, course).generation(report.generation))


def run_task(
    task: Any, index: Generation, encoder: Encoder | None, prefix: str
) -> tuple[dict[str, Any], list[float]]:
    """A run as the scorer loads it, and the seconds of each search, the encoder's left out."""
    queries = task.all_queries()
    heard = [query for query in queries.values() if encoder is not None and encoder.reads(query)]
    encoded: Vectors | list[Vectors] = encoder.encode(heard, "query") if encoder is not None else []
    vectors = dict(zip(heard, encoded, strict=True))
    run: dict[str, Any] = {}
    seconds: list[float] = []
    for identity, query in queries.items():
        started = time.perf_counter()
        evidence = weigh(index, query, vectors.get(query))
        found = hits(index, evidence, DEPTH)
        sure = confidence(index, evidence)
        seconds.append(time.perf_counter() - started)
        best: dict[str, float] = {}
        for hit in found:
            best.setdefault(f"{prefix}/{hit.passage.note}", hit.score)
        run[identity] = {
            "docs": list(best)[:10],
            "score": sure,
            "abstain": sure < ANSWERED_FROM,
        }
    return run, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lexical", action="store_true", help="without the encoder")
    parser.add_argument("--cache", type=Path, default=Path("/tmp/recap-bench"))  # noqa: S108
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    if not CORPORA.is_dir():
        print("retrieval: the development data is not beside this checkout, nothing was measured")
        return
    encoder = None
    if not options.lexical:
        import torch

        from knowledge.embed_loading import load_encoder

        torch.set_num_threads(2)
        encoder = load_encoder("minilm")
    cache = options.cache / ("lexical" if options.lexical else "minilm")
    score = scorer()
    indexes = {course: generation(cache, course, encoder) for course in COURSES}
    figures: dict[str, Any] = {}
    for name, course in TASKS.items():
        task = score.Task(name)
        run, seconds = run_task(task, indexes[course], encoder, COURSES[course].removeprefix("hf_course/"))
        result = score.score(task, run)
        figures[name] = result
        p50, p95 = np.percentile(seconds, [50, 95]) * 1_000
        print(
            f"{name:18s} R@1 {result['R@1']:.3f}  R@5 {result['R@5']:.3f}  MRR@10 {result['MRR@10']:.3f}  "
            f"AUROC {result['oos']['far']['AUROC']:.3f}  abstained {result['oos']['far']['abstained']:.3f}  "
            f"answered {result['answered_of_answerable']:.3f}  {p50:.1f}/{p95:.1f} ms"
        )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
