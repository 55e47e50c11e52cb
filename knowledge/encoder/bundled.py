"""The encoder that comes with Recap, as package data."""

from __future__ import annotations

import threading
from importlib.resources import files
from pathlib import Path

from knowledge.encoder.static import StaticEncoder, load_static

_lock = threading.Lock()
_loaded: dict[Path, StaticEncoder] = {}


def bundled_folder() -> Path:
    """Where its files lie, if they are there."""
    return Path(str(files("knowledge.encoder") / "bundled"))


def bundled() -> StaticEncoder:
    """The encoder, loaded once a process. ModelUnavailable, each time, where its files aren't in order."""
    folder = bundled_folder()
    with _lock:
        if folder not in _loaded:
            _loaded[folder] = load_static(folder)
        return _loaded[folder]
