"""What goes wrong on purpose: answers that fail, connections that break."""

from __future__ import annotations

import re
import threading
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
