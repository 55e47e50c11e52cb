"""A bot of the fault tests: delivers what is due and drains it to a letterbox, until it is killed.

python -m tests.jobs.review.deliverer DATABASE INDEX PORT MOMENT
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from bot.core.drain import Drain, SendLater
from bot.core.reply import Reply
from jobs.outbox import Delivery, Outbox
from jobs.owner import process_owner
from jobs.review.ladder import Ladder
from knowledge.library import Library
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE

LEASE = timedelta(seconds=5)


class RunningClock(FrozenClock):
    """Goes on from a moment at the machine's pace."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self._began = time.time()

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=time.time() - self._began)


class Post:
    """A connection to the letterbox for each thread that sends."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._mine = threading.local()

    def send(self, delivery: Delivery, reply: Reply) -> str:
        message = {"place": delivery.place, "nonce": delivery.key, "text": reply.text}
        try:
            file = getattr(self._mine, "file", None)
            if file is None:
                file = self._mine.file = socket.create_connection(("127.0.0.1", self._port)).makefile("rwb")
            file.write(json.dumps(message).encode() + b"\n")
            file.flush()
            line = file.readline()
        except OSError as error:
            self._mine.file = None
            raise SendLater(timedelta(0), str(error)) from error
        if not line:
            self._mine.file = None
            raise SendLater(timedelta(0), "the connection broke")
        answer = json.loads(line)
        if "retry_in" in answer:
            raise SendLater(timedelta(seconds=answer["retry_in"]), "full")
        return str(answer["id"])


def main(url: str, index: str, port: str, moment: str) -> None:
    database, clock = Database(url), RunningClock(datetime.fromisoformat(moment))
    outbox = Outbox(database, clock, process_owner(), lease=LEASE)
    library = Library(Path(index))
    reviews = ReviewLoop(database, library, outbox, clock, Ladder.parse("1d"), COURSE, daily_cap=99)
    drain = Drain(outbox, "web", Post(int(port)).send, said, poll=0.1, lanes=4)
    drain.start()
    print("up", flush=True)
    while True:
        reviews.deliver_due()
        time.sleep(0.2)


def said(delivery: Delivery) -> Reply:
    """What the letterbox shows: which question it is."""
    return Reply(str(delivery.payload.get("attempt") or delivery.payload["text"]))


if __name__ == "__main__":
    main(*sys.argv[1:5])
