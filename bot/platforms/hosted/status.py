"""How the connection to a platform is doing, told to other processes (`recap doctor`) in a small file."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from jobs.owner import is_gone

log = logging.getLogger(__name__)

State = Literal["stopped", "connecting", "online", "waiting", "refused"]


@dataclass(frozen=True, slots=True)
class Status:
    """One moment of the connection."""

    state: State
    """`waiting`: it failed and is tried again; `refused`: it failed and stays off until the next start."""
    since: datetime
    name: str = ""
    """The bot's own name, once it was online."""
    home: str = ""
    """The one workspace that it serves, where the platform has such."""
    problem: str = ""
    """The last fault's kind; empty: none since it was online."""
    detail: str = ""
    without: tuple[str, ...] = ()
    """Kinds of faults that it does without the thing for, although the thing is set."""


def write(path: Path, status: Status, owner: str) -> None:
    """Leaves the status for `read`; a folder that can't be written only costs the doctor a line."""
    content = {**asdict(status), "since": status.since.isoformat(), "owner": owner}
    staged = path.with_suffix(".new")
    try:
        staged.write_text(json.dumps(content), encoding="utf-8")
        staged.replace(path)
    except OSError as error:
        log.info("the state of %s can't be written: %s", path.stem, error)


def read(path: Path, me: str) -> Status | None:
    """What a running Recap left there; None where none runs or nothing can be told."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        owner = content.pop("owner")
        since = datetime.fromisoformat(content["since"])
        status = Status(**{**content, "since": since, "without": tuple(content["without"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None if status.state == "stopped" or is_gone(owner, me) else status
