"""The worker process: `python -m jobs.engine.worker FD`, started by `jobs.engine.process`.

The main thread only reads the channel, so that the process ends at once when the chat process is gone,
whatever its lanes are doing. Three lanes work side by side: queries are encoded (never behind anything else),
tasks run, refreshes run. A model that is not on disk is fetched beside them.

It is ready as soon as it reads the channel: torch and what stands on it are loaded (`jobs.engine.libraries`)
when a task or an encoder needs them, or when a while has passed without a refresh, so that the first `/try`
is quick and the first index isn't held up.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from jobs.engine.settings import EngineSettings
from jobs.engine.wire import Channel, Message, pack_error
from knowledge.errors import RecapError

log = logging.getLogger(__name__)


class Reporter:
    """Tells the chat process how requests are doing. Silent once that process is gone."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def tell(self, *message: Any) -> None:
        try:
            self._channel.send(message)
        except OSError:
            log.debug("nobody listens any more")

    def fail(self, number: int, error: RecapError) -> None:
        self.tell("error", number, *pack_error(error))


def serve(channel: Channel, settings: EngineSettings) -> None:
    """Starts the lanes and hands them what comes in, until the channel ends."""
    from jobs.engine.encoders import Encoders
    from jobs.engine.libraries import Libraries
    from jobs.engine.querylane import QueryLane
    from jobs.engine.refreshlane import RefreshLane
    from jobs.engine.tasklane import TaskLane

    reporter = Reporter(channel)
    libraries = Libraries(settings, reporter.tell)
    queries = QueryLane(Encoders(settings, libraries), libraries, reporter)
    refreshes = RefreshLane(Encoders(settings, libraries), reporter)
    tasks = TaskLane(settings, reporter, libraries)
    for lane in (queries, refreshes, tasks):
        _start(type(lane).__name__, lane.run)
    _start("loader", lambda: queries.load(refreshes.until_quiet))
    reporter.tell("ready")
    lanes: dict[str, Callable[[Message], None]] = {
        "encode": queries.put,
        "refresh": refreshes.put,
        "task": tasks.put,
    }
    while True:
        message = channel.receive()
        lanes[message[0]](message)


def _start(name: str, run: Callable[[], None]) -> None:
    """A lane that dies takes the process along: the chat process notices, and starts another."""

    def guarded() -> None:
        try:
            run()
        except BaseException:
            log.exception("%s died", name)
            os._exit(3)

    threading.Thread(target=guarded, name=name, daemon=True).start()


_POLITENESS = 10
"""Added to the niceness: where cores are few, the chat process answers before the models go on."""


def main(descriptor: int) -> None:
    """Runs until the other end of the channel closes; never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    os.nice(_POLITENESS)
    status = 0
    try:
        channel = Channel(descriptor)
        _kind, settings = channel.receive()
        serve(channel, settings)
    except (EOFError, OSError):
        pass
    except BaseException:
        log.exception("the worker ends")
        status = 1
    finally:
        # Lanes may be in the middle of a computation that nobody waits for any more.
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
