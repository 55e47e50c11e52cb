"""What goes wrong on purpose: answers that fail, connections that break, processes that die mid-way."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

RESET: Literal["reset"] = "reset"
AFTER_RESET: Literal["reset after"] = "reset after"
HANG: Literal["hang"] = "hang"

Kind = int | Literal["reset", "reset after", "hang"]


@dataclass(eq=False)
class Fault:
    """`left` how often it still strikes, None for ever; `hits` how often it struck."""

    method: str
    path: re.Pattern[str]
    kind: Kind
    code: int = 0
    message: str = ""
    retry_after: float = 0.05
    scope: Literal["user", "global", "shared"] = "user"
    served: bool = False
    left: int | None = 1
    hits: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def fits(self, method: str, path: str) -> bool:
        return self.left != 0 and self.method in ("*", method) and bool(self.path.search(path))


class Faults:
    """Chosen in the test's thread, struck in the server's.

    `kind` is an HTTP status, or `"reset"` (the connection breaks, nothing was done), `"reset after"` (all was
    done, the answer gets lost), `"hang"` (no answer until the fault is cleared, nothing done then). With
    `served=True` a status hides that all was done, as a gateway's timeout does.
    """

    def __init__(self, lock: threading.Condition) -> None:
        self._lock = lock
        self._faults: list[Fault] = []

    def once(self, method: str, path: str, kind: Kind, *, times: int = 1, **details: object) -> Fault:
        """The next `times` requests with this method ("*" any) and `path` (a regular expression found in the
        path behind /api/v10) fail. `details`: `code` and `message` of the answer, `retry_after` seconds and
        `scope` ("user", "global") of a 429, `served`.
        """
        return self._add(Fault(method, re.compile(path), kind, left=times, **details))  # type: ignore[arg-type]

    def always(self, method: str, path: str, kind: Kind, **details: object) -> Fault:
        """Until `clear` or `remove`."""
        return self._add(Fault(method, re.compile(path), kind, left=None, **details))  # type: ignore[arg-type]

    def _add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._faults.remove(fault)
            fault.left = 0
        fault.done.set()

    def clear(self) -> None:
        for fault in list(self._faults):
            self.remove(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that strikes this request, counted."""
        with self._lock:
            for fault in self._faults:
                if fault.fits(method, path):
                    fault.hits += 1
                    fault.left = None if fault.left is None else fault.left - 1
                    self._lock.notify_all()
                    return fault
        return None


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
