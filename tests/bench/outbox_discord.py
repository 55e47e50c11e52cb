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

PEOPLE = 250
"""Discord takes about one message a second in each channel: fewer channels would be the bound."""


def rates(url: str, messages: int, limited: bool) -> tuple[float, float | None]:
    """Messages a second, through the outbox and by the client alone.

    Everybody has been written to before, so that a message is one request. With Discord's own limit there is
    no second figure: at it, the client alone gives messages up.
    """
    clock, database = SystemClock(), Database(url)
    outbox = Outbox(database, clock, "bench")
    with DiscordServer(clock) as server, Echo(server, database, clock) as echo:
        people = [server.person(f"P{number}") for number in range(PEOPLE)]
        server.guild("Study", *people)
        places = [server.dm(one) for one in people]
        names = [f"dm:{one.id}" for one in people]
        drained(database, outbox, echo, names, "W", PEOPLE)
        if limited:
            server.rates.limit_all()
        ours = messages / drained(database, outbox, echo, names, "M", messages)
        said = [message.content for place in places for message in server.by_bot(place)]
        wanted = [*(f"W{number}" for number in range(PEOPLE)), *(f"M{number}" for number in range(messages))]
        assert sorted(said) == sorted(wanted), "lost or doubled"
        bare = None if limited else alone(echo, places, messages)
    database.dispose()
    return ours, bare


def drained(
    database: Database, outbox: Outbox, echo: Echo, places: Sequence[str], name: str, messages: int
) -> float:
    """Sends so many messages through the outbox, to one place after the other; the seconds it took."""
    with database.session() as session:
        for number in range(messages):
            outbox.put(
                session,
                key=f"bench:{name}{number}",
                platform="discord",
                place=places[number % len(places)],
                kind="job",
                payload={"text": f"{name}{number}"},
            )
    drain = Drain(outbox, "discord", echo.sender.send, lambda one: Reply(one.payload["text"]), lanes=LANES)
    began = time.perf_counter()
    drain.start()
    while outbox.next_due("discord") is not None:
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    drain.stop()
    return seconds


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
