"""What travels between the chat process and its worker: plain tuples over an inherited socket.

Both ends are ours (the worker is started by the engine and nobody else holds the socket), so that
pickling is safe. `Message[0]` is the kind:

    to the worker      ("settings", EngineSettings)  ("task", id, TaskRequest)
                       ("refresh", id, RefreshRequest)  ("encode", id, texts, deadline, role)
    from the worker    ("ready",)  ("loading",)  ("device", name or None)  ("encoder", role, identity or "")
                       ("models", names)  ("started", id)  ("progress", id, share, stage)
                       ("result", id, value)  ("error", id, class name, key, params)

A deadline is a `time.monotonic()` value, which processes of one machine share.
"""

from __future__ import annotations

import os
import socket
import threading
from multiprocessing.connection import Connection
from typing import Any

import jobs.errors
from jobs.errors import EngineError
from knowledge.errors import RecapError

Message = tuple[Any, ...]

__all__ = ["Channel", "Message", "pack_error", "unpack_error"]

_TREE = jobs.errors  # imported for its classes: `unpack_error` finds them below RecapError


class Channel:
    """One end: `send` from any thread, `receive` from one."""

    def __init__(self, descriptor: int) -> None:
        self._connection = Connection(descriptor)
        self._sending = threading.Lock()
        self._closing = threading.Lock()

    def send(self, message: Message) -> None:
        """OSError if the other end is gone."""
        with self._sending:
            self._connection.send(message)

    def receive(self) -> Message:
        """Waits for the next message; EOFError or OSError if the other end is gone."""
        message: Message = self._connection.recv()
        return message

    def poll(self, timeout: float | None) -> bool:
        """Whether a message (or the end) is there within `timeout` seconds; None waits for it."""
        return self._connection.poll(timeout)

    def shutdown(self) -> None:
        """Lets both ends see the end, also a `receive` or `send` that waits in another thread."""
        # Under the lock, so that the descriptor doesn't become another file's in between.
        with self._closing, socket.socket(fileno=os.dup(self._connection.fileno())) as end:
            end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._closing:
            self._connection.close()


def pack_error(error: RecapError) -> Message:
    """(class name, key, params)"""
    return type(error).__name__, error.key, error.params


def unpack_error(name: str, key: str, params: dict[str, str | int | float]) -> RecapError:
    """The error again; an unknown class becomes EngineError."""
    return _classes(RecapError).get(name, EngineError)(key, **params)


def _classes(root: type[RecapError]) -> dict[str, type[RecapError]]:
    found = {root.__name__: root}
    for child in root.__subclasses__():
        found.update(_classes(child))
    return found
