"""The worker process: `python -m jobs.engine.worker FD`, started by `jobs.engine.process`.

The main thread only reads the channel, so that the process ends at once when the chat process is gone,
whatever its lanes are doing. Three lanes work side by side: queries are encoded (first of all, and never
behind anything else), tasks run, refreshes run. A model that is not on disk is fetched beside them.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs.engine.line import Line
from jobs.engine.protocol import RefreshRequest
from jobs.engine.settings import EngineSettings
from jobs.engine.wire import Channel, Message, pack_error
from jobs.errors import EngineError
from knowledge.errors import ModelUnavailable, RecapError

log = logging.getLogger(__name__)

MOST_QUERIES = 64


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


class QueryLane:
    """Encodes queries; its encoder is the first thing loaded."""

    def __init__(self, settings: EngineSettings, reporter: Reporter) -> None:
        self._settings = settings
        self._reporter = reporter
        self._line: Line[Message] = Line(lambda _item: None)
        self.loaded = threading.Event()
        """Set once the lane is ready, or known to stay without encoder: other lanes import after that."""

    def put(self, message: Message) -> None:
        self._line.put(message)

    def run(self) -> None:
        try:
            encoder, device = self._load()
        finally:
            self.loaded.set()
        self._reporter.tell("ready", device)
        while True:
            batch = self._line.take(lambda _first: MOST_QUERIES)
            waiting = [item for item in batch if item[3] > time.monotonic()]
            if encoder is None or not waiting:
                for item in waiting:
                    self._reporter.fail(item[1], EngineError())
                continue
            # What no tokenizer can encode (a lone surrogate) must not take the others along.
            texts = [text.encode("utf-8", "replace").decode() for item in waiting for text in item[2]]
            vectors = encoder.encode(texts, "query")
            start = 0
            for _kind, number, own, _deadline in waiting:
                self._reporter.tell("result", number, vectors[start : start + len(own)])
                start += len(own)

    def _load(self) -> tuple[Any, str]:
        import torch

        from jobs.engine.device import choose
        from knowledge.embed_loading import load_encoder

        _quieten()
        if self._settings.threads is not None:
            torch.set_num_threads(self._settings.threads)
        device = choose(self._settings.device)
        try:
            encoder = load_encoder(self._settings.encoder, device)
            encoder.encode(["warm"], "query")
        except ModelUnavailable as error:
            log.warning("no encoder: %s", error)
            encoder = None
        except Exception:  # a broken encoder is no reason to run no task
            log.exception("no encoder")
            encoder = None
        return encoder, device


class RefreshLane:
    """Builds index generations, one at a time, with an encoder of its own."""

    def __init__(self, settings: EngineSettings, reporter: Reporter, ready: threading.Event) -> None:
        self._settings = settings
        self._reporter = reporter
        self._ready = ready
        self._line: Line[Message] = Line(id)
        self._encoder: Any = None

    def put(self, message: Message) -> None:
        self._line.put(message)

    def run(self) -> None:
        self._ready.wait()
        while True:
            [(_kind, number, request)] = self._line.take(lambda _first: 1)
            self._reporter.tell("started", number)
            try:
                report = self._refresh(number, request)
            except RecapError as error:
                self._reporter.fail(number, error)
            except Exception:
                log.exception("refresh of %s failed", request.course)
                self._reporter.fail(number, EngineError("error.refresh_failed", course=request.course))
            else:
                self._reporter.tell("result", number, report)

    def _refresh(self, number: int, request: RefreshRequest) -> dict[str, Any]:
        from jobs.engine.device import choose
        from knowledge.clock import SystemClock
        from knowledge.embed_loading import load_encoder
        from knowledge.refresh import refresh

        if self._encoder is None:
            try:
                self._encoder = load_encoder(self._settings.encoder, choose(self._settings.device))
            except ModelUnavailable as error:
                log.warning("the index will be lexical only: %s", error)

        def progress(share: float, stage: str) -> None:
            self._reporter.tell("progress", number, share, stage)

        notes, index = Path(request.notes_path), Path(request.index_path)
        report = refresh(request.course, notes, index, self._encoder, SystemClock(), progress)
        return report.to_json()


def serve(channel: Channel, settings: EngineSettings) -> None:
    """Starts the lanes and hands them what comes in, until the channel ends."""
    import huggingface_hub  # noqa: F401 - imported by one thread before several use it

    from jobs.engine.tasklane import TaskLane

    reporter = Reporter(channel)
    queries = QueryLane(settings, reporter)
    refreshes = RefreshLane(settings, reporter, queries.loaded)
    tasks = TaskLane(settings, reporter, queries.loaded)
    for lane in (queries, refreshes, tasks):
        _start(type(lane).__name__, lane.run)
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


def _quieten() -> None:
    """No progress bars, and no advice meant for someone at a terminal."""
    from transformers.utils import logging as transformers_logging

    quiet: Any = transformers_logging
    quiet.disable_progress_bar()
    quiet.set_verbosity_error()
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)


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
