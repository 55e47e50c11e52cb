"""The encoder that comes with Recap, as package data. Importing this module loads nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.embed import EncoderState, Vectors
from knowledge.encoder import BUNDLED
from knowledge.errors import ModelUnavailable

if TYPE_CHECKING:
    from knowledge.encoder.static import StaticEncoder

log = logging.getLogger(__name__)

_lock = threading.Lock()
_loaded: dict[Path, StaticEncoder] = {}


@cache
def bundled_folder() -> Path:
    """Where its files lie, if they are there."""
    return Path(str(files("knowledge.encoder") / "bundled"))


def bundled() -> StaticEncoder:
    """The encoder, loaded once a process. ModelUnavailable, each time, where its files aren't in order."""
    folder = bundled_folder()
    with _lock:
        if folder not in _loaded:
            from knowledge.encoder.static import load_static

            _loaded[folder] = load_static(folder)
        return _loaded[folder]


class BundledEncoder:
    """Implements `knowledge.embed.QueryEncoder` in this process; loads when it is first asked.

    Where the files aren't in order it has no identity, so that no index takes it for its own.
    """

    name = BUNDLED

    def __init__(self) -> None:
        self._missed = False

    @property
    def identity(self) -> str:
        encoder = self.loaded()
        return encoder.identity if encoder else ""

    @property
    def state(self) -> EncoderState:
        return "ready" if self.loaded() else "missing"

    def reads(self, text: str) -> bool:
        """True where it can't be had: nothing says that it couldn't read the text."""
        encoder = self.loaded()
        return encoder is None or encoder.reads(text)

    @property
    def token_encoder(self) -> StaticEncoder | None:
        return self.loaded()

    def encode_queries(self, texts: Sequence[str]) -> Vectors | None:
        encoder = self.loaded()
        return encoder.encode_queries(texts) if encoder else None

    def loaded(self) -> StaticEncoder | None:
        """The encoder itself, with its tokens; None where it can't be had, which the log tells once."""
        try:
            return bundled()
        except ModelUnavailable as error:
            if not self._missed:
                log.info("the bundled encoder can't be had: %s", error)
            self._missed = True
            return None
