"""What the engine is told: plain values that travel to the worker process. Nothing here imports torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HUB = "https://huggingface.co"
GIGABYTE = 1024**3


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How models are found, loaded and run."""

    models_path: Path
    """Where fetched models lie: the hub's cache layout, or folders named like the model (`org/name`)."""
    device: str = "auto"
    """auto (CUDA, then MPS, then CPU) | cpu | cuda | cuda:N | mps"""
    encoder: str = "bundled"
    """The encoder of retrieval: bundled, minilm, or another model of sentence-transformers."""
    partner: str = "off"
    """A second encoder, heard beside it: as above, or off."""
    offline: bool = False
    """Never ask the hub, not even on `recap models pull`."""
    fetch: bool = True
    """Fetch a model at its first use, if the hub answers; else only `recap models pull` fetches."""
    endpoint: str = HUB
    """The model hub."""
    hub_cache: bool = True
    """Whether the machine's own Hugging Face cache is looked into, after `models_path`."""
    allowed_models: tuple[str, ...] = ()
    """What may be run beside the defaults: hub ids (`org/name` or `org/name@revision`), absolute folders."""
    max_model_bytes: int = 4 * GIGABYTE
    """The largest weights that are fetched or loaded."""
    cache_bytes: int = 6 * GIGABYTE
    """Weights kept in memory; the least recently used go first."""
    task_timeout: float = 120.0
    """Seconds that a task may run without a sign of progress."""
    refresh_timeout: float = 900.0
    """The same for a refresh."""
    start_timeout: float = 180.0
    """Seconds that the worker has to load; after that it is killed, and counts as one that can't start."""
    reach_timeout: float = 2.5
    """Seconds that the hub has to answer the first question."""
    stall_timeout: float = 30.0
    """Seconds without a byte after which a download is given up."""
    batch: int = 16
    """The most equal requests that run together."""
    new_tokens: int = 80
    """The most tokens that `generate` writes."""
    threads: int | None = None
    """CPU threads of a model; None: the library's choice."""
