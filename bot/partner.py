"""The partner encoder's vectors, added to the courses' indexes in the background.

A refresh publishes an index with the vectors of the index's own encoder alone, so that the first answer waits
neither for torch nor for a large model. The partner's follow: once the worker has loaded it, and after every
refresh, the course is refreshed again with it. Nothing is kept of what is still to do: the next start looks
at every course anew, and a course that lacks nothing keeps its generation.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from knowledge.errors import RecapError

if TYPE_CHECKING:
    from bot.course import Course
    from jobs.engine.encoder import EngineEncoder
    from jobs.engine.protocol import Engine
    from knowledge.encoder.bundled import BundledEncoder

log = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between looks whether the worker has loaded the partner."""
AGAIN = 10.0
"""Seconds until a course is tried again whose index another refresh is at."""


class PartnerVectors:
    """One thread that refreshes with the partner whatever course it is told of. Without a partner, none."""

    def __init__(self, engine: Engine, partner: BundledEncoder | EngineEncoder | None) -> None:
        self._engine = engine
        self._partner = partner
        self._due: dict[str, Course] = {}
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, courses: Iterable[Course]) -> None:
        """Begins with these courses. Idempotent."""
        if self._partner is None or self._thread is not None:
            return
        for course in courses:
            self.add(course)
        self._thread = threading.Thread(target=self._work, name="partner", daemon=True)
        self._thread.start()

    def add(self, course: Course) -> None:
        """The course has a new index."""
        with self._changed:
            self._due[course.name] = course
            self._changed.notify()

    def halt(self) -> None:
        """From now on no refresh is begun; `stop` is to follow, once the engine has ended the one in hand."""
        self._stopping.set()
        with self._changed:
            self._changed.notify()

    def stop(self) -> None:
        """Waits for the thread. Idempotent."""
        self.halt()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while self._partner is not None and self._partner.state != "ready":
            if self._stopping.wait(POLL):
                return
        while (course := self._next()) is not None:
            try:
                course.refresh(self._engine, partner=True)
            except RecapError as error:
                log.info("%s is left without the partner's vectors for now: %s", course.name, error)
                if error.key == "error.refresh_running" and not self._stopping.wait(AGAIN):
                    self.add(course)
            except Exception:
                log.exception("the partner's vectors could not be added to %s", course.name)

    def _next(self) -> Course | None:
        with self._changed:
            self._changed.wait_for(lambda: self._due or self._stopping.is_set())
            if self._stopping.is_set():
                return None
            return self._due.pop(next(iter(self._due)))
