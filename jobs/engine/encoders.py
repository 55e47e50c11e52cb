"""Retrieval's encoders in the worker: that of the index, and its partner. They bring torch where needed."""

from __future__ import annotations

import logging

from jobs.engine.libraries import Libraries
from jobs.engine.models import Models, without_revision
from jobs.engine.protocol import Role
from jobs.engine.settings import EngineSettings
from jobs.engine.weights import identity
from knowledge.embed import Encoder
from knowledge.embed_families import MINILM, OFF, full_name
from knowledge.embed_loading import load_encoder
from knowledge.encoder import BUNDLED
from knowledge.errors import RecapError

log = logging.getLogger(__name__)


class Encoders:
    """Loads what the settings name; a lane has its own, so that none waits for another's texts.

    Not thread-safe: one lane, one thread.
    """

    def __init__(self, settings: EngineSettings, libraries: Libraries) -> None:
        self._names = {"encoder": full_name(settings.encoder), "partner": full_name(settings.partner)}
        self._libraries = libraries
        self._models = Models(settings)
        self._loaded: dict[Role, Encoder] = {}

    def heavy(self, role: Role) -> bool:
        """Whether there is one in that role, and it needs torch."""
        return self._names[role] not in (OFF, BUNDLED)

    def get(self, role: Role) -> Encoder | None:
        """The encoder, loaded if it isn't yet; None where there is none or it can't be had, which is logged.

        What couldn't be had is tried again at the next call: it may have been fetched since.
        """
        if role not in self._loaded and self._names[role] != OFF:
            try:
                encoder = self._load(self._names[role])
                encoder.encode(["warm"], "query")
                self._loaded[role] = encoder
            except RecapError as error:
                log.warning("no %s: %s", role, error)
            except Exception:  # a broken encoder is no reason to do without an index, or to run no task
                log.exception("no %s", role)
        return self._loaded.get(role)

    def _load(self, name: str) -> Encoder:
        if name == BUNDLED:
            return load_encoder(name)
        device = self._libraries.load()
        if name == MINILM:
            return load_encoder(name, device)
        located = self._models.find(without_revision(name)[0])
        return load_encoder(name, device, located.folder, identity(located))
