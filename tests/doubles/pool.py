"""Whether every connection of a database was given back."""

from __future__ import annotations

import threading
import time

from knowledge.store import Database

PATIENCE = 5.0
"""Seconds that a thread which is no longer waited for may take to its end."""


def given_back(database: Database) -> bool:
    """Waits for it; False: a connection leaked."""
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while database.engine.pool.checkedout():  # type: ignore[attr-defined]
        if time.monotonic() >= deadline:
            return False
        pause.wait(0.01)
    return True
