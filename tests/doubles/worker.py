"""A worker process without models: speaks the wire as the real one does, and does as the text says.

`python -m tests.doubles.worker FD`. Tasks: `say X` (result X), `print X`, `die`, `hang`, `fail`,
`progress`, `late` (0.6 s, with progress), `fetch` (0.8 s without being started), `load` (begins to load
the libraries and never ends), `loaded` (has loaded them).
It has an encoder and no partner at once, and torch never; the text `sleep` is not answered.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import Any

import numpy as np

from jobs.engine.protocol import TaskResult
from jobs.engine.wire import Channel, pack_error
from jobs.errors import TaskInputError


def main(descriptor: int) -> None:
    channel = Channel(descriptor)
    try:
        channel.receive()
        channel.send(("ready",))
        channel.send(("encoder", "encoder", "scripted@1"))
        channel.send(("encoder", "partner", ""))
        while True:
            kind, number, *rest = channel.receive()
            if kind == "encode":
                if "sleep" not in rest[0]:
                    channel.send(("result", number, np.ones((len(rest[0]), 3), dtype=np.float32)))
            elif kind == "refresh":
                if rest[0].course == "hang":
                    channel.send(("started", number))
                    continue
                channel.send(("progress", number, 0.5, "embedding"))
                channel.send(("result", number, {"course": rest[0].course, "notes": rest[0].notes_path}))
            else:
                if not rest[0].text.startswith("fetch"):
                    channel.send(("started", number))
                _task(channel, number, *rest[0].text.partition(" ")[::2])
    except (EOFError, OSError):
        os._exit(0)


def _task(channel: Channel, number: int, verb: str, argument: str) -> None:
    if verb == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb == "fail":
        channel.send(("error", number, *pack_error(TaskInputError("error.task_needs_labels", count=1))))
    elif verb == "print":
        print(argument, file=sys.stderr, flush=True)
        _result(channel, number, argument)
    elif verb == "progress":
        for share in (0.25, 0.75):
            channel.send(("progress", number, share, "running"))
        _result(channel, number, argument)
    elif verb == "fetch":

        def fetched() -> None:
            channel.send(("progress", number, 0.1, "fetching"))
            time.sleep(0.8)
            _result(channel, number, argument)

        threading.Thread(target=fetched, daemon=True).start()
    elif verb == "late":

        def later() -> None:
            for _ in range(4):
                time.sleep(0.15)
                channel.send(("progress", number, 0.5, "running"))
            _result(channel, number, argument)

        threading.Thread(target=later, daemon=True).start()
    elif verb in ("load", "loaded"):
        channel.send(("loading",) if verb == "load" else ("device", argument or None))
    elif verb == "say":
        _result(channel, number, argument)


def _result(channel: Channel, number: int, text: str) -> None:
    output: dict[str, Any] = {"text": text, "pid": os.getpid()}
    channel.send(("result", number, TaskResult("tokenize", "none", None, "cpu", 0.0, output)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
