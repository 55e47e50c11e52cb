"""Who holds a lease: names of processes, and whether such a process is gone for certain."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

_NAMESPACE = Path("/proc/self/ns/pid")


def process_owner() -> str:
    """A name for this process that no other has, at most 64 characters: `host/namespace/pid/token`."""
    return f"{_machine()}/{os.getpid()}/{secrets.token_hex(4)}"


def is_gone(owner: str, me: str) -> bool:
    """Whether the process of that name has ended for certain.

    Only what ran on this machine, in this process namespace, can be known to have ended; False where it
    can't be known: then only the lease tells.
    """
    machine, _, rest = owner.rpartition("/")[0].rpartition("/")
    if machine != _machine() or not rest.isdigit() or owner == me:
        return False
    pid = int(rest)
    if pid == os.getpid():  # our own number, but another token: someone who had it before us
        return me.rpartition("/")[0] == owner.rpartition("/")[0]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    try:
        namespace = str(_NAMESPACE.readlink()).rpartition("[")[2].rstrip("]")
    except OSError:
        namespace = "0"
    return f"{socket.gethostname()[:24]}/{namespace}"
