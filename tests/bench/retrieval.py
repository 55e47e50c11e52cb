"""Retrieval on the development tasks.

    python -m tests.bench.retrieval [--task NAME ...] [--encoder NAME_OR_FOLDER] [--partner NAME_OR_FOLDER]

A task's documents are indexed, its questions asked, and the run is judged by the corpus' own scorer. NAME may
be a pattern such as `head.*`. An index is kept in the cache folder for each set of documents and encoders, so
that the next run begins with the questions; and a slow encoder's vectors, so that a new index has them. Times
are of the ranking and the answer of a question together, the encoders' left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import time
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.clock import SystemClock
from knowledge.embed import Encoder
from knowledge.errors import ModelUnavailable
from knowledge.library import Library
from knowledge.ranking import rank_documents
from knowledge.refresh import refresh
from tests.bench.encoders import Foretold, encoder_of
from tests.bench.tasks import CORPORA, TASKS, Task, load_task, scorer

COURSE = "task"


@dataclass(frozen=True)
class Bench:
    """Where indexes are kept, and with which encoders they are made and asked."""

    cache: Path
    encoder: Encoder | None
    partner: Encoder | None
    heard: tuple[Foretold | None, Foretold | None]

    @classmethod
    def of(cls, cache: Path, encoder: Encoder | None, partner: Encoder | None) -> Bench:
        heard = tuple(Foretold(one) if one is not None else None for one in (encoder, partner))
        return cls(cache, encoder, partner, (heard[0], heard[1]))

    def run(self, task: Task) -> tuple[dict[str, Any], list[float]]:
        """The entries of a run file, and the seconds of each question."""
        library = self._indexed(task)
        questions = task.questions
        for one in self.heard:
            if one is not None:
                one.hear([text for text in questions.values() if one.reads(text)])
        entries: dict[str, Any] = {}
        seconds: list[float] = []
        for identity, question in questions.items():
            started = time.perf_counter()
            entries[identity] = rank_documents(library, COURSE, question, {}).entry()
            seconds.append(time.perf_counter() - started)
        return entries, seconds

    def _indexed(self, task: Task) -> Library:
        """A library of the task's documents."""
        key = hashlib.sha256(json.dumps(dict(task.docs)).encode())
        for one in (self.encoder, self.partner):
            key.update(f"\n{one.identity if one else ''}".encode())
        folder = self.cache / "indexes" / key.hexdigest()[:16]
        notes = task.write(folder / "notes")
        report = refresh(COURSE, notes, folder, self.encoder, SystemClock(), partner=self.partner)
        if report.embedded:
            print(f"  {report.passages} passages, {report.embedded} embedded, {report.seconds:.1f} s")
        return Library(folder, *self.heard)


def line(result: dict[str, Any], seconds: list[float]) -> str:
    """A task's row of the table."""
    far = result["oos"]["far"]
    p50, p95 = np.percentile(seconds, [50, 95]) * 1_000
    return (
        f"{result['task']:18s} {result['n']:4d}  R@1 {result['R@1']:.3f}  R@5 {result['R@5']:.3f}  "
        f"MRR@10 {result['MRR@10']:.3f}  AUROC {far['AUROC']:.3f}  abstained {far['abstained']:.3f}  "
        f"answered {result['answered_of_answerable']:.3f}  {p50:.1f}/{p95:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--task", action="append", default=[], help="a name or pattern; without it all of them"
    )
    parser.add_argument("--encoder", default="bundled", help="a name, a folder, or off")
    parser.add_argument("--partner", default="off", help="a name, a folder, or off")
    parser.add_argument("--cache", type=Path, default=Path("/tmp/recap-bench"))  # noqa: S108
    parser.add_argument("--fresh", action="store_true", help="make the indexes anew")
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    if not CORPORA.is_dir():
        print("retrieval: the development data is not beside this checkout, nothing was measured")
        return
    if options.fresh:
        shutil.rmtree(options.cache / "indexes", ignore_errors=True)
    try:
        encoder, partner = (encoder_of(name, options.cache) for name in (options.encoder, options.partner))
    except ModelUnavailable as error:
        print(f"retrieval: an encoder can't be had, nothing was measured ({error})")
        return
    bench = Bench.of(options.cache, encoder, partner)
    print(
        f"encoder {encoder.identity if encoder else 'off'}, partner {partner.identity if partner else 'off'}"
    )
    figures: dict[str, Any] = {}
    wanted = options.task or ["*"]
    for name in TASKS:
        if any(fnmatch(name, pattern) for pattern in wanted):
            task = load_task(name)
            entries, seconds = bench.run(task)
            file = options.cache / "runs" / f"{name}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
            figures[name] = scorer().score(task, scorer().load_run(str(file)))
            print(line(figures[name], seconds), flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
