"""Messages by the unmodified client to the loopback Discord: by Recap's outbox, and by the client alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from itertools import count as counting

from bot.core.drain import Drain
from bot.core.reply import Reply
from bot.platforms.discord.assembly import LANES
from jobs.outbox import Outbox
from knowledge.clock import SystemClock
from knowledge.store import Database
from tests.bot.platforms.discord.echo import Echo
from tests.doubles.discord.world import Channel
from tests.doubles.discord_server import DiscordServer

PEOPLE = 40


def rates(url: str, messages: int, limited: bool) -> tuple[float, float | None]:
    """Messages a second, through the outbox and by the client alone.

    With Discord's own limit there is no second figure: at it, the client alone gives messages up.
    """
    clock, database = SystemClock(), Database(url)
    outbox = Outbox(database, clock, "bench")
    with DiscordServer(clock) as server, Echo(server, database, clock) as echo:
        people = [server.person(f"P{number}") for number in range(PEOPLE)]
        server.guild("Study", *people)
        places = [server.dm(one) for one in people]
        if limited:
            server.rates.limit_all()
        with database.session() as session:
            for number in range(messages):
                outbox.put(
                    session,
                    key=f"bench:{number}",
                    platform="discord",
                    place=f"dm:{people[number % PEOPLE].id}",
                    kind="job",
                    payload={"number": number},
                )
        drain = Drain(
            outbox, "discord", echo.sender.send, lambda one: Reply(f"M{one.payload['number']}"), lanes=LANES
        )
        began = time.perf_counter()
        drain.start()
        while outbox.next_due("discord") is not None:
            time.sleep(0.05)
        ours = messages / (time.perf_counter() - began)
        drain.stop()
        said = [message.content for place in places for message in server.by_bot(place)]
        assert sorted(said) == sorted(f"M{number}" for number in range(messages)), "lost or doubled"
        bare = None if limited else alone(echo, places, messages)
    database.dispose()
    return ours, bare


def alone(echo: Echo, places: Sequence[Channel], messages: int) -> float:
    """Messages a second by the client without a record of any, as many at once as Recap has lanes."""
    numbers = counting()

    async def post() -> None:
        while (number := next(numbers)) < messages:
            await echo.client.get_partial_messageable(places[number % PEOPLE].id).send(f"B{number}")

    async def posts() -> None:
        await asyncio.gather(*(post() for _ in range(LANES)))

    began = time.perf_counter()
    echo.do(posts())
    return messages / (time.perf_counter() - began)
