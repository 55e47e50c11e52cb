"""Fetching a model from the hub, in bounded time. Without torch."""

from __future__ import annotations

import io
import logging
import queue
import threading
from collections.abc import Callable
from fnmatch import fnmatch
from typing import Any, TypeVar

from jobs.engine.protocol import Progress
from jobs.engine.settings import EngineSettings
from jobs.engine.weights import INDEX, WEIGHTS, check_size, unavailable
from knowledge.errors import ModelUnavailable

log = logging.getLogger(__name__)

_WANTED = (
    "config.json",
    "generation_config.json",
    "tokenizer*.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
    "chat_template.*",
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "?_Pooling/config.json",
    "?_Dense/config.json",
    "?_Dense/model.safetensors",
)

T = TypeVar("T")


def fetch(name: str, revision: str | None, settings: EngineSettings, progress: Progress) -> None:
    """Brings the model's configuration, tokenizer and safetensors into `settings.models_path`.

    ModelUnavailable if the hub doesn't answer within `reach_timeout`, doesn't know the model
    (`error.model_unknown`), has no safetensors of it, or goes silent for `stall_timeout`.
    """
    commit, files = _survey(name, revision, settings)
    total = max(1, sum(files.values()))
    ticks: queue.SimpleQueue[int | BaseException | None] = queue.SimpleQueue()
    abandoned = threading.Event()

    def tick(count: int) -> None:
        if abandoned.is_set():
            raise ConnectionAbortedError
        ticks.put(count)

    def download() -> None:
        try:
            for file in files:
                _download(name, file, commit, settings, tick)
            _remember(name, revision, commit, settings)
            ticks.put(None)
        except Exception as error:
            log.debug("download ended", exc_info=True)
            ticks.put(error)

    threading.Thread(target=download, name=f"fetch {name}", daemon=True).start()
    done = 0
    while True:
        try:
            news = ticks.get(timeout=settings.stall_timeout)
        except queue.Empty:
            abandoned.set()
            log.warning("the hub went silent while %s was fetched", name)
            raise unavailable(name) from None
        if news is None:
            return
        if isinstance(news, BaseException):
            log.warning("%s could not be fetched: %s", name, news)
            raise unavailable(name) from news
        done += news
        progress(min(1.0, done / total), "fetching")


def _survey(name: str, revision: str | None, settings: EngineSettings) -> tuple[str, dict[str, int]]:
    """The commit, and the files to fetch with their sizes."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError, RevisionNotFoundError

    api = HfApi(endpoint=settings.endpoint, library_name="recap")

    def ask() -> Any:
        return api.model_info(name, revision=revision, files_metadata=True, timeout=settings.reach_timeout)

    try:
        info = _within(settings.reach_timeout, ask)
    except (RepositoryNotFoundError, RevisionNotFoundError, HFValidationError) as error:
        raise ModelUnavailable("error.model_unknown", model=name) from error
    except Exception as error:
        log.warning("the hub can't be reached for %s: %r", name, error)
        raise unavailable(name) from error
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
    weights = [WEIGHTS] if WEIGHTS in sizes else [INDEX] if INDEX in sizes else []
    if not weights:
        raise ModelUnavailable("error.model_not_safetensors", model=name)
    if weights == [INDEX]:
        weights += [file for file in sizes if fnmatch(file, "model-*-of-*.safetensors")]
    check_size(name, sum(sizes[file] for file in weights), settings.max_model_bytes)
    rest = [file for file in sizes if any(fnmatch(file, pattern) for pattern in _WANTED)]
    return info.sha, {file: sizes[file] for file in [*rest, *weights]}


def _download(
    name: str, file: str, commit: str, settings: EngineSettings, tick: Callable[[int], None]
) -> None:
    from huggingface_hub import hf_hub_download
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        """Tells the bytes that came; shows nothing."""

        monitor_interval = 0

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **{**options, "file": io.StringIO(), "disable": False})

        def update(self, n: float | None = 1) -> Any:
            tick(int(n or 0))
            return super().update(n)

    hf_hub_download(
        name,
        file,
        revision=commit,
        cache_dir=settings.models_path,
        endpoint=settings.endpoint,
        etag_timeout=settings.reach_timeout,
        library_name="recap",
        tqdm_class=Bar,
    )


def _remember(name: str, revision: str | None, commit: str, settings: EngineSettings) -> None:
    """Notes which commit a branch pointed at, as the hub's own cache does."""
    if revision == commit:
        return
    reference = settings.models_path / f"models--{name.replace('/', '--')}" / "refs" / (revision or "main")
    reference.parent.mkdir(parents=True, exist_ok=True)
    reference.write_text(commit)


def _within(seconds: float, call: Callable[[], T]) -> T:
    """The call's result, or TimeoutError; a call that hangs (in name resolution, say) is left behind."""
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((call(), None))
        except Exception as error:  # noqa: BLE001 - handed to the caller
            outcome.put((None, error))

    threading.Thread(target=run, name="hub", daemon=True).start()
    try:
        result, error = outcome.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError(f"no answer within {seconds} s") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
