"""The worker's lane for questions: encodes them by the encoders that need torch, before anything else."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from jobs.engine.encoders import Encoders
from jobs.engine.libraries import Libraries
from jobs.engine.line import Line
from jobs.engine.protocol import Role
from jobs.engine.tasklane import Reports
from jobs.engine.wire import Message
from jobs.errors import EngineError
from knowledge.embed import Encoder
from knowledge.errors import RecapError

log = logging.getLogger(__name__)

MOST_QUERIES = 64
QUIET = 1.0
"""Seconds without work after which what may be needed later is loaded."""


class QueryLane:
    """`run` encodes in one thread what `load` has loaded in another; `put` may be called from any."""

    def __init__(self, encoders: Encoders, libraries: Libraries, reports: Reports) -> None:
        self._encoders = encoders
        self._libraries = libraries
        self._reports = reports
        self._line: Line[Message] = Line(lambda item: item[4])
        self._loaded: dict[Role, Encoder] = {}

    def put(self, message: Message) -> None:
        self._line.put(message)

    def load(self, until_quiet: Callable[[float], None]) -> None:
        """Loads the encoders and tells which there are; `until_quiet` returns after so many idle seconds.

        An index's own encoder is loaded at once, as no question is heard without it. A partner, and the
        libraries for the first `/try`, wait until there is nothing else to do: where cores are few they
        would hold up the first index, and with it the first answer.
        """
        if self._encoders.heavy("encoder"):
            self._load("encoder")
        until_quiet(QUIET)
        if self._encoders.heavy("partner"):
            self._load("partner")
        try:
            self._libraries.load()
        except RecapError:
            log.warning("there are no libraries to run tasks with")

    def run(self) -> None:
        """Works for ever."""
        while True:
            batch = self._line.take(lambda _first: MOST_QUERIES)
            now = time.monotonic()
            if waiting := [item for item in batch if item[3] > now]:
                self._encode(waiting)

    def _load(self, role: Role) -> None:
        encoder = self._encoders.get(role)
        if encoder is not None:
            self._loaded[role] = encoder
        self._reports.tell("encoder", role, encoder.identity if encoder else "")

    def _encode(self, items: Sequence[Message]) -> None:
        """Items of one role together."""
        encoder = self._loaded.get(items[0][4])
        try:
            if encoder is None:
                raise EngineError
            vectors = encoder.encode([text for item in items for text in item[2]], "query")
        except Exception as error:
            if not isinstance(error, RecapError):
                log.exception("queries could not be encoded")
            for item in items:
                self._reports.fail(item[1], EngineError())
            return
        start = 0
        for _kind, number, own, _deadline, _role in items:
            self._reports.tell("result", number, vectors[start : start + len(own)])
            start += len(own)
