"""Something to do before or after a request of a client's, for crashes between any two steps."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Literal

Victim = int | Callable[[], int] | None


class Steps:
    """Something to do before or after serving the request with a number, for crashes between any two steps.

    Requests are numbered from 1 in the order of their arrival; `kill` (a process id, or what tells it) ends a
    process for good (SIGKILL), and nothing is answered.
    """

    def __init__(self, lock: threading.Condition) -> None:
        self._lock = lock
        self._before: dict[int, Callable[[], None]] = {}
        self._after: dict[int, Callable[[], None]] = {}

    def before(self, number: int, act: Callable[[], None] | None = None, *, kill: Victim = None) -> None:
        """When the request arrives, before anything is done; a killer's request is not served any more."""
        with self._lock:
            self._before[number] = _act(act, kill)

    def after(self, number: int, act: Callable[[], None] | None = None, *, kill: Victim = None) -> None:
        """When all is done, before the answer leaves."""
        with self._lock:
            self._after[number] = _act(act, kill)

    def reach(self, number: int, moment: Literal["before", "after"]) -> None:
        with self._lock:
            act = (self._before if moment == "before" else self._after).pop(number, None)
        if act is not None:
            act()


class Stopped(Exception):
    """The process that asked is dead: its request is neither served nor answered."""


def _act(act: Callable[[], None] | None, kill: Victim) -> Callable[[], None]:
    def run() -> None:
        if act is not None:
            act()
        if kill is not None:
            os.kill(kill() if callable(kill) else kill, signal.SIGKILL)
            raise Stopped

    return run
