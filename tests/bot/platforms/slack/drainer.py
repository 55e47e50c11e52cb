"""A process that drains an outbox to Slack until nothing is due, for tests that kill it.

python -m tests.bot.platforms.slack.drainer DATABASE API_URL TOKEN MOMENT
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.core.drain import Drain
from bot.core.reply import Reply
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.sender import Sender
from jobs.outbox import Outbox
from jobs.owner import process_owner
from jobs.tables import OutboundRow
from knowledge.store import Database
from tests.bot.platforms.slack.echo import OneClient
from tests.doubles.clock import FrozenClock


async def main(url: str, api_url: str, token: str, moment: str) -> None:
    database, clock = Database(url), FrozenClock(datetime.fromisoformat(moment))
    outbox = Outbox(database, clock, process_owner())
    clients: Any = OneClient(api_url, token)
    replies = Replies(clients, database, clock, pauses=())
    sender = Sender(replies, asyncio.get_running_loop())
    present = lambda delivery: Reply.from_json(delivery.payload)  # noqa: E731
    drain = Drain(outbox, "slack", sender.send, present, poll=0.01, lanes=3)
    drain.start()
    await replies.resume()
    await asyncio.to_thread(_wait, outbox, clock)
    await asyncio.to_thread(drain.stop)
    replies.close()
    database.dispose()


def _wait(outbox: Outbox, clock: FrozenClock) -> None:
    deadline = time.monotonic() + 60
    while (due := outbox.next_due("slack")) is not None and due <= clock.now():
        assert time.monotonic() < deadline, "the outbox does not empty"
        time.sleep(0.01)
    while _sending(outbox):
        time.sleep(0.01)


def _sending(outbox: Outbox) -> bool:
    with outbox._database.session() as session:
        states = select(func.count()).where(
            OutboundRow.state == "sending", OutboundRow.owner == outbox._owner
        )
        return bool(session.scalar(states))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
