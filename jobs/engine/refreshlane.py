"""The worker's lane for refreshes: index generations, one at a time, from the moment the process runs."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from typing import Any

from jobs.engine.encoders import Encoders
from jobs.engine.line import Line
from jobs.engine.protocol import RefreshRequest
from jobs.engine.tasklane import Reports
from jobs.engine.wire import Message
from jobs.errors import EngineError
from knowledge.errors import NotesError, RecapError

log = logging.getLogger(__name__)


class RefreshLane:
    """Refreshes in one thread; `put` and `until_quiet` may be called from any.

    With the bundled encoder nothing here needs torch, so a first index waits for no library.
    """

    def __init__(self, encoders: Encoders, reports: Reports) -> None:
        self._encoders = encoders
        self._reports = reports
        self._line: Line[Message] = Line(id)
        self._open = 0
        """Refreshes asked for and not ended."""
        self._changed = threading.Condition()
        self._ended = time.monotonic()

    def put(self, message: Message) -> None:
        with self._changed:
            self._open += 1
            self._changed.notify_all()
        self._line.put(message)

    def until_quiet(self, seconds: float) -> None:
        """Returns once there has been no refresh for so long."""
        with self._changed:
            while self._open or (left := self._ended + seconds - time.monotonic()) > 0:
                self._changed.wait(None if self._open else left)

    def run(self) -> None:
        """Works for ever."""
        while True:
            [(_kind, number, request)] = self._line.take(lambda _first: 1)
            self._reports.tell("started", number)
            try:
                report = self._refresh(number, request)
            except RecapError as error:
                self._reports.fail(number, error)
            except Exception:
                log.exception("refresh of %s failed", request.course)
                self._reports.fail(number, EngineError("error.refresh_failed", course=request.course))
            else:
                self._reports.tell("result", number, report)
            with self._changed:
                self._open -= 1
                self._ended = time.monotonic()
                self._changed.notify_all()

    def _refresh(self, number: int, request: RefreshRequest) -> dict[str, Any]:
        from knowledge.clock import SystemClock
        from knowledge.refresh import refresh

        def progress(share: float, stage: str) -> None:
            if (
                request.partner and self._open > 1 and stage != "done"
            ):  # someone waits for an answer; this one can come again
                raise NotesError("error.refresh_running", course=request.course)
            self._reports.tell("progress", number, share, stage)

        notes, index = Path(request.notes_path), Path(request.index_path)
        encoder = self._encoders.get("encoder")
        partner = self._encoders.get("partner") if request.partner else None
        report = refresh(
            request.course, notes, index, encoder, SystemClock(), progress, partner, as_it_is=request.partner
        )
        return report.to_json()
