"""A process that drains an outbox to Discord until nothing is due, for tests that kill it.

python -m tests.bot.platforms.discord.drainer DATABASE API_URL TOKEN MOMENT
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime

import discord
from discord.http import Route

from bot.core.drain import Drain
from bot.core.reply import Reply
from bot.platforms.discord.replies import Replies
from bot.platforms.discord.sender import Sender
from jobs.outbox import Outbox
from jobs.owner import process_owner
from knowledge.store import Database
from tests.doubles.clock import FrozenClock


async def main(url: str, api_url: str, token: str, moment: str) -> None:
    Route.BASE = api_url
    database, clock = Database(url), FrozenClock(datetime.fromisoformat(moment))
    outbox = Outbox(database, clock, process_owner())
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(token)
        sender = Sender(client, Replies(client, database, clock))
        present = lambda delivery: Reply.from_json(delivery.payload)  # noqa: E731
        drain = Drain(outbox, "discord", sender.send, present, poll=0.01, lanes=3)
        drain.start()
        await asyncio.to_thread(_wait, outbox, clock)
        await asyncio.to_thread(drain.stop)
    database.dispose()


def _wait(outbox: Outbox, clock: FrozenClock) -> None:
    deadline = time.monotonic() + 60
    while (due := outbox.next_due("discord")) is not None and due <= clock.now():
        assert time.monotonic() < deadline, "the outbox does not empty"
        time.sleep(0.01)
    while _sending(outbox):
        time.sleep(0.01)


def _sending(outbox: Outbox) -> bool:
    from sqlalchemy import func, select

    from jobs.tables import OutboundRow

    with outbox._database.session() as session:
        states = select(func.count()).where(
            OutboundRow.state == "sending", OutboundRow.owner == outbox._owner
        )
        return bool(session.scalar(states))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
