"""torch and the libraries above it: loaded in the worker, once, by whichever lane needs them first."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from jobs.engine.settings import EngineSettings
from jobs.errors import WorkerUnavailable

log = logging.getLogger(__name__)


class Libraries:
    """They take seconds to load and a few hundred megabytes, so nothing of them is imported before `load`.

    Lanes that use them load them here first: imported by several threads at once they trip over each other.
    """

    def __init__(self, settings: EngineSettings, tell: Callable[..., None]) -> None:
        """`tell` is told `loading` before, and `device` with the device's name (None: they don't load)."""
        self._settings = settings
        self._tell = tell
        self._lock = threading.Lock()
        self._device: str | None = None
        self._failed = False

    @property
    def loaded(self) -> bool:
        return self._device is not None

    def load(self) -> str:
        """The device that models run on. WorkerUnavailable where the libraries can't be loaded."""
        with self._lock:
            if self._failed:
                raise WorkerUnavailable
            if self._device is None:
                self._tell("loading")
                try:
                    self._device = self._load()
                except Exception as error:
                    self._failed = True
                    log.exception("torch or transformers can't be loaded")
                    self._tell("device", None)
                    raise WorkerUnavailable from error
                self._tell("device", self._device)
            return self._device

    def _load(self) -> str:
        import huggingface_hub  # noqa: F401 - imported by one thread before several use it
        import torch

        from jobs.engine.device import choose
        from knowledge.embed_sentence import import_libraries

        import_libraries()
        _quieten()
        if self._settings.threads is not None:
            torch.set_num_threads(self._settings.threads)
        return choose(self._settings.device)


def _quieten() -> None:
    """No progress bars, and no advice meant for someone at a terminal."""
    from transformers.utils import logging as transformers_logging

    quiet: Any = transformers_logging
    quiet.disable_progress_bar()
    quiet.set_verbosity_error()
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
