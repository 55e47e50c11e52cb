"""The logistic models of `knowledge.abstention`, fitted anew: `python -m tests.bench.calibration`.

Questions that a course answers (the course's own quiz in English and Chinese, the study notes' questions of
the acceptance tests) against questions that it doesn't (SQuAD, XQuAD, a Bulgarian history quiz). Each group
weighs the same.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.abstention import ANSWERED_FROM, Measurements, confidence, measure
from knowledge.clock import SystemClock
from knowledge.embed import Encoder
from knowledge.embed_loading import load_encoder
from knowledge.hearing import hear
from knowledge.index import Generation
from knowledge.index_files import CourseFiles
from knowledge.refresh import refresh
from knowledge.retrieve import weigh
from tests.bench.encoders import Foretold
from tests.bench.tasks import CORPORA
from tests.knowledge.test_study_notes import QUESTIONS

COURSES = {"en": "hf_course/chapters/en", "zh": "hf_course/chapters/zh-CN"}
Group = tuple[str, bool, Generation, list[str]]
Floats = NDArray[np.float64]


def groups(cache: Path, encoder: Encoder) -> list[Group]:
    """(name, answered by the course, its index, questions)."""
    seeds = cache / "five"
    seeds.mkdir(exist_ok=True)
    for file in (CORPORA / "seeds").glob("0*.txt"):
        shutil.copyfile(file, seeds / file.name)
    folders = {"seeds": seeds, **{course: CORPORA / folder for course, folder in COURSES.items()}}
    index = {}
    for course, folder in folders.items():
        report = refresh(course, folder, cache / "minilm", encoder, SystemClock())
        index[course] = Generation.open(CourseFiles(cache / "minilm", course).generation(report.generation))
    asked = _rows("questions.jsonl")
    foreign = _rows("oos_questions.jsonl")

    def of(rows: Sequence[dict[str, Any]], language: str) -> list[str]:
        return [row["question"] for row in rows if row["lang"] == language and not row.get("needs_external")]

    return [
        ("course en, answerable", True, index["en"], of(asked, "en")),
        ("course en, foreign en", False, index["en"], of(foreign, "en")),
        ("course zh, answerable", True, index["zh"], of(asked, "zh-CN")),
        ("course zh, foreign zh", False, index["zh"], of(foreign, "zh-CN")),
        ("seeds, answerable", True, index["seeds"], [question for question, *_ in QUESTIONS]),
        ("seeds, foreign en", False, index["seeds"], of(foreign, "en")),
        ("seeds, foreign zh", False, index["seeds"], of(foreign, "zh-CN")),
        ("seeds, foreign bg", False, index["seeds"], of(foreign, "bg")),
    ]


def report(found: Sequence[Group], encoder: Encoder | None) -> None:
    """Prints how many questions of each group are answered, and coefficients fitted on them."""
    asked = Foretold(encoder) if encoder is not None else None
    rows: list[Measurements] = []
    answerable: list[bool] = []
    weights: list[float] = []
    for name, known, index, questions in found:
        answered, count = 0, 0
        for question in questions:
            if asked is not None and not asked.reads(question):
                continue
            evidence = weigh(index, question, hear(index, question, asked))
            count += 1
            answered += confidence(index, evidence) >= ANSWERED_FROM
            rows.append(measure(index, evidence))
            answerable.append(known)
        weights += [1 / count] * count if count else []
        if count:
            print(f"  {name:24s} {answered:3d} of {count:3d} answered ({answered / count:.3f})")
    features = np.array(
        [[row.share, row.strength] if row.cosine is None else [row.cosine, row.share] for row in rows]
    )
    print("  fitted:", np.round(fitted(features, np.array(answerable), np.array(weights) * 50), 2))


def fitted(features: Floats, answerable: NDArray[np.bool_], weights: Floats) -> Floats:
    """Intercept and weights of a ridge-penalised logistic regression; the classes weigh the same."""
    weights = weights.copy()
    weights[answerable] *= weights[~answerable].sum() / weights[answerable].sum()
    design = np.c_[np.ones(len(features)), features]
    found = np.zeros(design.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-design @ found))
        curvature = design.T @ (design * (weights * likely * (1 - likely))[:, None]) + 0.05 * np.eye(
            len(found)
        )
        found += np.linalg.solve(curvature, design.T @ (weights * (answerable - likely)) - 0.05 * found)
    return found


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPORA / name).read_text(encoding="utf-8").splitlines() if line]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/recap-bench"))  # noqa: S108
    options = parser.parse_args()
    import torch

    torch.set_num_threads(2)
    encoder = load_encoder("minilm")
    found = groups(options.cache, encoder)
    print("by words alone:")
    report(found, None)
    print("with the encoder, where it reads the question:")
    report(found, encoder)


if __name__ == "__main__":
    main()
