"""One incarnation of the worker process, seen from the chat process."""

from __future__ import annotations

import contextlib
import logging
import queue
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from jobs.engine.settings import EngineSettings
from jobs.engine.wire import Channel, Message

log = logging.getLogger("jobs.engine.worker")
_ROOT = Path(__file__).resolve().parents[2]


class WorkerProcess:
    """A started worker. What it prints goes to the log; `post` never blocks."""

    def __init__(self, settings: EngineSettings, module: str = "jobs.engine.worker") -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                process_group=0,  # Ctrl-C in the terminal is for the chat process, which then stops us
                cwd=_ROOT,
                encoding="utf-8",
                errors="replace",
            )
        self.channel = Channel(ours.detach())
        self._outgoing: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        self._threads = [
            threading.Thread(target=self._send, name="engine-sender", daemon=True),
            threading.Thread(target=self._log, args=(self._process.stdout,), name="engine-log", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self.post(("settings", settings))

    @property
    def pid(self) -> int:
        return self._process.pid

    def post(self, message: Message) -> None:
        """Queues a message for the worker; lost if the worker is gone."""
        self._outgoing.put(message)

    def kill(self) -> None:
        self._process.kill()

    def hang_up(self) -> None:
        """Cuts the channel, upon which the worker ends; both ends see it."""
        self._outgoing.put(None)
        with contextlib.suppress(OSError):
            self.channel.shutdown()

    def end(self, grace: float) -> int:
        """Hangs up and waits; kills the worker after `grace` s. Gives the exit status. Once only."""
        self.hang_up()
        try:
            status = self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        for thread in self._threads:
            thread.join(1.0)
        self.channel.close()
        return status

    def _send(self) -> None:
        while (message := self._outgoing.get()) is not None:
            try:
                self.channel.send(message)
            except OSError:
                return  # the supervisor sees the end of the channel and takes care

    def _log(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                if text := line.rstrip():
                    log.info("worker %d: %s", self.pid, text)
