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
from knowledge.encoder import BUNDLED
from knowledge.hearing import hear
from knowledge.index import Generation
from knowledge.index_files import CourseFiles
from knowledge.refresh import refresh
from knowledge.retrieve import weigh
from tests.bench.encoders import Foretold, encoder_of
from tests.bench.tasks import CORPORA, load_task
from tests.knowledge.test_study_notes import QUESTIONS

SAMPLE = Path(__file__).parents[2] / "knowledge" / "sample_course"
COURSES = {"en": "hf_course/chapters/en", "zh": "hf_course/chapters/zh-CN"}
Group = tuple[str, bool, Generation, list[str]]
Floats = NDArray[np.float64]


def groups(cache: Path, encoder: Encoder) -> list[Group]:
    """(name, answered by the course, its index, questions)."""
    seeds = cache / "five"
    seeds.mkdir(exist_ok=True, parents=True)
    for file in (CORPORA / "seeds").glob("0*.txt"):
        shutil.copyfile(file, seeds / file.name)
    folders = {
        "seeds": seeds,
        "sample": SAMPLE,
        **{course: CORPORA / folder for course, folder in COURSES.items()},
    }
    headings = {way: load_task(f"head.{way}") for way in ("bg-en", "en-bg", "zh-en", "en-zh")}
    folders |= {way: task.write(cache / "headings" / way) for way, task in headings.items()}
    index = {}
    for course, folder in folders.items():
        report = refresh(course, folder, cache / "calibration", encoder, SystemClock())
        files = CourseFiles(cache / "calibration", course)
        index[course] = Generation.open(files.generation(report.generation))
    known = _rows("questions.jsonl")
    foreign = _rows("oos_questions.jsonl")

    def of(rows: Sequence[dict[str, Any]], language: str) -> list[str]:
        name = "zh-CN" if language == "zh" else language
        return [row["question"] for row in rows if row["lang"] == name and not row.get("needs_external")]

    found: list[Group] = [
        ("seeds, answerable", True, index["seeds"], [question for question, *_ in QUESTIONS])
    ]
    for course in ("en", "zh"):
        for language in ("en", "zh"):
            found.append(
                (f"course {course}, answerable {language}", True, index[course], of(known, language))
            )
    for way, task in headings.items():
        found.append(
            (f"headings {way}", True, index[way], [task.questions[identity] for identity in task.gold])
        )
        language = way.partition("-")[0]
        found.append((f"headings {way}, foreign {language}", False, index[way], of(foreign, language)))
    for course in ("seeds", "sample", "en", "zh"):
        for language in ("en", "bg", "zh"):
            found.append(
                (f"course {course}, foreign {language}", False, index[course], of(foreign, language))
            )
    return found


def report(found: Sequence[Group], encoder: Encoder | None) -> None:
    """Prints how many questions of each group are answered, and coefficients fitted on them.

    Within the question's language and across are models of their own.
    """
    asked = Foretold(encoder) if encoder is not None else None
    rows: dict[str, list[tuple[list[float], bool, float]]] = {}
    for name, known, index, questions in found:
        answered, count = 0, 0
        for question in questions:
            if asked is not None and not asked.reads(question):
                continue
            evidence = weigh(index, question, hear(index, question, asked))
            if not evidence.clues:
                continue
            count += 1
            answered += confidence(index, evidence) >= ANSWERED_FROM
            model, features = _features(measure(index, evidence))
            rows.setdefault(model, []).append((features, known, 50 / len(questions)))
        if count:
            print(f"  {name:32s} {answered:3d} of {count:3d} answered ({answered / count:.3f})")
    for model, own in rows.items():
        table: Floats = np.array([looked_at for looked_at, _known, _weight in own])
        answerable = np.array([known for _looked_at, known, _weight in own])
        weights: Floats = np.array([weight for _looked_at, _known, weight in own])
        print(f"  {model} fitted:", np.round(fitted(table, answerable, weights), 2))


def _features(found: Measurements) -> tuple[str, list[float]]:
    """Which model a question is judged by, and what that looks at."""
    if found.cosine is None:
        return "words", [found.share, found.strength]
    if found.soft is None:
        return "cosine", [found.cosine, found.share]
    if found.across:
        return "across", [found.cosine, found.soft]
    return "within", [found.cosine, found.share, found.soft]


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
    parser.add_argument("--encoder", default=BUNDLED)
    options = parser.parse_args()
    encoder = encoder_of(options.encoder, options.cache)
    assert encoder is not None
    found = groups(options.cache, encoder)
    print("by words alone:")
    report(found, None)
    print("with the encoder, where it reads the question:")
    report(found, encoder)


if __name__ == "__main__":
    main()
