"""What goes wrong on purpose: answers that fail, connections that break."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

RESET, AFTER_RESET, HANG = "reset", "reset after", "hang"


@dataclass(eq=False)
class Fault:
    """`left` how often it still strikes, None for ever; `hits` how often it struck."""

    method: str
    kind: int | str
    retry_after: int = 1
    served: bool = False
    left: int | None = 1
    hits: int = 0
    done: threading.Event = field(default_factory=threading.Event)


class Faults:
    """Chosen in the test's thread, struck in the server's.

    `kind` is an HTTP status, one of Slack's words for an error (`"channel_not_found"`: 200 with `ok: false`),
    `"reset"` (the connection breaks, nothing was done), `"reset after"` (all was done, the answer gets lost)
    or `"hang"` (no answer until the fault is cleared, nothing done then). `served=True`: all was done, and
    the failure hides it.
    """

    def __init__(self, lock: threading.Condition) -> None:
        self._lock = lock
        self._faults: list[Fault] = []

    def add(
        self,
        method: str,
        kind: int | str,
        *,
        times: int | None = 1,
        retry_after: int = 1,
        served: bool = False,
    ) -> Fault:
        """The next `times` (None: all) requests to `method` fail: a method of the Web API, a pattern
        (`chat.*`), or one of `response_url`, `upload`, `download`. `retry_after`: seconds, of a 429.
        """
        with self._lock:
            fault = Fault(method, kind, retry_after, served, times)
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

    def take(self, method: str) -> Fault | None:
        """The fault that strikes this request, counted."""
        with self._lock:
            for fault in self._faults:
                if fault.left != 0 and fnmatchcase(method, fault.method):
                    fault.hits += 1
                    fault.left = None if fault.left is None else fault.left - 1
                    self._lock.notify_all()
                    return fault
        return None
